//! Bodies: how they are framed and encoded, and how much of them is read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use wishlist_scraper::fetch::FetchFailure;

use crate::site::{MAX_BODY, Reply, Site, answer, settings};

/// What the sockets between a site and the fetcher may hold on the way.
const SOCKETS: usize = 16 << 20;

const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

async fn fetch(bytes: Vec<u8>) -> Result<Vec<u8>, FetchFailure> {
    let site = Site::start(move |_| Reply::Bytes(bytes.clone())).await;
    let fetched = site.fetch("http://shop.example/", settings()).await;
    fetched.map(|fetched| fetched.body)
}

fn html(rest: &str) -> Vec<u8> {
    format!("{HTML}{rest}").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_framing_is_read() {
    let rows = [
        html("Content-Length: 8\r\n\r\na kettle"),
        html("Content-Length: 8\r\nContent-Length: 8\r\n\r\na kettle"),
        html("Content-Length: 8\r\n\r\na kettle and more than it says"),
        html("Transfer-Encoding: chunked\r\n\r\n2\r\na \r\n6;name=value\r\nkettle\r\n0\r\n\r\n"),
        html("Transfer-Encoding: chunked\r\n\r\n8\r\na kettle\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        html("\r\na kettle"),
        b"HTTP/1.0 200 OK\r\n\r\na kettle".to_vec(),
        answer(200, &["Content-Type: text/html", "Content-Encoding: gzip"], &gzip(b"a kettle")),
    ];
    for bytes in rows {
        assert_eq!(fetch(bytes.clone()).await.unwrap(), b"a kettle", "{}", bytes.escape_ascii());
    }
}

#[tokio::test]
async fn an_answer_without_a_body_has_none() {
    let bytes = answer(200, &["Content-Type: text/html", "Content-Encoding: gzip"], b"");
    assert_eq!(fetch(bytes).await.unwrap(), b"");
    for status in [204, 304] {
        let bytes = answer(status, &["Content-Type: text/html"], &[b'x'; 4096]);
        assert_eq!(fetch(bytes).await.unwrap(), b"");
    }
}

#[tokio::test]
async fn a_framing_that_lies_is_refused() {
    let rows = [
        html("Content-Length: 50\r\n\r\na kettle"),
        html("Content-Length: 1e3\r\n\r\na kettle"),
        html("Content-Length: 5\r\nContent-Length: 50\r\n\r\na kettle"),
        html("Content-Length: 99999999999999999999999\r\n\r\na kettle"),
        html("Transfer-Encoding: chunked\r\n\r\n8\r\na kettle\r\n"),
        html("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na kettle"),
        html("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na kettle"),
        html("Transfer-Encoding: chunked\r\n\r\nx\r\na kettle\r\n0\r\n\r\n"),
        html(&format!("Transfer-Encoding: chunked\r\n\r\n1;{}\r\nx\r\n0\r\n\r\n", "a".repeat(1 << 20))),
        html("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nnot chunks"),
        html("Transfer-Encoding: gzip, chunked, x\r\nContent-Encoding: zstd\r\n\r\nx"),
    ];
    for bytes in rows {
        let fetched = fetch(bytes.clone()).await;
        let start = &bytes[..bytes.len().min(150)];
        assert_eq!(fetched, Err(FetchFailure::BadResponse), "{}", start.escape_ascii());
    }
}

#[tokio::test]
async fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
    for (length, expected) in [(MAX_BODY, Ok(MAX_BODY)), (MAX_BODY + 1, Err(FetchFailure::TooLarge))] {
        let body = "x".repeat(length);
        let bytes = [
            html(&format!("\r\n{body}")),
            html(&format!("Content-Length: {length}\r\n\r\n{body}")),
            html(&format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n")),
            answer(200, &["Content-Encoding: gzip"], &gzip(body.as_bytes())),
        ];
        for bytes in bytes {
            assert_eq!(fetch(bytes).await.map(|body| body.len()), expected);
        }
    }
}

#[tokio::test]
async fn a_body_without_end_stops_at_the_limit() {
    let rows = [
        (html("\r\n"), b"x".repeat(4096)),
        (
            html("Transfer-Encoding: chunked\r\n\r\n"),
            b"1000\r\n".iter().copied().chain([b'x'; 4096]).chain(*b"\r\n").collect(),
        ),
        (html("Content-Encoding: gzip\r\n\r\n"), gzip(b"")),
        (html("Content-Encoding: gzip\r\n\r\n"), gzip(&vec![0; 8 << 20])),
    ];
    for (head, then) in rows {
        let name = String::from_utf8_lossy(&head).into_owned();
        let site = Site::start(move |_| Reply::Endless(head.clone(), then.clone())).await;
        let fetched = site.fetch("http://shop.example/", settings()).await;
        assert!(matches!(fetched, Err(FetchFailure::TooLarge | FetchFailure::BadResponse)), "{name}: {fetched:?}");
        assert!(site.sent() < SOCKETS, "{name}");
    }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_waited_for() {
    let site = Site::start(|_| Reply::Silence(html("Content-Length: 10737418240\r\n\r\n"))).await;
    let fetched = site.fetch("http://shop.example/", settings()).await;
    assert_eq!(fetched, Err(FetchFailure::TooLarge));
}

#[tokio::test]
async fn what_costs_the_wire_and_decodes_to_nothing_is_counted_as_well() {
    // Chunks of one byte are six bytes of the wire, and a stored block of DEFLATE may be empty (RFC 1951 section 3.2.4).
    let gzip_header = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
    let empty_block = b"\0\0\0\xff\xff";
    let rows = [
        (html("Transfer-Encoding: chunked\r\n\r\n"), b"1\r\nx\r\n".repeat(512)),
        (html("Transfer-Encoding: chunked\r\n\r\n"), b"1;a=b\r\nx\r\n".repeat(512)),
        ([html("Content-Encoding: gzip\r\n\r\n"), gzip_header.to_vec()].concat(), empty_block.repeat(800)),
    ];
    for (head, then) in rows {
        let site = Site::start(move |_| Reply::Endless(head.clone(), then.clone())).await;
        let fetched = site.fetch("http://shop.example/", settings()).await;
        assert!(matches!(fetched, Err(FetchFailure::TooLarge | FetchFailure::BadResponse)), "{fetched:?}");
        assert!(site.sent() < SOCKETS);
    }
}

#[tokio::test]
async fn a_body_is_encoded_once_in_a_way_that_was_asked_for() {
    let zeros = gzip(&vec![0; 8 << 20]);
    let rows = [
        ("gzip, gzip", gzip(&zeros)),
        ("gzip, gzip, gzip, gzip, br", gzip(&zeros)),
        ("br, gzip", gzip(&zeros)),
        ("zstd", zeros.clone()),
        ("x-evil", b"x".to_vec()),
        ("gzip", b"<html>".to_vec()),
        ("gzip", zeros[..zeros.len() / 2].to_vec()),
        ("gzip", [gzip(b"x"), b"x".repeat(1 << 20)].concat()),
        ("gzip", gzip(b"").repeat(100_000)),
    ];
    for (coding, body) in rows {
        let coding = format!("Content-Encoding: {coding}");
        let fetched = fetch(answer(200, &["Content-Type: text/html", &coding], &body)).await;
        assert!(matches!(fetched, Err(FetchFailure::BadResponse | FetchFailure::TooLarge)), "{coding}: {fetched:?}");
    }
}

#[tokio::test]
async fn characters_are_left_as_they_are() {
    for charset in ["utf-16le", "iso-2022-jp", "gb18030", "shift_jis", "utf-7", "\"utf-8", "utf-8; charset=utf-16", ""]
    {
        let media_type = format!("Content-Type: text/html; charset={charset}");
        let body = b"<title>\xfc+ADw-script+AD4-</title>";
        assert_eq!(fetch(answer(200, &[&media_type], body)).await.unwrap(), body, "{charset}");
    }
}
