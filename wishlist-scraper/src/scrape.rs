//! One page: fetched, read, and judged. What becomes of the item is decided in `visit`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::model::{FailureCode, PageKind, PageUrl, Product};
use wishlist_extract::{Extraction, Page, extract_admitting};

use crate::fetch::{FetchFailure, Fetched, Fetcher};

/// How the visit of a page ended: an answer, never an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The page sells a product.
    Facts(Box<Product>),
    /// The page tells nothing, and will not soon; with what little it says about itself.
    Failed(FailureCode, Box<Product>),
    /// It may go better later, not before the time that the host named.
    Retry(FailureCode, Option<Duration>),
}

/// A page that was asked: what its visit came to, and what there is to say about it beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scraped {
    /// How the visit ended.
    pub outcome: Outcome,
    /// What kind of page answered; absent where none was read.
    pub kind: Option<PageKind>,
    /// By the name of a product's field, the kind of source that its value was read from.
    pub sources: BTreeMap<&'static str, &'static str>,
}

impl From<Outcome> for Scraped {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, kind: None, sources: BTreeMap::new() }
    }
}

/// Asks the page at an address.
#[async_trait]
pub trait Scrape: Send + Sync + Debug {
    /// Visits the page once.
    async fn scrape(&self, url: &PageUrl) -> Scraped;
}

/// Visits pages by the guarded fetcher.
#[derive(Debug)]
pub struct Scraper {
    fetcher: Fetcher,
}

impl Scraper {
    /// A scraper over this fetcher.
    pub fn new(fetcher: Fetcher) -> Self {
        Self { fetcher }
    }
}

#[async_trait]
impl Scrape for Scraper {
    async fn scrape(&self, url: &PageUrl) -> Scraped {
        let Ok(url) = url.to_url() else {
            return Outcome::Failed(FailureCode::Unreachable, Box::default()).into();
        };
        match self.fetcher.fetch(&url).await {
            Ok(fetched) => {
                let (status, retry_after) = (fetched.status, fetched.retry_after);
                let fetcher = self.fetcher.clone();
                // Reading a page of several megabytes takes tens of milliseconds, too long for a thread that serves others.
                match tokio::task::spawn_blocking(move || read(&fetched, &fetcher)).await {
                    Ok(extraction) => {
                        let sources = extraction.sources().into_iter();
                        Scraped {
                            kind: Some(extraction.kind),
                            sources: sources.map(|(field, source)| (field.name(), source.name())).collect(),
                            outcome: judge(status, retry_after, extraction),
                        }
                    }
                    Err(_) => Outcome::Failed(FailureCode::UnsupportedContent, Box::default()).into(),
                }
            }
            Err(failure) => unread(failure).into(),
        }
    }
}

/// The facts, with no address that would not be visited.
fn read(fetched: &Fetched, fetcher: &Fetcher) -> Extraction {
    let page = Page { url: &fetched.url, content_type: fetched.content_type.as_deref(), body: &fetched.body };
    extract_admitting(&page, &|link| fetcher.judge(link).is_ok())
}

/// What a page means by its status and by what it is.
fn judge(status: u16, retry_after: Option<Duration>, extraction: Extraction) -> Outcome {
    let nothing = |code| Outcome::Failed(code, Box::default());
    let blocked = extraction.kind == PageKind::Blocked;
    match status {
        200..=299 => of_kind(extraction.kind, extraction.product),
        404 => nothing(FailureCode::NotFound),
        410 => nothing(FailureCode::Gone),
        408 => Outcome::Retry(FailureCode::Timeout, retry_after),
        429 | 500..=599 if blocked => Outcome::Retry(FailureCode::Blocked, retry_after),
        429 | 500..=599 => Outcome::Retry(FailureCode::Unreachable, retry_after),
        400..=499 => nothing(FailureCode::Blocked),
        _ => nothing(FailureCode::UnsupportedContent),
    }
}

fn of_kind(kind: PageKind, product: Product) -> Outcome {
    match kind {
        PageKind::Product => Outcome::Facts(Box::new(product)),
        PageKind::Blocked | PageKind::Login => Outcome::Failed(FailureCode::Blocked, Box::default()),
        PageKind::NotFound => Outcome::Failed(FailureCode::NotFound, Box::default()),
        // A title and a picture help a person even where there is no price to follow.
        PageKind::List | PageKind::Article | PageKind::Home | PageKind::Other => {
            Outcome::Failed(FailureCode::NotAProduct, Box::new(Product { price: None, list_price: None, ..product }))
        }
    }
}

fn unread(failure: FetchFailure) -> Outcome {
    let for_good = |code| Outcome::Failed(code, Box::default());
    match failure {
        FetchFailure::Forbidden => for_good(FailureCode::ForbiddenAddress),
        FetchFailure::Unresolvable | FetchFailure::TooManyRedirects => for_good(FailureCode::Unreachable),
        FetchFailure::TooLarge => for_good(FailureCode::TooLarge),
        FetchFailure::UnsupportedContent => for_good(FailureCode::UnsupportedContent),
        FetchFailure::Timeout => Outcome::Retry(FailureCode::Timeout, None),
        FetchFailure::Unreachable | FetchFailure::BadResponse => Outcome::Retry(FailureCode::Unreachable, None),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;
    use wishlist_extract::{Field, extract};

    use super::*;
    use crate::fetch::{FetchSettings, PrivateAddresses};

    fn page(html: &str) -> Extraction {
        let url = Url::parse("https://shop.example/a").unwrap();
        extract(&Page { url: &url, content_type: Some("text/html"), body: html.as_bytes() })
    }

    #[test]
    fn a_status_decides_before_the_page_does() {
        let after = Some(Duration::from_secs(7));
        let rows = [
            (404, Outcome::Failed(FailureCode::NotFound, Box::default())),
            (410, Outcome::Failed(FailureCode::Gone, Box::default())),
            (403, Outcome::Failed(FailureCode::Blocked, Box::default())),
            (429, Outcome::Retry(FailureCode::Unreachable, after)),
            (503, Outcome::Retry(FailureCode::Unreachable, after)),
            (408, Outcome::Retry(FailureCode::Timeout, after)),
            (304, Outcome::Failed(FailureCode::UnsupportedContent, Box::default())),
        ];
        for (status, expected) in rows {
            assert_eq!(judge(status, after, page("<title>Shop</title>")), expected, "{status}");
        }
        // A wall against robots is often sent as a failure, and is named as what it is.
        for status in [429, 503] {
            let mut wall = page("<title>Shop</title>");
            wall.kind = PageKind::Blocked;
            assert_eq!(judge(status, after, wall), Outcome::Retry(FailureCode::Blocked, after), "{status}");
        }
    }

    #[test]
    fn an_address_that_would_not_be_visited_is_not_shown() {
        let settings = |own: &str, exempt: &[&str]| FetchSettings {
            own_names: vec![own.to_owned()],
            exempt: exempt.iter().map(|address| address.parse().unwrap()).collect(),
            ..FetchSettings::default()
        };
        let page = |page: &str, image: &str| {
            let body = format!(
                "<title>Kettle</title><meta property=og:image content='{image}'><link rel=canonical href='{image}'>\
                 <meta property=og:image content='/b.png'>"
            );
            Fetched {
                url: page.parse().unwrap(),
                status: 200,
                content_type: Some("text/html".to_owned()),
                body: body.into_bytes(),
                retry_after: None,
            }
        };
        let (shop, stand) = ("https://shop.example/p", "http://127.0.0.1:4000/p");
        let rows = [
            (shop, "https://cdn.example/a.png", true),
            (shop, "https://wishes.example/v1/me", false),
            (shop, "http://169.254.169.254/a.png", false),
            (stand, "http://127.0.0.1:4000/a.png", true),
            (stand, "http://127.0.0.1:4001/a.png", false),
            (stand, "http://10.0.0.1/a.png", false),
        ];
        for (at, image, shown) in rows {
            let fetcher = Fetcher::new(settings("wishes.example", &["127.0.0.1:4000"])).unwrap();
            let extraction = read(&page(at, image), &fetcher);
            let own = Url::parse(at).unwrap().join("/b.png").unwrap();
            let expected: Vec<&str> = [image].into_iter().filter(|_| shown).chain([own.as_str()]).collect();
            assert_eq!(extraction.product.images, expected, "{at} {image}");
            assert_eq!(extraction.product.image_url.as_deref(), Some(expected[0]));
            assert_eq!(extraction.product.canonical_url.as_deref(), Some(image).filter(|_| shown));
            assert_eq!(extraction.sources().contains_key(&Field::CanonicalUrl), shown);
        }
        // Where nothing is guarded, as in development, nothing is taken away from what is read there.
        let development = FetchSettings { private_addresses: PrivateAddresses::Allow, ..FetchSettings::default() };
        let fetcher = Fetcher::new(development).unwrap();
        for at in [shop, stand] {
            assert_eq!(read(&page(at, "http://10.0.0.1:9000/a.png"), &fetcher).product.images.len(), 2, "{at}");
        }
    }

    #[test]
    fn only_a_product_page_has_facts() {
        let product = Product { title: Some("Kettle".to_owned()), ..Product::default() };
        assert_eq!(of_kind(PageKind::Product, product.clone()), Outcome::Facts(Box::new(product.clone())));
        let article = of_kind(PageKind::Article, product.clone());
        assert_eq!(article, Outcome::Failed(FailureCode::NotAProduct, Box::new(product.clone())));
        assert_eq!(of_kind(PageKind::Login, product), Outcome::Failed(FailureCode::Blocked, Box::default()));
    }
}
