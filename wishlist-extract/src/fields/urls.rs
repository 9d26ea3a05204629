//! Pictures and addresses: absolute, http or https.

use url::Url;
use wishlist_core::place::{has_public_host, is_public};

use super::{Choice, Chosen, Context};
use crate::extraction::{Field, Source};
use crate::finding::Rule;
use crate::sources::{Candidate, Candidates};

/// The pictures a product keeps.
const MAX_IMAGES: usize = 5;

/// The longest address kept.
const MAX_URL: usize = 2048;

/// The pictures, the main one first.
pub(crate) fn images<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, Vec<String>> {
    let mut images: Vec<String> = Vec::new();
    let mut chosen = Vec::new();
    for candidate in candidates.of(Field::Image) {
        let Some(url) = absolute(&candidate.value, context.url).filter(|url| !is_placeholder(url)) else {
            continue;
        };
        if !images.contains(&url) {
            images.push(url);
            chosen.push(candidate);
        }
        if images.len() == MAX_IMAGES {
            break;
        }
    }
    (!images.is_empty()).then_some(Chosen { value: images, rule: Rule::MostTrusted, from: chosen })
}

fn is_placeholder(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or(url).to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    ["placeholder", "no-image", "noimage", "no_image", "spacer", "pixel.", "blank.", "1x1", "logo", "loading.gif"]
        .iter()
        .any(|word| name.contains(word))
}

/// The address the page declares for itself.
pub(crate) fn canonical_url<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, String> {
    let linked = |candidate: &&Candidate| candidate.source == Source::Meta;
    let first = |rule: Rule, mut all: Box<dyn Iterator<Item = &'c Candidate> + 'c>| {
        all.find_map(|candidate| Some(Chosen::one(absolute(&candidate.value, context.url)?, rule, candidate)))
    };
    let all = || candidates.of(Field::CanonicalUrl);
    first(Rule::Linked, Box::new(all().filter(linked))).or_else(|| first(Rule::MostTrusted, Box::new(all())))
}

/// An address of the page as an absolute http or https URL, of the public internet where the page itself is, or of the page's own
/// origin.
///
/// People are shown it and their programs fetch it, within networks that the page's author cannot reach. What a page of a
/// private network may name is for whoever let it be read to decide.
pub(crate) fn absolute(text: &str, base: &Url) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_URL {
        return None;
    }
    let mut url = base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    let plain = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    let reachable = is_public(&url) || url.origin() == base.origin() || !has_public_host(base);
    (plain && reachable && url.as_str().len() <= MAX_URL).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let page = Url::parse("https://shop.example/p").unwrap();
        for (text, expected) in rows {
            assert_eq!(absolute(text, &page).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_page_of_a_private_network_names_places_there() {
        for page in ["http://127.0.0.1:4000/p", "http://localhost/p"] {
            let page = Url::parse(page).unwrap();
            assert_eq!(absolute("/a.png", &page), page.join("/a.png").ok().map(String::from));
            assert!(absolute("http://10.0.0.1:8080/a.png", &page).is_some());
            assert_eq!(absolute("javascript:alert(1)", &page), None);
        }
    }

    #[test]
    fn a_port_or_a_user_of_the_page_opens_no_private_network() {
        for page in ["http://shop.example:3000/p", "https://user@shop.example/p", "http://8.8.8.8:81/p"] {
            let page = Url::parse(page).unwrap();
            for private in ["http://10.0.0.1:8080/a.png", "http://169.254.169.254/a.png", "http://localhost/a.png"] {
                assert_eq!(absolute(private, &page), None, "{page} {private}");
            }
            assert!(absolute("https://cdn.example/a.png", &page).is_some());
        }
        let page = Url::parse("http://shop.example:3000/p").unwrap();
        assert_eq!(absolute("/a.png", &page).as_deref(), Some("http://shop.example:3000/a.png"));
    }
}
