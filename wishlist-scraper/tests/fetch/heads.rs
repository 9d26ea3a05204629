//! Heads of answers: what they say, and how long they may take to say it.

use std::time::Duration;

use wishlist_scraper::fetch::FetchFailure;

use crate::site::{MAX_BODY, Reply, Site, answer, impatient, settings};

/// Reads `reply` from a site that sends nothing else.
async fn fetch(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<u16, FetchFailure> {
    let site = Site::start(move |_| reply()).await;
    let fetched = site.fetch("http://shop.example/", settings()).await;
    fetched.map(|fetched| fetched.status)
}

#[tokio::test]
async fn an_answer_tells_status_type_and_when_to_come_back() {
    let site = Site::start(|_| {
        let headers = ["Content-Type: text/html; charset=shift_jis", "Retry-After: 120"];
        Reply::Bytes(answer(503, &headers, b"later"))
    })
    .await;
    let fetched = site.fetch("http://shop.example/p#part", settings()).await.unwrap();
    assert_eq!(fetched.url.as_str(), "http://shop.example/p");
    assert_eq!((fetched.status, fetched.body.as_slice()), (503, b"later".as_slice()));
    assert_eq!(fetched.content_type.as_deref(), Some("text/html; charset=shift_jis"));
    assert_eq!(fetched.retry_after, Some(Duration::from_mins(2)));
}

#[tokio::test]
async fn what_is_not_a_page_is_not_read() {
    for media_type in ["application/pdf", "video/mp4", "multipart/x-mixed-replace; boundary=x", "application/zip"] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n");
        let site = Site::start(move |_| Reply::Endless(head.clone().into_bytes(), vec![b'x'; 4096])).await;
        let fetched = site.fetch("http://shop.example/", settings()).await;
        assert_eq!(fetched, Err(FetchFailure::UnsupportedContent), "{media_type}");
    }
    let choices = b"HTTP/1.1 300 Multiple Choices\r\nContent-Type: text/html\r\n\r\n";
    let site = Site::start(|_| Reply::Endless(choices.to_vec(), vec![b'x'; 4096])).await;
    let fetched = site.fetch("http://shop.example/", settings()).await.unwrap();
    assert_eq!((fetched.status, fetched.body.len()), (300, 0));
    let refused = answer(429, &["Content-Type: application/json", "Retry-After: 9"], b"{}");
    let site = Site::start(move |_| Reply::Bytes(refused.clone())).await;
    let fetched = site.fetch("http://shop.example/", settings()).await.unwrap();
    assert_eq!((fetched.status, fetched.body.len()), (429, 0));
    assert_eq!(fetched.retry_after, Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let rows: [&[u8]; 16] = [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"220 mail ESMTP\r\n",
        b"-ERR unknown command\r\n",
        b"<html>a kettle</html>",
        b"HTTP/0.9 200 OK\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\0\xff\xff",
        b"HTTP/1.1 000 x\r\n\r\n",
        b"HTTP/1.1 2000 x\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
    ];
    for bytes in rows {
        let fetched = fetch(move || Reply::Bytes(bytes.to_vec())).await;
        assert_eq!(fetched, Err(FetchFailure::BadResponse), "{}", bytes.escape_ascii());
    }
}

#[tokio::test]
async fn a_head_is_read_up_to_64_kib_interim_answers_included() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Padding: ";
    let padded = move |length: usize| {
        let padding = "x".repeat(length - head.len() - "\r\n\r\n".len());
        let body = "x".repeat(MAX_BODY);
        format!("{head}{padding}\r\n\r\n{body}").into_bytes()
    };
    for length in [60 << 10, (64 << 10) - 1] {
        assert_eq!(fetch(move || Reply::Bytes(padded(length))).await, Ok(200), "{length}");
    }
    let longer = (64 << 10) + 1;
    assert_eq!(fetch(move || Reply::Bytes(padded(longer))).await, Err(FetchFailure::TooLarge));

    let endless: [(&[u8], &[u8]); 3] = [
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"xxxxxxxxxxxxxxxx"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ];
    for (first, then) in endless {
        let site = Site::start(move |_| Reply::Endless(first.to_vec(), then.repeat(64))).await;
        let fetched = site.fetch("http://shop.example/", settings()).await;
        assert_eq!(fetched, Err(FetchFailure::TooLarge), "{}", then.escape_ascii());
    }
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let early = b"HTTP/1.1 100 Continue\r\n\r\n\
                  HTTP/1.1 103 Early Hints\r\nLink: <http://169.254.169.254/>; rel=preload\r\n\r\n";
    let page = [early.as_slice(), &answer(200, &["Content-Type: text/html"], b"x")].concat();
    assert_eq!(fetch(move || Reply::Bytes(page.clone())).await, Ok(200));
}

#[tokio::test]
async fn a_site_that_drips_or_falls_silent_ends_at_the_deadline() {
    let rows: [fn() -> Reply; 4] = [
        || Reply::Silence(Vec::new()),
        || Reply::Drip(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec()),
        || Reply::Drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec()),
        || Reply::Silence(answer(200, &["Content-Type: text/html"], &vec![b'x'; MAX_BODY])[..900].to_vec()),
    ];
    for reply in rows {
        let site = Site::start(move |_| reply()).await;
        let fetched = site.fetch("http://shop.example/", impatient()).await;
        assert_eq!(fetched, Err(FetchFailure::Timeout));
    }
}
