//! Serves the pages on a free port of loopback until it is dropped.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::pages::{ASSETS, PAGES, Page};

/// The running shops; dropping it closes them.
#[derive(Debug)]
pub(crate) struct SampleShop {
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

impl SampleShop {
    /// Opens the shops on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// Where loopback has no free port.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("the sample shop found no free port on 127.0.0.1")?;
        let address = listener.local_addr().context("the sample shop's listener has no address")?;
        let server = tokio::spawn(axum::serve(listener, router(&origin(address))).into_future());
        Ok(Self { address, server })
    }

    /// The one address and port at which the shops are served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URLs of all pages, in the order in which a visitor would want to see them.
    pub(crate) fn urls(&self) -> Vec<String> {
        let origin = origin(self.address);
        PAGES.iter().map(|page| format!("{origin}{}", page.path)).collect()
    }
}

impl Drop for SampleShop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn origin(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn router(origin: &str) -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, page| {
        let html = Bytes::from(page.html.replace("{{origin}}", origin));
        router.route(page.path, get(move || answer(page, html.clone())))
    });
    ASSETS.iter().fold(pages, |router, asset| {
        router.route(asset.path, get(|| async { ([(CONTENT_TYPE, asset.content_type)], asset.text) }))
    })
}

async fn answer(page: &Page, html: Bytes) -> Response {
    tokio::time::sleep(page.delay).await;
    (page.status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    async fn fetch(shop: &SampleShop, path: &str) -> String {
        let mut connection = TcpStream::connect(shop.address()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", shop.address());
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_page_is_served_with_the_address_filled_in() {
        let shop = SampleShop::start().await.unwrap();
        let answer = fetch(&shop, "/fennel-and-fog/enamel-kettle").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("content-type: text/html; charset=utf-8\r\n"), "{answer}");
        let picture = format!("http://{}/pictures/kettle.svg", shop.address());
        assert!(answer.contains(&format!("\"image\": [\"{picture}\"]")), "{answer}");
        assert!(!answer.contains("{{origin}}"), "{answer}");
    }

    #[tokio::test]
    async fn a_page_that_has_gone_answers_404_and_pictures_are_pictures() {
        let shop = SampleShop::start().await.unwrap();
        let (mug, picture) =
            tokio::join!(fetch(&shop, "/fennel-and-fog/tin-mug"), fetch(&shop, "/pictures/teapot.svg"));
        assert!(mug.starts_with("HTTP/1.1 404 Not Found\r\n"), "{mug}");
        assert!(picture.contains("content-type: image/svg+xml\r\n"), "{picture}");
        assert!(picture.contains("<svg "), "{picture}");
    }

    #[tokio::test]
    async fn every_page_has_its_url_on_loopback() {
        let shop = SampleShop::start().await.unwrap();
        assert!(shop.address().ip().is_loopback());
        let urls = shop.urls();
        assert_eq!(urls.len(), 8);
        assert_eq!(urls[0], format!("http://{}/fennel-and-fog/enamel-kettle", shop.address()));
    }
}
