//! Pages that stand in the way of a product: robot checks, denied access, consent walls, soft 404s, log-in forms.

use memchr::memmem;
use wishlist_core::model::PageKind;

use super::wall_words::{BLOCKED, LOGIN, MARKERS, NOT_FOUND, WIDGETS};
use crate::page::{Document, Tag};

/// A page with more text than this is not a wall, whatever its code mentions: every wall known shows a few sentences.
const WALL_TEXT: usize = 3000;

/// A page with more code than this is not a wall.
const WALL_PAGE: usize = 256 * 1024;

/// The text and the links of a page with one of [`WIDGETS`], at most.
const WIDGET_TEXT: usize = 600;
const WIDGET_LINKS: usize = 20;

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
    std::iter::once(title).chain(parts).any(|part| {
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

    fn read(html: &str) -> Option<PageKind> {
        let title = html.split(['>', '<']).nth(2).unwrap();
        wall(&Document::parse(html, html.len()), &[title], false)
    }

    #[test]
    fn walls_are_known_by_title_or_code_and_little_text() {
        let long = format!("<title>Mill</title><script>g-recaptcha</script><p>{}", "word ".repeat(1000));
        let links = format!("<title>Mill</title><script>g-recaptcha</script>{}", "<a href=/>a</a>".repeat(30));
        let rows = [
            ("<title>Just a moment...</title><p>Checking", Some(PageKind::Blocked)),
            ("<title>Sign in | Shop</title><input type=password>", Some(PageKind::Login)),
            ("<title>Sign in style</title>", None),
            ("<title>4040 screws</title>", None),
            (long.as_str(), None),
            (links.as_str(), None),
        ];
        for (html, expected) in rows {
            assert_eq!(read(html), expected, "{html}");
        }
    }

    #[test]
    fn every_vendors_check_is_known_by_its_code() {
        let rows = [
            "<script src=/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1></script><p>shop.example",
            "<script>window._cf_chl_opt={cvId:'3'}</script>",
            "<script src='//geo.captcha-delivery.com/captcha/?x'></script>",
            "<div id=px-captcha></div><script>window._pxAppId='PX1'</script>",
            "<iframe src='/_Incapsula_Resource?x'></iframe>Request unsuccessful",
            "<script src='/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/ips.js?KP_UIDz=x'></script>",
            "<script>window.gokuProps={}</script>",
            "<script src=https://x.token.awswaf.com/x/challenge.js></script>",
            "<a href=https://errors.edgesuite.net/18.1>Reference</a>",
            "<div id=sec-if-cpt-container></div>",
            "<form action=/errors/validateCaptcha method=get>",
            "<div class=h-captcha data-sitekey=x></div>",
            "<div class=g-recaptcha data-sitekey=x></div>",
            "<div class=cf-turnstile></div>",
            "<form action=https://consent.google.com/save method=post><button>Accept all",
            "<a href=https://guce.oath.com/x>Next</a>",
            "<script src=https://cdn.privacy-mgmt.com/x.js></script>",
        ];
        for body in rows {
            assert_eq!(read(&format!("<title>shop.example</title>{body}")), Some(PageKind::Blocked), "{body}");
        }
    }

    const TITLES: &[(PageKind, &str)] = &[
        (
            PageKind::Blocked,
            "Access Denied|Zugriff verweigert|Accès refusé|Acceso denegado|Accesso negato|Toegang geweigerd|Odmowa dostępu|Доступ запрещён|访问被拒绝",
        ),
        (
            PageKind::Blocked,
            "Robot or human?|Attention Required! - Cloudflare|Pardon Our Interruption...|Are you a robot?|Sind Sie ein Roboter?|Êtes-vous un robot ?",
        ),
        (
            PageKind::Blocked,
            "Before you continue to Search|Bevor Sie fortfahren|Avant de continuer|Antes de continuar|Prima di continuare|Voordat je verdergaat",
        ),
        (
            PageKind::NotFound,
            "Page not found|404|Shop - Error 404|Seite nicht gefunden|Page introuvable|Página no encontrada|Pagina non trovata|Pagina niet gevonden",
        ),
        (
            PageKind::NotFound,
            "Página não encontrada|Sidan hittades inte|Siden ble ikke funnet|Siden blev ikke fundet|Sivua ei löytynyt|Nie znaleziono strony",
        ),
        (
            PageKind::NotFound,
            "Stránka nenalezena|Az oldal nem található|Pagina nu a fost găsită|Страница не найдена|Сторінку не знайдено|Sayfa bulunamadı",
        ),
        (
            PageKind::NotFound,
            "ページが見つかりません|页面不存在|페이지를 찾을 수 없습니다|Dieser Artikel ist nicht mehr verfügbar",
        ),
        (
            PageKind::Login,
            "Log in|Anmelden|Se connecter|Iniciar sesión|Accedi|Inloggen|Entrar|Logga in|Logg inn|Log ind|Kirjaudu sisään|Zaloguj się|Přihlášení",
        ),
        (PageKind::Login, "Bejelentkezés|Autentificare|Войти|Увійти|Giriş yap|ログイン|登录|로그인"),
    ];

    #[test]
    fn titles_of_walls_are_known_in_many_languages() {
        for (expected, titles) in TITLES {
            for title in titles.split('|') {
                let html = format!("<title>{title}</title><form><input type=password></form>");
                assert_eq!(read(&html), Some(*expected), "{title}");
            }
        }
    }
}
