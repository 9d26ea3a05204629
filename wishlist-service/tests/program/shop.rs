//! A shop on loopback with as many pages as are asked for.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;

/// Opens the shop; it is open until the test's runtime ends.
pub(crate) async fn open() -> SocketAddr {
    open_at("127.0.0.1:0".parse().unwrap()).await
}

/// Opens it at an address that is free.
pub(crate) async fn open_at(address: SocketAddr) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{number}", get(page))).await });
    address
}

pub(crate) fn title(number: usize) -> String {
    format!("Kettle no. {number}")
}

async fn page(Path(number): Path<usize>) -> Html<String> {
    let title = title(number);
    Html(format!(
        r#"<!doctype html><title>{title}</title><script type="application/ld+json">
        {{"@context":"https://schema.org","@type":"Product","name":"{title}",
          "offers":{{"@type":"Offer","price":"{number}.50","priceCurrency":"EUR","availability":"https://schema.org/InStock"}}}}
        </script><h1>{title}</h1>"#
    ))
}
