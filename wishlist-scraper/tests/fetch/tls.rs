//! TLS is with the name in the URL, and with nobody who cannot prove it.

use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, date_time_ymd};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use wishlist_scraper::fetch::{FetchFailure, FetchSettings, Fetched};

use crate::authority::{Authority, Names, acceptor, builder, private_key};
use crate::site::{Internet, Reply, Site, answer, page, settings};

async fn fetch(url: &str, acceptor: TlsAcceptor, settings: FetchSettings) -> Result<Fetched, FetchFailure> {
    let site = Site::secure(acceptor, |_| page("a kettle")).await;
    site.fetch(url, settings).await
}

#[tokio::test]
async fn a_site_that_proves_its_name_is_read() {
    let authority = Authority::new();
    let rows = [
        ("https://shop.example/", "shop.example"),
        ("https://shop.example./", "shop.example"),
        ("https://www.shop.example/", "*.shop.example"),
        ("https://sub_domain.shop.example/", "*.shop.example"),
        ("https://93.184.215.14/", "93.184.215.14"),
    ];
    for (url, name) in rows {
        let (certificate, key) = authority.issue(&[name], |_| {});
        let fetched = fetch(url, acceptor(vec![certificate], &key), authority.trusted()).await;
        assert_eq!(fetched.unwrap().body, b"a kettle", "{url}");
    }
}

#[tokio::test]
async fn a_site_that_does_not_prove_its_name_is_not() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let shop = |_: &mut CertificateParams| {};
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 1, 1);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(2200, 1, 1);
    let rows = [
        ("https://shop.example/", authority.issue(&["other.example"], shop)),
        ("https://a.b.shop.example/", authority.issue(&["*.shop.example"], shop)),
        ("https://93.184.215.14/", authority.issue(&["shop.example"], shop)),
        ("https://shop.example/", authority.issue(&["93.184.215.14"], shop)),
        ("https://shop.example/", authority.issue(&["shop.example"], expired)),
        ("https://shop.example/", authority.issue(&["shop.example"], early)),
        ("https://shop.example/", stranger.issue(&["shop.example"], shop)),
    ];
    for (index, (url, (certificate, key))) in rows.into_iter().enumerate() {
        let fetched = fetch(url, acceptor(vec![certificate], &key), authority.trusted()).await;
        assert_eq!(fetched, Err(FetchFailure::Unreachable), "row {index}");
    }
    let (certificate, key) = authority.issue(&["shop.example"], shop);
    let fetched = fetch("https://shop.example/", acceptor(vec![certificate], &key), settings()).await;
    assert_eq!(fetched, Err(FetchFailure::Unreachable), "by Mozilla's roots");
}

#[tokio::test]
async fn the_name_is_sent_and_an_address_is_not() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["shop.example", "93.184.215.14"], |_| {});
    let signing = rustls::crypto::ring::sign::any_supported_type(&private_key(&key)).unwrap();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let names = Names { certified: Arc::new(CertifiedKey::new(vec![certificate], signing)), sent: sent.clone() };
    let config = builder().with_no_client_auth().with_cert_resolver(Arc::new(names));
    let site = Site::secure(TlsAcceptor::from(Arc::new(config)), |_| page("a kettle")).await;
    for url in ["https://shop.example/", "https://shop.example./", "https://93.184.215.14/"] {
        assert_eq!(site.fetch(url, authority.trusted()).await.unwrap().status, 200);
    }
    let shop = Some("shop.example".to_owned());
    assert_eq!(*sent.lock().unwrap(), [shop.clone(), shop, None]);
}

#[tokio::test]
async fn no_certificate_of_ours_is_sent() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["shop.example"], |_| {});
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let verifier = verifier.allow_unauthenticated().build().unwrap();
    let config = builder().with_client_cert_verifier(verifier);
    let config = config.with_single_cert(vec![certificate], private_key(&key)).unwrap();
    let fetched = fetch("https://shop.example/", TlsAcceptor::from(Arc::new(config)), authority.trusted()).await;
    assert_eq!(fetched.unwrap().status, 200);
}

#[tokio::test]
async fn no_session_is_resumed() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["shop.example"], |_| {});
    let acceptor = acceptor(vec![certificate], &key);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let internet = Internet::leading_to(listener.local_addr().unwrap());
    let fetcher = internet.fetcher(authority.trusted());
    let url = "https://shop.example/".parse().unwrap();
    for _ in 0..2 {
        let site = async {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = acceptor.accept(stream).await.unwrap();
            assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
            assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
            stream.write_all(&answer(200, &["Content-Type: text/html"], b"a kettle")).await.unwrap();
            stream.shutdown().await.unwrap();
        };
        let (fetched, ()) = tokio::join!(fetcher.fetch(&url), site);
        assert_eq!(fetched.unwrap().body, b"a kettle");
    }
}

#[tokio::test]
async fn a_chain_of_256_kib_is_refused() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["shop.example"], |_| {});
    let length = certificate.len();
    let chain = vec![certificate; (256 << 10) / length];
    let fetched = fetch("https://shop.example/", acceptor(chain, &key), authority.trusted()).await;
    assert_eq!(fetched, Err(FetchFailure::Unreachable));
}

#[tokio::test]
async fn only_http_1_1_is_spoken() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["shop.example"], |_| {});
    let config = builder().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate.clone()], private_key(&key)).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor_of_h2 = TlsAcceptor::from(Arc::new(config));
    let fetched = fetch("https://shop.example/", acceptor_of_h2, authority.trusted()).await;
    assert_eq!(fetched, Err(FetchFailure::Unreachable));

    // A frame of settings, as a server sends it that believes HTTP/2 to be agreed on.
    let settings_frame = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\0".as_slice();
    let site = Site::secure(acceptor(vec![certificate], &key), move |_| {
        Reply::Endless(settings_frame.to_vec(), settings_frame.repeat(64))
    })
    .await;
    let fetched = site.fetch("https://shop.example/", authority.trusted()).await;
    assert_eq!(fetched, Err(FetchFailure::BadResponse));
}

#[tokio::test]
async fn a_site_without_tls_is_unreachable_by_https() {
    let site = Site::start(|_| page("a kettle")).await;
    let fetched = site.fetch("https://shop.example/", settings()).await;
    assert!(matches!(fetched, Err(FetchFailure::Unreachable | FetchFailure::Timeout)));
}
