//! What people are shown of a page: nothing that would not be visited.

use wishlist_core::model::FailureCode;
use wishlist_scraper::{FetchSettings, Outcome, Scrape, Scraped, Scraper};

use crate::site::{Site, page, settings};

const PRODUCT: &str = r#"<title>A kettle</title><link rel=canonical href=http://127.0.0.1/>
    <meta property=og:image content=http://169.254.169.254/x.png>
    <meta property=og:image content=https://wishes.example/v1/me>
    <meta property=og:image content=/kettle.png><script type=application/ld+json>{"@type":"Product","name":"A kettle",
    "image":["http://10.0.0.1/y.png"],
    "offers":{"@type":"Offer","price":"9.99","priceCurrency":"EUR","url":"http://[::1]/"}}</script>"#;

async fn scraped(html: &'static str) -> Scraped {
    let site = Site::start(move |_| page(html)).await;
    let own = FetchSettings { own_names: vec!["wishes.example".to_owned()], ..settings() };
    let scraper = Scraper::new(site.internet().fetcher(own));
    scraper.scrape(&"http://shop.example/kettle".parse().unwrap()).await
}

#[tokio::test]
async fn a_visit_keeps_no_address_that_would_not_be_visited() {
    let Scraped { outcome: Outcome::Facts(product), sources, .. } = scraped(PRODUCT).await else {
        panic!("a product should have facts");
    };
    let own = "http://shop.example/kettle.png";
    assert_eq!((product.images.as_slice(), product.image_url.as_deref()), ([own.to_owned()].as_slice(), Some(own)));
    assert_eq!((product.canonical_url, sources.get("canonicalUrl")), (None, None));
    assert!(product.price.is_some());
}

#[tokio::test]
async fn a_page_that_sells_nothing_shows_no_such_address_either() {
    let html = "<title>Welcome</title><meta property=og:image content=http://192.168.1.1/reboot>\
                <link rel=canonical href=http://router/>";
    let Scraped { outcome: Outcome::Failed(FailureCode::NotAProduct, product), sources, .. } = scraped(html).await
    else {
        panic!("the page should be no product");
    };
    assert_eq!(product.title.as_deref(), Some("Welcome"));
    assert_eq!((product.image_url, product.images, product.canonical_url), (None, Vec::new(), None));
    assert!(!sources.contains_key("imageUrl") && !sources.contains_key("canonicalUrl"));
}
