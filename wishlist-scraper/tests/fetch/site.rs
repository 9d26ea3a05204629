//! Sites that send what they are told, and the internet on which they are.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use url::{Host, Url};
use wishlist_scraper::fetch::{Channel, Connect, FetchFailure, FetchSettings, Fetched, Fetcher, Resolve};

/// What names resolve to that no test said anything about.
pub(crate) const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 215, 14));

/// The largest body in these tests, small so that they are quick.
pub(crate) const MAX_BODY: usize = 64 << 10;

/// Settings with small limits, for sites that are a few microseconds away.
pub(crate) fn settings() -> FetchSettings {
    FetchSettings { deadline: Duration::from_secs(5), max_body: MAX_BODY, ..FetchSettings::default() }
}

/// Settings for a site of which nothing ends.
pub(crate) fn impatient() -> FetchSettings {
    FetchSettings { deadline: Duration::from_millis(200), ..settings() }
}

/// The type of the record that a handshake of TLS starts with (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;

/// What a site does after it has read a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends the first bytes, then the second ones until nobody reads them.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends the first bytes, then one byte at a time for ever.
    Drip(Vec<u8>),
    /// Sends these bytes and then neither more nor the end.
    Silence(Vec<u8>),
}

/// An answer of `status` with lines of header and a body of the length it says.
pub(crate) fn answer(status: u16, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// A page in HTML.
pub(crate) fn page(body: &str) -> Reply {
    Reply::Bytes(answer(200, &["Content-Type: text/html"], body.as_bytes()))
}

/// A redirect, its `Location` any bytes.
pub(crate) fn redirect(status: u16, location: &str) -> Reply {
    Reply::Bytes(answer(status, &[&format!("Location: {location}")], b""))
}

/// A server on loopback, and all that was asked of it.
pub(crate) struct Site {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Site {
    /// A site that answers request number n, from 0, with `replies(n)`.
    pub(crate) async fn start(replies: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::over(None, replies).await
    }

    /// A site over TLS, and without it for who begins without.
    pub(crate) async fn secure(
        acceptor: TlsAcceptor,
        replies: impl Fn(usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::over(Some(acceptor), replies).await
    }

    async fn over(acceptor: Option<TlsAcceptor>, replies: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let sent = Arc::new(AtomicUsize::new(0));
        let (log, count) = (requests.clone(), sent.clone());
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let mut stream: Box<dyn Channel> = match &acceptor {
                    Some(acceptor) if begins_tls(&stream).await => match acceptor.accept(stream).await {
                        Ok(stream) => Box::new(stream),
                        Err(_) => continue,
                    },
                    _ => Box::new(stream),
                };
                let request = read_request(&mut stream).await;
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request);
                    log.len() - 1
                };
                // What cannot be sent is not wanted any more.
                let _ = send(&mut stream, replies(number), &count).await;
            }
        });
        Self { address, requests, sent, server }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The head of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How many bytes of answers the site could send.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// An internet of which every address is this site.
    pub(crate) fn internet(&self) -> Internet {
        Internet::leading_to(self.address)
    }

    /// Reads `url` from this site by a fetcher with `settings`.
    pub(crate) async fn fetch(&self, url: &str, settings: FetchSettings) -> Result<Fetched, FetchFailure> {
        self.internet().fetch(url, settings).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Whether the first byte is that of a handshake (RFC 8446 section 5.1).
async fn begins_tls(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1)) && first == [HANDSHAKE]
}

async fn read_request(stream: &mut Box<dyn Channel>) -> String {
    let mut request = Vec::new();
    // A handshake of TLS, which starts with 22, is all that a site without TLS sees of a request.
    while !request.ends_with(b"\r\n\r\n") && request != [HANDSHAKE] {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(request).unwrap()
}

async fn send(stream: &mut Box<dyn Channel>, reply: Reply, sent: &AtomicUsize) -> io::Result<()> {
    let (first, then, pause) = match reply {
        Reply::Bytes(bytes) => {
            sent.fetch_add(bytes.len(), Ordering::Relaxed);
            stream.write_all(&bytes).await?;
            return stream.shutdown().await;
        }
        Reply::Silence(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            return std::future::pending().await;
        }
        Reply::Endless(first, then) => (first, then, Duration::ZERO),
        Reply::Drip(first) => (first, b"x".to_vec(), Duration::from_millis(10)),
    };
    sent.fetch_add(first.len(), Ordering::Relaxed);
    stream.write_all(&first).await?;
    loop {
        stream.write_all(&then).await?;
        stream.flush().await?;
        sent.fetch_add(then.len(), Ordering::Relaxed);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

/// What a name server says of a name.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// These addresses, of which there may be none.
    Addresses(Vec<IpAddr>),
    /// These addresses, of which the last ones took this long.
    Late(Duration, Vec<IpAddr>),
    /// Nothing, ever.
    Silence,
}

/// Names, and the machine that all their addresses are; it remembers what it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Internet(Arc<State>);

#[derive(Debug)]
struct State {
    /// Where every address leads; without it every connection is refused.
    site: Option<SocketAddr>,
    names: Mutex<HashMap<String, Vec<Told>>>,
    asked: Mutex<Vec<String>>,
    connected: Mutex<Vec<SocketAddr>>,
}

impl Internet {
    /// An internet of which every address is the machine that listens at `site`.
    pub(crate) fn leading_to(site: SocketAddr) -> Self {
        Self::of(Some(site))
    }

    /// An internet without sites: who connects is noted and refused.
    pub(crate) fn without_sites() -> Self {
        Self::of(None)
    }

    fn of(site: Option<SocketAddr>) -> Self {
        Self(Arc::new(State { site, names: Mutex::default(), asked: Mutex::default(), connected: Mutex::default() }))
    }

    /// The same internet with `name` answering each of `answers` in turn, the last one for ever.
    pub(crate) fn with_name(self, name: &str, answers: &[&[&str]]) -> Self {
        let addresses = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        self.telling(name, answers.iter().map(addresses).map(Told::Addresses).collect())
    }

    /// The same internet with each of `answers` in turn told of `name`, the last one for ever.
    pub(crate) fn telling(self, name: &str, answers: Vec<Told>) -> Self {
        self.0.names.lock().unwrap().insert(as_asked(name), answers);
        self
    }

    /// The names that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }

    /// The addresses that were connected to, in order.
    pub(crate) fn connected(&self) -> Vec<SocketAddr> {
        self.0.connected.lock().unwrap().clone()
    }

    /// A fetcher on this internet.
    pub(crate) fn fetcher(&self, settings: FetchSettings) -> Fetcher {
        let this = Arc::new(self.clone());
        Fetcher::new(settings).unwrap().with_resolver(this.clone()).with_connector(this)
    }

    /// Reads `url` by a fetcher with `settings`.
    pub(crate) async fn fetch(&self, url: &str, settings: FetchSettings) -> Result<Fetched, FetchFailure> {
        self.fetcher(settings).fetch(&Url::parse(url).unwrap()).await
    }

    fn told_of(&self, name: &str) -> Told {
        match self.0.names.lock().unwrap().get_mut(&as_asked(name)) {
            None => Told::Addresses(vec![PUBLIC]),
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers.first().cloned().unwrap_or(Told::Addresses(Vec::new())),
        }
    }
}

/// A name as a fetcher asks for it, however it was written: in lower-case ASCII (RFC 5891 section 4.4), without its root.
pub(crate) fn as_asked(name: &str) -> String {
    let name = name.trim_end_matches('.');
    match Host::parse(name) {
        Ok(Host::Domain(ascii)) => ascii,
        _ => name.to_ascii_lowercase(),
    }
}

#[async_trait]
impl Resolve for Internet {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.0.asked.lock().unwrap().push(name.to_owned());
        match self.told_of(name) {
            Told::Addresses(addresses) => Ok(addresses),
            Told::Late(late, addresses) => {
                tokio::time::sleep(late).await;
                Ok(addresses)
            }
            Told::Silence => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Connect for Internet {
    async fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Channel>> {
        self.0.connected.lock().unwrap().push(address);
        let site = self.0.site.ok_or(io::ErrorKind::ConnectionRefused)?;
        Ok(Box::new(TcpStream::connect(site).await?))
    }
}
