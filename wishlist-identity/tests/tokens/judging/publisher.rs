//! An issuer's server on loopback, which answers what it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wishlist_identity::HttpJwks;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Keys(Vec<Value>),
    Text(String),
    Status(u16),
    Redirect(String),
    /// The beginning of a set, and nothing more.
    Half,
    Silence,
}

#[derive(Debug)]
struct State {
    answer: Mutex<Answer>,
    requests: AtomicUsize,
}

/// The server. It ends with the runtime.
pub(crate) struct Publisher {
    pub(crate) url: String,
    state: Arc<State>,
}

impl Publisher {
    pub(crate) async fn start(answer: Answer) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port could be had on loopback")?;
        let url = format!("http://{}/keys", listener.local_addr()?);
        let state = Arc::new(State { answer: Mutex::new(answer), requests: AtomicUsize::new(0) });
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let state = Arc::clone(&served);
                tokio::spawn(async move { drop(serve(connection, &state).await) });
            }
        });
        Ok(Self { url, state })
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.state.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    pub(crate) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// The keys as the product reads them.
    pub(crate) fn keys(&self) -> Result<Arc<HttpJwks>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        Ok(Arc::new(HttpJwks::new(&self.url.parse()?, tls)?))
    }
}

async fn serve(mut connection: TcpStream, state: &State) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await?);
    }
    state.requests.fetch_add(1, Ordering::SeqCst);
    let answer = state.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (status, header, body) = match answer {
        Answer::Keys(keys) => (200, String::new(), json!({ "keys": keys }).to_string()),
        Answer::Text(text) => (200, String::new(), text),
        Answer::Status(status) => (status, String::new(), "{}".to_owned()),
        Answer::Redirect(to) => (302, format!("location: {to}\r\n"), String::new()),
        Answer::Half => {
            connection.write_all(b"HTTP/1.1 200 \r\ncontent-length: 4000\r\n\r\n{\"keys\":[").await?;
            std::future::pending().await
        }
        Answer::Silence => std::future::pending().await,
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} \r\nconnection: close\r\ncontent-length: {length}\r\n{header}\r\n{body}");
    connection.write_all(answer.as_bytes()).await
}
