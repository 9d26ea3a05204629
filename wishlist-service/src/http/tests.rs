//! Clients that do not behave, over real connections and under limits short enough to wait for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use wishlist_core::clock::{SystemClock, SystemRandom};
use wishlist_core::operations::Engine;
use wishlist_core::queue::NoQueue;
use wishlist_core::table::EmbeddedTable;
use wishlist_identity::LocalProvider;
use wishlist_identity::LogMailer;
use wishlist_identity::local::{Confirmation, HashingCost, LocalSettings};

use super::{Limits, serve};

/// Longer than anything here takes, unless it never ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// A limit that is waited for.
const SHORT: Duration = Duration::from_millis(300);

/// How long a peer has where others wait.
const GRACE: Duration = Duration::from_millis(20);

/// Limits of which none is reached.
fn ample() -> Limits {
    Limits {
        head_within: PATIENCE,
        idle: PATIENCE,
        body_within: PATIENCE,
        unread: PATIENCE,
        grace: PATIENCE,
        ..Limits::default()
    }
}

/// A running server.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(service: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, service, limits, Arc::default(), async { drop(stopped.await) }));
        Self { address, stop: Some(stop), task }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn ended(self) {
        timeout(PATIENCE, self.task).await.expect("the server did not end").unwrap();
    }
}

/// One connection to it.
struct Client(TcpStream);

impl Client {
    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until the text ends like this.
    async fn until(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            let byte = timeout(PATIENCE, self.0.read_u8()).await.expect("nothing more is said");
            read.push(byte.unwrap_or_else(|_| panic!("closed behind {:?}", String::from_utf8_lossy(&read))));
        }
        String::from_utf8(read).unwrap()
    }

    /// Everything until the server closes. A reset after the answer is a close too: there were bytes that nobody read.
    async fn rest(&mut self) -> String {
        let mut read = Vec::new();
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut read)).await.expect("the connection stays open");
        String::from_utf8(read).unwrap()
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello")).route("/echo", post(async |body: String| body))
}

/// The product's own API over a table in memory.
async fn api() -> Router {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
    let engine = Engine::new(table.clone(), Arc::new(NoQueue), clock.clone(), random.clone());
    let settings = LocalSettings {
        issuer: "http://127.0.0.1".to_owned(),
        client_id: "wishlist".to_owned(),
        hashing: HashingCost::LEAST,
        confirmation: Confirmation::AtOnce,
        key_life: LocalSettings::KEY_LIFE,
    };
    let (ids, mailer) = (engine.ids().clone(), Arc::new(LogMailer));
    let provider = Arc::new(LocalProvider::open(table, clock, ids, random, mailer, settings).await.unwrap());
    let verifier = Arc::new(provider.verifier());
    wishlist_api::router(wishlist_api::Api { engine, provider, verifier })
}

const SIGN_IN: &str = "POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

#[tokio::test]
async fn a_head_that_drips_is_given_up() {
    let server = Server::start(hello(), Limits { head_within: SHORT, ..ample() }).await;
    let (mut silent, mut slow) = (server.connect().await, server.connect().await);
    slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-").await;
    assert_eq!(slow.rest().await, "");
    assert_eq!(silent.rest().await, "");
    // Each head has its own time, and a pause before it is none of it.
    let mut patient = server.connect().await;
    for _ in 0..2 {
        patient.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        patient.until("hello").await;
        tokio::time::sleep(SHORT * 2).await;
    }
    patient.send("GET / HTTP/1.1\r\n").await;
    let began = Instant::now();
    assert_eq!(patient.rest().await, "");
    assert!(began.elapsed() >= SHORT / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_without_requests_is_closed() {
    let server = Server::start(hello(), Limits { idle: SHORT, ..ample() }).await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    client.until("hello").await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_head_is_bounded() {
    let server = Server::start(hello(), Limits { head_bytes: 16 * 1024, ..ample() }).await;
    let long = |bytes: usize| format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(bytes));
    let many = |fields: usize| format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-A: b\r\n".repeat(fields));
    for (request, answer) in [
        (long(15 * 1024), "HTTP/1.1 200"),
        (long(17 * 1024), "HTTP/1.1 431"),
        (many(99), "HTTP/1.1 200"),
        (many(100), "HTTP/1.1 431"),
        ("GET / HTTP/1.1\r\nHost x\r\n\r\n".to_owned(), "HTTP/1.1 400"),
        ("nonsense\r\n\r\n".to_owned(), "HTTP/1.1 400"),
    ] {
        let mut client = server.connect().await;
        client.send(&request).await;
        assert_eq!(client.until(answer).await, answer);
    }
}

#[tokio::test]
async fn a_body_that_drips_is_answered_and_given_up() {
    let server = Server::start(api().await, Limits { body_within: SHORT, ..ample() }).await;
    for body in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"] {
        let mut client = server.connect().await;
        client.send(&format!("{SIGN_IN}{body}")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains(r#""code":"timeout""#) && answer.contains("application/problem+json"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_is_bounded_however_its_length_is_told() {
    let server = Server::start(api().await, ample()).await;
    let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
    for body in [
        "Content-Length: 65537\r\n\r\n".to_owned(),
        "Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n".to_owned(),
        format!("Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(5)),
    ] {
        let mut client = server.connect().await;
        client.send(&format!("{SIGN_IN}{body}")).await;
        let answer = client.until("HTTP/1.1 413").await;
        assert_eq!(answer, "HTTP/1.1 413", "no body is asked for that would be refused");
        assert!(client.rest().await.contains(r#""code":"too_large""#));
    }
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let server = Server::start(hello(), ample()).await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi").await;
    assert!(client.until("\r\n\r\nhi").await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_length_that_is_not_true_ends_the_connection() {
    let server = Server::start(api().await, ample()).await;
    let mut short = server.connect().await;
    short.send(&format!("{SIGN_IN}Content-Length: 100\r\n\r\n{{}}")).await;
    short.0.shutdown().await.unwrap();
    let answer = short.rest().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    for lengths in ["Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: -2\r\n", "Content-Length: 2x\r\n"] {
        let mut two = server.connect().await;
        two.send(&format!("{SIGN_IN}{lengths}\r\n{{}}GET /health HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let answer = two.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("200 OK"), "{lengths}: {answer}");
    }
    // A request that hides in the body of another is not one: the length is ignored where chunks are announced, or refused.
    let mut both = server.connect().await;
    let hidden = "0\r\n\r\nGET /v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    both.send(&format!("{SIGN_IN}Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n{hidden}", hidden.len()))
        .await;
    let answer = both.rest().await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_their_order() {
    let server = Server::start(hello(), ample()).await;
    let mut client = server.connect().await;
    let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let head = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye";
    client.send(&[get, head, last].concat()).await;
    let answers = client.rest().await;
    assert_eq!((answers.matches("HTTP/1.1 200 OK").count(), answers.matches("hello").count()), (3, 1), "{answers}");
    assert_eq!(answers.matches("content-length: 5").count(), 2, "HEAD has the headers of GET: {answers}");
    assert!(answers.ends_with("bye"), "{answers}");
}

/// Answers when it is told to, and tells that it was asked.
fn slow(begun: &Arc<Notify>, go_on: &Arc<Notify>) -> Router {
    let (told, waited) = (Arc::clone(begun), Arc::clone(go_on));
    let slow = get(async move || {
        told.notify_one();
        waited.notified().await;
        "done"
    });
    hello().route("/slow", slow)
}

#[tokio::test]
async fn a_connection_too_many_waits_while_all_others_are_answered() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let server = Server::start(slow(&begun, &go_on), Limits { connections: 2, grace: GRACE, ..ample() }).await;
    let mut busy = [server.connect().await, server.connect().await];
    for client in &mut busy {
        client.send("GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        begun.notified().await;
    }
    let mut third = server.connect().await;
    third.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(timeout(SHORT, third.0.readable()).await.is_err(), "it is not served yet");
    go_on.notify_one();
    third.until("hello").await;
    go_on.notify_one();
    for client in &mut busy {
        assert!(client.rest().await.ends_with("done"), "no request under way was given up for another");
    }
}

#[tokio::test]
async fn who_says_nothing_makes_room_for_who_does() {
    let server = Server::start(hello(), Limits { connections: 8, grace: GRACE, ..ample() }).await;
    let mut crowd = Vec::new();
    for turn in 0..200 {
        let mut silent = server.connect().await;
        match turn % 3 {
            0 => {}
            1 => silent.send("GET / HTTP/1.1\r\nX-").await,
            _ => silent.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{").await,
        }
        crowd.push(silent);
    }
    let began = Instant::now();
    for _ in 0..3 {
        let mut person = server.connect().await;
        person.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        person.until("hello").await;
    }
    assert!(began.elapsed() < PATIENCE, "no limit of theirs was waited for");
    assert_eq!(crowd[0].rest().await, "", "the first of them was closed");
}

#[tokio::test]
async fn who_reads_nothing_makes_room_too() {
    let endless = get(async || {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::convert::Infallible>(vec![b'x'; 64 * 1024]));
        axum::body::Body::from_stream(chunks)
    });
    let limits = Limits { connections: 1, grace: GRACE, ..ample() };
    let server = Server::start(hello().route("/endless", endless), limits).await;
    let mut unread = server.connect().await;
    unread.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
    unread.until("\r\n\r\n").await;
    let mut person = server.connect().await;
    person.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    person.until("hello").await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let dropped = Arc::new(Notify::new());
    let told = Arc::clone(&dropped);
    let endless = get(async move || {
        let guard = scopeguard(told);
        let chunks = futures_util::stream::repeat_with(move || {
            let _ = &guard;
            Ok::<_, std::convert::Infallible>(vec![b'x'; 64 * 1024])
        });
        axum::body::Body::from_stream(chunks)
    });
    let server = Server::start(Router::new().route("/", endless), Limits { unread: SHORT, ..ample() }).await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    timeout(PATIENCE, dropped.notified()).await.expect("the answer is kept for a client that does not read it");
}

/// Notifies when it is dropped.
fn scopeguard(told: Arc<Notify>) -> impl Drop + Send + 'static {
    struct OnDrop(Arc<Notify>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    OnDrop(told)
}

#[tokio::test]
async fn a_stop_lets_a_request_finish_and_closes_the_idle() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut server = Server::start(slow(&begun, &go_on), ample()).await;
    let (mut fresh, mut idle, mut busy) = (server.connect().await, server.connect().await, server.connect().await);
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    idle.until("hello").await;
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    begun.notified().await;
    server.stop();
    assert_eq!((idle.rest().await, fresh.rest().await), (String::new(), String::new()));
    assert!(!server.task.is_finished());
    go_on.notify_one();
    let answer = busy.rest().await;
    assert!(answer.ends_with("done"), "{answer}");
    let address = server.address;
    server.ended().await;
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn a_server_that_is_dropped_cuts_off_what_is_under_way() {
    let begun = Arc::new(Notify::new());
    let told = Arc::clone(&begun);
    let never = get(async move || {
        told.notify_one();
        std::future::pending::<()>().await;
    });
    let server = Server::start(Router::new().route("/", never), ample()).await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    begun.notified().await;
    server.task.abort();
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_request_knows_where_it_comes_from() {
    let peer = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string());
    let server = Server::start(Router::new().route("/", peer), ample()).await;
    let mut client = server.connect().await;
    let own = client.0.local_addr().unwrap().to_string();
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(client.rest().await.ends_with(&own));
}
