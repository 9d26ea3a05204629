//! Pages that stand in the way of a product: robot checks, denied access, consent walls, soft 404s, log-in forms.

use memchr::memmem;
use wishlist_core::model::PageKind;

use crate::page::{Document, Tag};

/// A page with more text than this is not a wall, whatever its code mentions: every wall known shows a few sentences.
const WALL_TEXT: usize = 3000;

/// A page with more code than this is not a wall.
const WALL_PAGE: usize = 256 * 1024;

/// Titles and headings of walls, in lower case; matched at the beginning.
const BLOCKED: &[&str] = &[
    "just a moment",
    "attention required",
    "access denied",
    "access to this page has been denied",
    "pardon our interruption",
    "robot check",
    "bot check",
    "are you a robot",
    "are you a human",
    "are you human",
    "verify you are",
    "please verify",
    "human verification",
    "security check",
    "security challenge",
    "captcha",
    "one more step",
    "you have been blocked",
    "sorry, you have been blocked",
    "403 forbidden",
    "forbidden",
    "request unsuccessful",
    "unusual traffic",
    "before you continue",
    "bevor sie fortfahren",
    "avant d'accéder",
    "antes de continuar",
    "prima di continuare",
    "checking your browser",
    "ddos-guard",
    "too many requests",
    "challenge validation",
    "zugriff verweigert",
    "accès refusé",
    "acceso denegado",
    "доступ ограничен",
    "вы не робот",
    "アクセスが拒否",
];

/// What the code of robot checks mentions, by vendor.
const MARKERS: &[&str] = &[
    "validateCaptcha",         // Amazon
    "_cf_chl_opt",             // Cloudflare
    "challenge-form",          // Cloudflare
    "captcha-delivery.com",    // DataDome
    "px-captcha",              // HUMAN
    "_Incapsula_Resource",     // Imperva
    "KPSDK",                   // Kasada
    "gokuProps",               // AWS WAF
    "errors.edgesuite.net",    // Akamai
    "sec-if-cpt-container",    // Akamai
    "distil_r_captcha",        // Distil
    "SmartCaptcha",            // Yandex
    "nocaptcha",               // Alibaba
    "splashui/challenge",      // eBay
    "consent.google.com/save", // Google
    "guce.oath.com",           // Yahoo
];

/// Robot checks that shops also put into their forms: a wall only on a page with next to nothing else.
const WIDGETS: &[&str] = &["g-recaptcha", "h-captcha", "cf-turnstile"];

/// The text and the links of such a page.
const WIDGET_TEXT: usize = 600;
const WIDGET_LINKS: usize = 20;

/// Titles and headings of pages whose content is gone.
const NOT_FOUND: &[&str] = &[
    "404",
    "page not found",
    "not found",
    "error 404",
    "this page could not be found",
    "page cannot be found",
    "the page you",
    "we can't find",
    "we couldn't find",
    "sorry, we couldn't find",
    "sorry, this page",
    "oops",
    "product not found",
    "item not found",
    "product no longer available",
    "this product is no longer available",
    "this item is no longer available",
    "this listing has ended",
    "listing not found",
    "seite nicht gefunden",
    "seite wurde nicht gefunden",
    "artikel nicht gefunden",
    "produkt nicht gefunden",
    "page introuvable",
    "page non trouvée",
    "produit introuvable",
    "página no encontrada",
    "producto no encontrado",
    "pagina non trovata",
    "prodotto non trovato",
    "página não encontrada",
    "produto não encontrado",
    "pagina niet gevonden",
    "sidan hittades inte",
    "siden ble ikke funnet",
    "siden blev ikke fundet",
    "sivua ei löytynyt",
    "nie znaleziono strony",
    "strona nie została znaleziona",
    "stránka nenalezena",
    "stránka nebyla nalezena",
    "stránka sa nenašla",
    "az oldal nem található",
    "страница не найдена",
    "товар не найден",
    "сторінку не знайдено",
    "sayfa bulunamadı",
    "ページが見つかりません",
    "お探しのページ",
    "找不到頁面",
    "页面不存在",
    "페이지를 찾을 수 없습니다",
];

/// Titles and headings of forms to sign in by.
const LOGIN: &[&str] = &[
    "sign in",
    "log in",
    "login",
    "sign-in",
    "log-in",
    "customer login",
    "member login",
    "welcome back",
    "anmelden",
    "anmeldung",
    "einloggen",
    "kundenlogin",
    "connexion",
    "se connecter",
    "identifiez-vous",
    "iniciar sesión",
    "inicia sesión",
    "acceder",
    "accedi",
    "entrar",
    "iniciar sessão",
    "faça login",
    "inloggen",
    "logga in",
    "logg inn",
    "log ind",
    "kirjaudu",
    "zaloguj",
    "logowanie",
    "přihlášení",
    "přihlásit",
    "prihlásenie",
    "bejelentkezés",
    "autentificare",
    "prijava",
    "вход",
    "войти",
    "авторизация",
    "увійти",
    "giriş yap",
    "ログイン",
    "登入",
    "登录",
    "로그인",
    "đăng nhập",
];

/// What stands in the way, if anything does. `titles` are the page's title and headings; what shows a price sells something.
pub(crate) fn wall(document: &Document<'_>, titles: &[&str], priced: bool) -> Option<PageKind> {
    let titles: Vec<String> = titles.iter().map(|title| title.to_lowercase()).collect();
    let begins = |words: &[&str]| titles.iter().any(|title| words.iter().any(|word| begins_with(title, word)));
    if begins(NOT_FOUND) {
        return Some(PageKind::NotFound);
    }
    let has_password = || {
        document.seen().any(|(id, tag)| {
            tag == Tag::Input && matches!(document.attributes(id).raw("type"), Some("password" | "email"))
        })
    };
    if begins(LOGIN) && has_password() {
        return Some(PageKind::Login);
    }
    let page = document.page();
    let mentions =
        |markers: &[&str]| markers.iter().any(|marker| memmem::find(page.as_bytes(), marker.as_bytes()).is_some());
    let text = text_length(document);
    let few_links = || document.nodes().filter(|(_, node)| node.tag == Tag::A).nth(WIDGET_LINKS).is_none();
    let told = begins(BLOCKED) && text < WALL_TEXT;
    let marked = !priced && page.len() < WALL_PAGE && text < WALL_TEXT;
    let blocked = told || (marked && (mentions(MARKERS) || (text < WIDGET_TEXT && few_links() && mentions(WIDGETS))));
    blocked.then_some(PageKind::Blocked)
}

/// Whether a title begins with words, after a code or the shop's name: `404 - page not found`, `Shop: page not found`.
fn begins_with(title: &str, words: &str) -> bool {
    let parts = title.split(['|', '-', '–', '—', ':', '·', '!']).map(str::trim);
    parts.into_iter().any(|part| {
        part.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) || !words.is_ascii())
    })
}

/// The bytes of text that are seen, up to where they are too many for a wall.
fn text_length(document: &Document<'_>) -> usize {
    let mut length = 0;
    for (id, tag) in document.seen() {
        if tag == Tag::Text {
            length += document.source(id).trim().len();
        }
        if length > WALL_TEXT {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_are_known_by_title_or_code_and_little_text() {
        let long = format!("<title>Mill</title><script>g-recaptcha</script><p>{}", "word ".repeat(1000));
        let rows = [
            ("<title>Just a moment...</title><p>Checking", Some(PageKind::Blocked)),
            (
                "<title>shop.example</title><script src='//geo.captcha-delivery.com/c.js'></script><p>x",
                Some(PageKind::Blocked),
            ),
            ("<title>Shop - Page not found</title>", Some(PageKind::NotFound)),
            ("<title>404</title>", Some(PageKind::NotFound)),
            ("<title>4040 screws</title>", None),
            ("<title>Sign in | Shop</title><input type=password>", Some(PageKind::Login)),
            ("<title>Sign in style</title>", None),
            (long.as_str(), None),
        ];
        for (html, expected) in rows {
            let document = Document::parse(html, html.len());
            let title = html.split(['>', '<']).nth(2).unwrap();
            assert_eq!(wall(&document, &[title], false), expected, "{title}");
        }
    }
}
