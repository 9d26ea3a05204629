//! A server on loopback that answers each request as a test says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use wishlist_client::{Builder, Client};

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Method and path, as `GET /health`.
    pub(crate) line: String,
    /// By their names in small letters.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

pub(crate) enum Reply {
    /// These bytes; then the connection ends.
    Text(String),
    /// These bytes, and nothing more on an open connection.
    Stuck(String),
    /// These bytes once a test lets them go.
    Held(Arc<Notify>, String),
}

pub(crate) struct Server {
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// `answer` is called with a request and how many came before it.
    pub(crate) async fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, requests) = (Arc::new(answer), seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, requests) = (answer.clone(), requests.clone());
                tokio::spawn(async move { serve(stream, &*answer, &requests).await });
            }
        });
        Self { address, seen }
    }

    /// The same answers, one after the other; the last one again and again.
    pub(crate) async fn telling(answers: impl IntoIterator<Item = String>) -> Self {
        let answers: Vec<String> = answers.into_iter().collect();
        Self::start(move |_, nth| Reply::Text(answers[nth.min(answers.len() - 1)].clone())).await
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> Builder {
        Client::builder(&self.address).access_token("token")
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The lines of what arrived.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|request| request.line).collect()
    }
}

pub(crate) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &(impl Fn(&Request, usize) -> Reply + ?Sized),
    seen: &Mutex<Vec<Request>>,
) {
    let Some(request) = read(&mut stream).await else { return };
    let nth = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    let (text, is_stuck) = match answer(&request, nth) {
        Reply::Text(text) => (text, false),
        Reply::Stuck(text) => (text, true),
        Reply::Held(gate, text) => {
            gate.notified().await;
            (text, false)
        }
    };
    // A client that has seen enough may have gone.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.flush().await;
    if is_stuck {
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        stream.read_buf(&mut bytes).await.ok().filter(|&count| count > 0)?;
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let line = lines.next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + 4 + length {
        stream.read_buf(&mut bytes).await.ok().filter(|&count| count > 0)?;
    }
    let body = String::from_utf8(bytes[head + 4..].to_vec()).unwrap();
    Some(Request { line, headers, body })
}

/// An answer with a body of JSON.
pub(crate) fn json(status: u16, headers: &[&str], body: &Value) -> String {
    answer(status, &[&["content-type: application/json"], headers].concat(), &body.to_string())
}

pub(crate) fn answer(status: u16, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    format!("HTTP/1.1 {status} Any\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// An answer that says what went wrong.
pub(crate) fn problem(status: u16, code: &str, headers: &[&str]) -> String {
    let body = json!({
        "type": "about:blank", "title": "Any", "status": status, "detail": format!("it is {code}"), "code": code,
        "requestId": "request-7",
    });
    json(status, headers, &body)
}

pub(crate) fn healthy() -> String {
    json(200, &[], &json!({"status": "ok"}))
}

pub(crate) fn wishlist() -> Value {
    json!({
        "id": "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f", "name": "Birthday", "itemCount": 0, "archived": false, "role": "owner",
        "claimPolicy": {"recipientSees": "none", "giversSee": "state", "guestClaims": true},
        "createdAt": "2026-11-22T17:20:00.000Z", "updatedAt": "2026-11-22T17:20:00.000Z", "version": 3,
    })
}
