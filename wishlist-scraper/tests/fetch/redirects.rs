//! Every hop is a new address.

use wishlist_scraper::fetch::{FetchFailure, FetchSettings};

use crate::site::{Reply, Site, answer, page, redirect, settings};

const FOLLOWED: [u16; 5] = [301, 302, 303, 307, 308];

#[tokio::test]
async fn a_redirect_leads_to_the_page_and_its_url() {
    for status in FOLLOWED {
        let site = Site::start(move |number| match number {
            0 => redirect(status, "/p?x#fragment"),
            _ => page("a kettle"),
        })
        .await;
        let fetched = site.fetch("http://shop.example/old#top", settings()).await.unwrap();
        assert_eq!(fetched.url.as_str(), "http://shop.example/p?x");
        assert_eq!(fetched.body, b"a kettle");
        assert!(site.requests()[1].starts_with("GET /p?x HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn a_path_in_utf_8_is_followed() {
    let site = Site::start(|number| match number {
        0 => redirect(302, "/商品"),
        _ => page("a kettle"),
    })
    .await;
    let fetched = site.fetch("http://shop.example/", settings()).await.unwrap();
    assert_eq!(fetched.url.as_str(), "http://shop.example/%E5%95%86%E5%93%81");
}

#[tokio::test]
async fn no_redirect_leads_where_a_link_may_not() {
    let targets = [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "HTTP://0X7F000001/",
        "http://①②⑦.⓪.⓪.①/",
        "//10.0.0.1/",
        "http://localhost./",
        "http://metadata.google.internal/",
        "http://shop.example:6379/",
        "http://user:secret@other.example/",
        "http://@other.example/",
        "http://169.254.169.254:80\\@other.example/",
        "/a b",
        "file:///etc/passwd",
        "ftp://other.example/",
        "gopher://127.0.0.1:6379/_x",
        "javascript:1",
        "data:text/html,x",
    ];
    for (index, target) in targets.into_iter().enumerate() {
        let site = Site::start(move |_| redirect(FOLLOWED[index % 5], target)).await;
        let internet = site.internet();
        let fetched = internet.fetch("http://shop.example/", settings()).await;
        assert_eq!(fetched, Err(FetchFailure::Forbidden), "{target}");
        assert_eq!(internet.connected().len(), 1, "{target}");
    }
}

#[tokio::test]
async fn a_redirect_to_a_name_of_our_network_is_not_connected_to() {
    let site = Site::start(|_| redirect(302, "http://intern.example/")).await;
    let internet = site.internet().with_name("intern.example", &[&["10.0.0.7"]]);
    let fetched = internet.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::Forbidden));
    assert_eq!(internet.asked(), ["shop.example.", "intern.example."]);
    assert_eq!(internet.connected().len(), 1);
}

#[tokio::test]
async fn a_location_that_can_be_read_in_two_ways_is_refused() {
    let heads: [&[&str]; 4] = [
        &["Location: http://ok.example/", "Location: http://127.0.0.1/"],
        &["Location: /a", "Location: /a"],
        &["Location: \u{0}http://127.0.0.1/"],
        &["Location: http://ok.example/\u{7f}"],
    ];
    for head in heads {
        let site = Site::start(move |_| Reply::Bytes(answer(302, head, b""))).await;
        let internet = site.internet();
        let fetched = internet.fetch("http://shop.example/", settings()).await;
        assert!(matches!(fetched, Err(FetchFailure::BadResponse | FetchFailure::Forbidden)), "{head:?}: {fetched:?}");
        assert_eq!(internet.connected().len(), 1, "{head:?}");
    }
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_sixth_is_not() {
    for (redirects, expected) in [(5, Ok(200)), (6, Err(FetchFailure::TooManyRedirects))] {
        let site = Site::start(move |number| match number {
            number if number < redirects => redirect(302, &format!("/{number}")),
            _ => page("a kettle"),
        })
        .await;
        let fetched = site.fetch("http://shop.example/", settings()).await;
        assert_eq!(fetched.map(|fetched| fetched.status), expected);
        assert_eq!(site.requests().len(), 6);
    }
}

#[tokio::test]
async fn a_loop_ends() {
    let site = Site::start(|_| redirect(301, "")).await;
    let fetched = site.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::TooManyRedirects));
    let site = Site::start(|number| redirect(301, &format!("?{}", "x".repeat(number * 1000)))).await;
    let fetched = site.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::TooManyRedirects));
}

#[tokio::test]
async fn a_url_that_grows_ends_at_the_longest() {
    let many = FetchSettings { max_redirects: 100, ..settings() };
    let site = Site::start(|number| redirect(301, &format!("?{}", "x".repeat(number * 1000)))).await;
    let fetched = site.fetch("http://shop.example/", many).await;
    assert_eq!(fetched, Err(FetchFailure::Forbidden));
    assert_eq!(site.requests().len(), 10);
}

#[tokio::test]
async fn only_the_five_statuses_redirect_and_only_by_location() {
    let target = "http://169.254.169.254/";
    for status in [200, 201, 300, 304, 305, 306, 399, 404] {
        let location = format!("Location: {target}");
        let site =
            Site::start(move |_| Reply::Bytes(answer(status, &[&location, "Content-Type: text/html"], b""))).await;
        let fetched = site.fetch("http://shop.example/", settings()).await.unwrap();
        assert_eq!((fetched.status, site.requests().len()), (status, 1));
    }
    for header in [
        "Refresh: 0; url=http://169.254.169.254/",
        "Link: <http://169.254.169.254/>; rel=preload",
        "Content-Location: http://169.254.169.254/",
        "Alt-Svc: h3=\":443\"; ma=99999",
        "Strict-Transport-Security: max-age=99999999",
        "Set-Cookie: session=1; Path=/",
        "Content-Security-Policy-Report-Only: default-src x; report-uri http://127.0.0.1/",
    ] {
        let site =
            Site::start(move |_| Reply::Bytes(answer(200, &[header, "Content-Type: text/html"], b"a kettle"))).await;
        let internet = site.internet();
        let fetcher = internet.fetcher(settings());
        let url = "http://shop.example/".parse().unwrap();
        for _ in 0..2 {
            assert_eq!(fetcher.fetch(&url).await.unwrap().body, b"a kettle");
        }
        let requests = site.requests();
        assert_eq!((requests.len(), &requests[0]), (2, &requests[1]), "{header}");
    }
}

#[tokio::test]
async fn a_redirect_without_a_location_is_an_answer() {
    let site = Site::start(|_| Reply::Bytes(answer(302, &[], b""))).await;
    let fetched = site.fetch("http://shop.example/", settings()).await.unwrap();
    assert_eq!(fetched.status, 302);
}
