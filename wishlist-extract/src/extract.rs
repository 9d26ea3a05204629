//! The way from a page to its facts.

use url::Url;
use wishlist_core::place::{has_public_host, is_public};

use crate::extraction::{Extraction, Field, Source};
use crate::fields::{Context, fold, is_article, kind, number_in};
use crate::merge::merge;
use crate::page::{Document, decode};
use crate::price::PriceHints;
use crate::sources::{Candidates, Things, read, wall};

/// What is read of a page: four times what the fetcher lets through.
const MAX_PAGE: usize = 16 * 1024 * 1024;

/// A page as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its address after all redirects.
    pub url: &'a Url,
    /// The value of the `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The body, decompressed.
    pub body: &'a [u8],
}

/// What a page says about the product it sells.
///
/// Pure and total: any bytes give an answer, in time and memory linear in their number. Beyond 16 MiB nothing is read. Of the
/// addresses that the page names, those are kept that are of the public internet, where the page itself is, or of its own origin:
/// people are shown them, and their programs fetch them within networks that the page's author cannot reach.
pub fn extract(page: &Page<'_>) -> Extraction {
    let is_private = !has_public_host(page.url);
    extract_admitting(page, &|link| is_public(link) || link.origin() == page.url.origin() || is_private)
}

/// As [`extract`], for one who has rules of their own for which addresses a page may name.
///
/// `admits` is asked for each that is http or https, without user information, and of 2,048 characters at most, and it alone decides.
pub fn extract_admitting(page: &Page<'_>, admits: &dyn Fn(&Url) -> bool) -> Extraction {
    let body = page.body.get(..MAX_PAGE).unwrap_or(page.body);
    let text = decode(body, page.content_type);
    let document = Document::parse(&text, body.len());
    let mut candidates = Candidates::default();
    let mut things = Things::default();
    read::json_ld(&document, &mut things);
    read::microdata(&document, &mut things);
    read::rdfa(&document, &mut things);
    things.link();
    let mut metas = Candidates::default();
    let head = read::meta(&document, &mut metas);
    let names: Vec<String> = metas.of(Field::Title).map(|candidate| fold(&candidate.value)).collect();
    let site = read::site(&document, page.url, &mut candidates);
    let structure = read::schema_org(&things, page.url.as_str(), &names, &mut candidates).or(site);
    candidates.append(metas);
    let hints = PriceHints { language: head.language.as_deref(), host: page.url.host_str(), ..PriceHints::default() };
    let likely = hints.likely();
    let visible = read::dom(&document, &names, Some(&*likely).filter(|_| !site.product), &mut candidates);
    // Looking through all scripts takes as long as all else, so it is done only for what has no price or no number yet.
    let seen = visible.is_sold() && candidates.of(Field::Sku).next().is_some();
    let found = structure.priced || seen || structure.article || is_article(&head);
    let sold = !found && read::state_product(&document, page.url, &names, &mut candidates);
    if !site.product {
        read::state(&document, &names, &mut candidates);
    }
    if let Some(number) = number_in(page.url) {
        candidates.add(Field::Sku, Source::Url, &number);
    }
    let titles: Vec<&str> = head.title.iter().chain(&visible.heading).map(String::as_str).collect();
    let (kind, kind_rule) =
        kind(page.url, &head, &structure, &visible, sold, || wall(&document, &titles, visible.priced));
    merge(&candidates, &Context { url: page.url, admits, kind, kind_rule, hints })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture of a page that names this one.
    fn picture(page: &str, named: &str) -> Option<String> {
        let url = Url::parse(page).unwrap();
        let body = format!(r#"<title>A kettle</title><meta property="og:image" content="{named}">"#);
        let product = extract(&Page { url: &url, content_type: None, body: body.as_bytes() }).product;
        assert_eq!(product.image_url.as_ref(), product.images.first());
        product.image_url
    }

    #[test]
    fn a_public_page_names_public_places_alone() {
        let rows = [
            ("/a.png", Some("https://shop.example/a.png")),
            ("https://cdn.example/a.png", Some("https://cdn.example/a.png")),
            ("http://8.8.8.8/a.png#x", Some("http://8.8.8.8/a.png")),
            ("//cdn.example/a.png", Some("https://cdn.example/a.png")),
            ("http://169.254.169.254/a.png", None),
            ("//10.0.0.1/a.png", None),
            ("http://2130706433/a.png", None),
            ("http://[::ffff:127.0.0.1]/a.png", None),
            ("http://localhost/a.png", None),
            ("http://router/a.png", None),
            ("http://printer.local/a.png", None),
            ("https://127.0.0.1../a.png", None),
            ("https://cdn.example:8443/a.png", None),
            ("https://user@cdn.example/a.png", None),
            ("data:image/png;base64,AAAA", None),
            ("javascript:alert(1)", None),
        ];
        for (named, expected) in rows {
            assert_eq!(picture("https://shop.example/p", named).as_deref(), expected, "{named}");
        }
    }

    #[test]
    fn a_page_of_a_private_network_names_places_there() {
        for page in ["http://127.0.0.1:4000/p", "http://localhost/p"] {
            let own = Url::parse(page).unwrap().join("/a.png").unwrap();
            assert_eq!(picture(page, "/a.png").as_deref(), Some(own.as_str()));
            assert!(picture(page, "http://10.0.0.1:8080/a.png").is_some());
            assert_eq!(picture(page, "javascript:alert(1)"), None);
        }
    }

    #[test]
    fn a_port_or_a_user_of_the_page_opens_no_private_network() {
        for page in ["http://shop.example:3000/p", "https://user@shop.example/p", "http://8.8.8.8:81/p"] {
            for private in ["http://10.0.0.1:8080/a.png", "http://169.254.169.254/a.png", "http://localhost/a.png"] {
                assert_eq!(picture(page, private), None, "{page} {private}");
            }
            assert!(picture(page, "https://cdn.example/a.png").is_some());
        }
        let own = "http://shop.example:3000/a.png";
        assert_eq!(picture("http://shop.example:3000/p", "/a.png").as_deref(), Some(own));
    }

    #[test]
    fn who_has_rules_of_their_own_decides_what_a_page_may_name() {
        let url = Url::parse("https://shop.example/p").unwrap();
        let body = br#"<meta property="og:image" content="https://cdn.example/a.png"><link rel="canonical" href="/q">
            <meta property="og:image" content="http://10.0.0.1/b.png">"#;
        let page = Page { url: &url, content_type: None, body };
        let private = extract_admitting(&page, &|link| link.host_str() == Some("10.0.0.1")).product;
        assert_eq!((private.images, private.canonical_url), (vec!["http://10.0.0.1/b.png".to_owned()], None));
        let nothing = extract_admitting(&page, &|_| false);
        assert!(nothing.product.image_url.is_none() && nothing.sources().is_empty());
    }
}
