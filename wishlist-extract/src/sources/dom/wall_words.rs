//! What pages that stand in the way say of themselves, in the languages of most shops.

/// Titles and headings of walls, in lower case; matched at the beginning.
#[rustfmt::skip]
pub(super) const BLOCKED: &[&str] = &[
    "just a moment", "attention required", "access denied", "access to this page has been denied", "pardon our interruption",
    "robot check", "bot check", "are you a robot", "are you a human", "are you human", "verify you are", "please verify",
    "human verification", "security check", "security challenge", "captcha", "one more step", "you have been blocked",
    "sorry, you have been blocked", "403 forbidden", "forbidden", "request unsuccessful", "unusual traffic",
    "before you continue", "bevor sie fortfahren", "avant d'accéder", "antes de continuar", "prima di continuare",
    "checking your browser", "ddos-guard", "too many requests", "challenge validation", "zugriff verweigert", "accès refusé",
    "acceso denegado", "доступ ограничен", "вы не робот", "アクセスが拒否", "access to this site has been denied", "access blocked",
    "human check", "robot or human", "please prove you are human", "prove your humanity", "please enable cookies",
    "please enable js", "please enable javascript", "please stand by", "please wait", "one moment, please", "un momento",
    "einen moment", "un instant", "nur einen moment", "service unavailable", "ddos protection", "bot verification",
    "bot protection", "security verification", "your privacy choices", "we value your privacy", "cookie consent",
    "cookie-einstellungen", "bevor du fortfährst", "avant de continuer", "voordat je verdergaat", "innan du fortsätter",
    "zanim przejdziesz dalej", "sind sie ein mensch", "sind sie ein roboter", "êtes-vous un robot", "êtes-vous un humain",
    "eres un robot", "sei un robot", "ben je een robot", "toegang geweigerd", "accesso negato", "acesso negado",
    "åtkomst nekad", "adgang nægtet", "ingen tilgang", "pääsy estetty", "brak dostępu", "odmowa dostępu", "přístup odepřen",
    "acces interzis", "hozzáférés megtagadva", "erişim engellendi", "доступ запрещен", "доступ запрещён", "доступ заборонено",
    "подтвердите, что вы не робот", "私はロボットではありません", "ロボットではない", "访问被拒绝", "验证", "人机验证", "安全验证", "存取被拒", "접근이 거부", "로봇이 아닙니다",
];

/// What the code of robot checks mentions, by vendor.
pub(super) const MARKERS: &[&str] = &[
    "validateCaptcha",                     // Amazon
    "_cf_chl_opt",                         // Cloudflare
    "challenge-form",                      // Cloudflare
    "captcha-delivery.com",                // DataDome
    "px-captcha",                          // HUMAN
    "_Incapsula_Resource",                 // Imperva
    "KPSDK",                               // Kasada
    "gokuProps",                           // AWS WAF
    "awsWafCookieDomainList",              // AWS WAF
    "token.awswaf.com",                    // AWS WAF
    "cdn-cgi/challenge-platform/h/",       // Cloudflare
    "challenges.cloudflare.com/turnstile", // Cloudflare
    "_pxAppId",                            // HUMAN
    "perimeterx",                          // HUMAN
    "ips.js?KP_UIDz",                      // Kasada
    "ak-challenge",                        // Akamai
    "bm-verify",                           // Akamai
    "opfcaptcha",                          // Amazon
    "arkoselabs.com",                      // Arkose
    "api.friendlycaptcha",                 // Friendly Captcha
    "geetest.com",                         // GeeTest
    "consent.yahoo.com",                   // Yahoo
    "consent.youtube.com",                 // Google
    "privacy-mgmt.com",                    // Sourcepoint
    "cmp.quantcast.com",                   // Quantcast
    "sddan.com",                           // Sirdata
    "errors.edgesuite.net",                // Akamai
    "sec-if-cpt-container",                // Akamai
    "distil_r_captcha",                    // Distil
    "SmartCaptcha",                        // Yandex
    "nocaptcha",                           // Alibaba
    "splashui/challenge",                  // eBay
    "consent.google.com/save",             // Google
    "guce.oath.com",                       // Yahoo
];

/// Robot checks that shops also put into their forms: a wall only on a page with next to nothing else.
pub(super) const WIDGETS: &[&str] = &["g-recaptcha", "h-captcha", "cf-turnstile"];

/// Titles and headings of pages whose content is gone.
#[rustfmt::skip]
pub(super) const NOT_FOUND: &[&str] = &[
    "404", "page not found", "not found", "error 404", "this page could not be found", "page cannot be found", "the page you",
    "we can't find", "we couldn't find", "sorry, we couldn't find", "sorry, this page", "oops", "product not found",
    "item not found", "product no longer available", "this product is no longer available", "this item is no longer available",
    "this listing has ended", "listing not found", "seite nicht gefunden", "seite wurde nicht gefunden",
    "artikel nicht gefunden", "produkt nicht gefunden", "page introuvable", "page non trouvée", "produit introuvable",
    "página no encontrada", "producto no encontrado", "pagina non trovata", "prodotto non trovato", "página não encontrada",
    "produto não encontrado", "pagina niet gevonden", "sidan hittades inte", "siden ble ikke funnet", "siden blev ikke fundet",
    "sivua ei löytynyt", "nie znaleziono strony", "strona nie została znaleziona", "stránka nenalezena",
    "stránka nebyla nalezena", "stránka sa nenašla", "az oldal nem található", "страница не найдена", "товар не найден",
    "сторінку не знайдено", "sayfa bulunamadı", "ページが見つかりません", "お探しのページ", "找不到頁面", "页面不存在", "페이지를 찾을 수 없습니다",
    "this product does not exist", "this product doesn't exist", "the product you are looking for", "product unavailable",
    "sorry, the page", "we're sorry, this page", "nothing found", "nothing was found",
    "dieser artikel ist nicht mehr verfügbar", "dieses produkt ist nicht mehr verfügbar", "produkt nicht mehr verfügbar",
    "die seite wurde nicht gefunden", "diese seite existiert nicht", "fehler 404", "erreur 404", "cette page n'existe",
    "la page demandée", "ce produit n'est plus disponible", "oups", "esta página no existe", "no encontramos",
    "este producto ya no está disponible", "errore 404", "questa pagina non esiste",
    "il prodotto non è più disponibile", "erro 404", "esta página não existe", "não encontramos", "deze pagina bestaat niet",
    "pagina bestaat niet", "product niet gevonden", "dit product is niet meer beschikbaar", "sidan kunde inte hittas",
    "vi kunde inte hitta", "produkten finns inte", "siden finnes ikke", "siden findes ikke", "vi fant ikke",
    "produktet blev ikke fundet", "hups", "tuotetta ei löytynyt", "nie znaleziono", "strona nie istnieje",
    "produkt nie istnieje", "stránka neexistuje", "produkt nebyl nalezen", "pagina nu a fost găsită",
    "pagina nu a fost gasita", "produsul nu a fost găsit", "a keresett oldal nem található", "a termék nem található",
    "ошибка 404", "такой страницы нет", "товар не существует", "помилка 404", "товар не знайдено", "aradığınız sayfa",
    "ürün bulunamadı", "お探しの商品", "商品が見つかりません", "ページが存在しません", "您访问的页面不存在", "商品不存在", "找不到商品", "상품을 찾을 수 없습니다", "존재하지 않는",
    "stranica nije pronađena", "strani ni mogoče najti", "страницата не е намерена", "η σελίδα δεν βρέθηκε",
    "puslapis nerastas", "lapa nav atrasta", "lehte ei leitud", "không tìm thấy trang",
];

/// Titles and headings of forms to sign in by.
#[rustfmt::skip]
pub(super) const LOGIN: &[&str] = &[
    "sign in", "log in", "login", "sign-in", "log-in", "customer login", "member login", "welcome back", "anmelden",
    "anmeldung", "einloggen", "kundenlogin", "connexion", "se connecter", "identifiez-vous", "iniciar sesión", "inicia sesión",
    "acceder", "accedi", "entrar", "iniciar sessão", "faça login", "inloggen", "logga in", "logg inn", "log ind", "kirjaudu",
    "zaloguj", "logowanie", "přihlášení", "přihlásit", "prihlásenie", "bejelentkezés", "autentificare", "prijava", "вход",
    "войти", "авторизация", "увійти", "giriş yap", "ログイン", "登入", "登录", "로그인", "đăng nhập",
];
