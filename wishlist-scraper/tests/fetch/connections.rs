//! Whom a fetch asks, and whom it connects to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use wishlist_scraper::fetch::{Channel, Connect, FetchFailure, FetchSettings, Fetcher, PrivateAddresses, Resolve};

use crate::site::{Site, answer, impatient, page, redirect, settings};

#[tokio::test]
async fn a_name_is_asked_once_a_hop_and_the_answer_is_what_is_connected_to() {
    let site = Site::start(|_| page("a kettle")).await;
    for rebound in ["127.0.0.1", "169.254.169.254", "::1"] {
        let internet = site.internet().with_name("shop.example", &[&["93.184.215.15"], &[rebound]]);
        internet.fetch("http://shop.example/", settings()).await.unwrap();
        assert_eq!(internet.asked(), ["shop.example."]);
        assert_eq!(internet.connected(), ["93.184.215.15:80".parse().unwrap()]);
    }
}

#[tokio::test]
async fn a_name_that_changes_between_hops_or_fetches_is_judged_again() {
    let site = Site::start(|_| redirect(302, "/next")).await;
    let answers: [&[&str]; 2] = [&["93.184.215.14"], &["169.254.169.254"]];
    let internet = site.internet().with_name("shop.example", &answers);
    let fetched = internet.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::Forbidden));
    assert_eq!(internet.connected().len(), 1);

    let site = Site::start(|_| page("a kettle")).await;
    let internet = site.internet().with_name("shop.example", &answers);
    let same = internet.fetcher(settings());
    let url = "http://shop.example/".parse().unwrap();
    assert_eq!(same.fetch(&url).await.unwrap().status, 200);
    assert_eq!(same.fetch(&url).await, Err(FetchFailure::Forbidden));
    assert_eq!(internet.connected().len(), 1);
}

#[tokio::test]
async fn a_name_of_our_network_is_never_connected_to() {
    let site = Site::start(|_| page("a kettle")).await;
    let answers: [&[&str]; 6] = [
        &["10.1.2.3"],
        &["192.0.0.192"],
        &["93.184.215.14", "127.0.0.1"],
        &["::ffff:127.0.0.1"],
        &["fd00:ec2::254"],
        &["64:ff9b::a9fe:a9fe"],
    ];
    for answer in answers {
        let internet = site.internet().with_name("shop.example", &[answer]);
        let fetched = internet.fetch("http://shop.example/", settings()).await;
        assert_eq!(fetched, Err(FetchFailure::Forbidden), "{answer:?}");
        assert!(internet.connected().is_empty());
    }
    let internet = site.internet().with_name("shop.example", &[&[]]);
    let fetched = internet.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::Unresolvable));
}

#[tokio::test]
async fn a_refused_address_gives_no_sign_of_what_is_there() {
    let site = Site::start(|_| page("a kettle")).await;
    let internet = site.internet();
    for url in ["http://10.0.0.1/", "http://10.0.0.1:81/", "http://localhost/", "http://10.0.0.1:0/"] {
        let fetched = internet.fetch(url, settings()).await;
        assert_eq!(fetched, Err(FetchFailure::Forbidden));
        let shown = format!("{0} {0:?} {1}", fetched.unwrap_err(), FetchFailure::Forbidden.code());
        assert_eq!(shown, "this address may not be visited Forbidden forbidden");
    }
    assert!(internet.connected().is_empty() && internet.asked().is_empty());
}

#[tokio::test]
async fn nothing_of_the_caller_or_of_the_machine_leaves_with_a_request() {
    let site = Site::start(|_| page("a kettle")).await;
    let own = FetchSettings { user_agent: "SmartWishlist/1 (+https://wishes.example)".to_owned(), ..settings() };
    site.fetch("http://Shop.Example:80/p?q=1#part", own).await.unwrap();
    assert_eq!(
        site.requests(),
        ["GET /p?q=1 HTTP/1.1\r\n\
          host: shop.example\r\n\
          user-agent: SmartWishlist/1 (+https://wishes.example)\r\n\
          accept: text/html, application/xhtml+xml, application/ld+json;q=0.8\r\n\
          accept-language: en, *;q=0.5\r\n\
          accept-encoding: gzip, br\r\n\
          connection: close\r\n\r\n"]
    );
}

#[tokio::test]
async fn an_exempt_address_is_visited_without_a_guard() {
    let site = Site::start(|_| page("a kettle")).await;
    let exempt = "127.0.0.1:4000";
    let internet = site.internet();
    let with_shop = FetchSettings { exempt: vec![exempt.parse().unwrap()], ..settings() };
    let fetched = internet.fetch(&format!("http://{exempt}/"), with_shop.clone()).await;
    assert_eq!(fetched.unwrap().body, b"a kettle");
    let fetched = internet.fetch("http://127.0.0.1:4001/", with_shop).await;
    assert_eq!(fetched, Err(FetchFailure::Forbidden));
    assert_eq!(internet.connected(), [exempt.parse().unwrap()]);
}

#[tokio::test]
async fn in_development_the_system_resolves_and_connects() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let shop = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        let page = answer(200, &["Content-Type: text/html"], b"a kettle");
        stream.write_all(&page).await.unwrap();
    };
    let development = FetchSettings { private_addresses: PrivateAddresses::Allow, ..settings() };
    let fetcher = Fetcher::new(development).unwrap();
    let url = format!("http://localhost:{port}/").parse().unwrap();
    let (page, ()) = tokio::join!(fetcher.fetch(&url), shop);
    assert_eq!(page.unwrap().body, b"a kettle");
}

/// Addresses of which some refuse and some never answer.
#[derive(Debug, Default)]
struct Addresses {
    answers: Vec<IpAddr>,
    tried: Mutex<Vec<SocketAddr>>,
}

#[async_trait]
impl Resolve for Addresses {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match name {
            "never.example." => std::future::pending().await,
            "unknown.example." => Err(io::ErrorKind::NotFound.into()),
            "outage.example." => Err(io::Error::other("10.0.0.2:53 does not answer")),
            _ => Ok(self.answers.clone()),
        }
    }
}

#[async_trait]
impl Connect for Addresses {
    async fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Channel>> {
        self.tried.lock().unwrap().push(address);
        match address.ip().to_string().as_str() {
            "8.8.8.8" => std::future::pending().await,
            "9.9.9.9" => {
                let (near, mut far) = duplex(4096);
                tokio::spawn(async move {
                    far.write_all(&answer(200, &["Content-Type: text/html"], b"a kettle")).await.unwrap();
                    // Stays open until the fetcher has what it wants.
                    let _ = far.read_to_end(&mut Vec::new()).await;
                });
                Ok(Box::new(near))
            }
            _ => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    }
}

fn addresses(answers: &[&str]) -> Arc<Addresses> {
    Arc::new(Addresses {
        answers: answers.iter().map(|answer| answer.parse().unwrap()).collect(),
        tried: Mutex::default(),
    })
}

async fn fetch(url: &str, addresses: &Arc<Addresses>, settings: FetchSettings) -> Result<u16, FetchFailure> {
    let fetcher = Fetcher::new(settings).unwrap();
    let fetcher = fetcher.with_resolver(addresses.clone()).with_connector(addresses.clone());
    fetcher.fetch(&url.parse().unwrap()).await.map(|fetched| fetched.status)
}

#[tokio::test]
async fn an_address_that_answers_is_found_among_those_that_do_not() {
    let rows: [&[&str]; 3] =
        [&["9.9.9.9"], &["2606:4700::1", "2606:4700::2", "9.9.9.9"], &["8.8.8.8", "2606:4700::1", "9.9.9.9"]];
    for answers in rows {
        let addresses = addresses(answers);
        assert_eq!(fetch("http://shop.example/", &addresses, settings()).await, Ok(200), "{answers:?}");
    }
}

#[tokio::test]
async fn the_families_take_turns_and_six_addresses_are_tried() {
    let answers = ["2606:4700::1", "2606:4700::2", "1.1.1.1", "1.1.1.2", "2606:4700::3", "1.1.1.3", "1.1.1.4"];
    let addresses = addresses(&answers);
    let fetched = fetch("http://shop.example/", &addresses, settings()).await;
    assert_eq!(fetched, Err(FetchFailure::Unreachable));
    let tried: Vec<String> = addresses.tried.lock().unwrap().iter().map(|tried| tried.ip().to_string()).collect();
    let expected = ["2606:4700::1", "1.1.1.1", "2606:4700::2", "1.1.1.2", "2606:4700::3", "1.1.1.3"];
    assert_eq!(tried, expected);
}

#[tokio::test]
async fn the_deadline_is_over_names_and_connections_as_well() {
    let addresses = addresses(&["8.8.8.8"]);
    for url in ["http://never.example/", "http://silent.example/", "https://silent.example/"] {
        let started = Instant::now();
        assert_eq!(fetch(url, &addresses, impatient()).await, Err(FetchFailure::Timeout), "{url}");
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_told_from_an_outage_of_names() {
    let addresses = addresses(&[]);
    let rows = [
        ("http://unknown.example/", FetchFailure::Unresolvable),
        ("http://empty.example/", FetchFailure::Unresolvable),
        ("http://outage.example/", FetchFailure::Unreachable),
    ];
    for (url, expected) in rows {
        assert_eq!(fetch(url, &addresses, settings()).await, Err(expected), "{url}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let rows = [
        FetchSettings { user_agent: "two\r\nlines".to_owned(), ..settings() },
        FetchSettings { max_headers: 100, ..settings() },
        FetchSettings {
            trust_roots: wishlist_scraper::fetch::TrustRoots::Only(vec![vec![1, 2, 3].into()]),
            ..settings()
        },
    ];
    for settings in rows {
        assert!(Fetcher::new(settings).is_err());
    }
}
