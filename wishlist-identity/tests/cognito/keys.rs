//! Keys over HTTP, from servers that mean no good.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wishlist_core::error::{Kind, Result};
use wishlist_identity::{HttpJwks, JwksSource as _};

use crate::pool::no_roots;

/// Answers every request with the same bytes, and counts them. Answers its address.
async fn server(answer: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, requests) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            counted.fetch_add(1, Ordering::SeqCst);
            // The client may have gone away in the middle of a large body.
            drop(connection.write_all(&answer).await);
        }
    });
    (format!("http://{address}/keys"), requests)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

async fn fetch(answer: Vec<u8>) -> Result<String> {
    let (url, _) = server(answer).await;
    HttpJwks::new(&url.parse().unwrap(), no_roots()).unwrap().fetch().await
}

#[tokio::test]
async fn a_set_is_read_as_it_is() {
    let body = "{\"keys\":[]}";
    assert_eq!(fetch(answer("200 OK", "", body.as_bytes())).await.unwrap(), body);
    let largest = "x".repeat(64 * 1024);
    assert_eq!(fetch(answer("200 OK", "", largest.as_bytes())).await.unwrap(), largest);
}

#[tokio::test]
async fn what_is_no_set_is_refused() {
    let large = vec![b'x'; 64 * 1024 + 1];
    let rows = [
        answer("500 Internal Server Error", "", b"{}"),
        answer("404 Not Found", "", b"{}"),
        answer("204 No Content", "", b""),
        answer("200 OK", "", &large),
        answer("200 OK", "content-length: 100\r\n", b"{}"),
        answer("200 OK", "", b"\xff"),
        b"SSH-2.0\r\n\r\n".to_vec(),
        Vec::new(),
    ];
    for row in rows {
        let shown = String::from_utf8_lossy(&row).chars().take(40).collect::<String>();
        assert_eq!(fetch(row).await.unwrap_err().kind(), Kind::Unavailable, "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, asked) = server(answer("200 OK", "", b"{\"keys\":[]}")).await;
    let error = fetch(answer("302 Found", &format!("location: {elsewhere}\r\n"), b"")).await.unwrap_err();
    assert_eq!((error.kind(), asked.load(Ordering::SeqCst)), (Kind::Unavailable, 0));
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_once() {
    for url in ["file:///keys", "ftp://issuer.example/keys", "data:,{}"] {
        assert_eq!(HttpJwks::new(&url.parse().unwrap(), no_roots()).unwrap_err().kind(), Kind::Invalid, "{url}");
    }
}
