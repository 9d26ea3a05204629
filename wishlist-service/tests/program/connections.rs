//! Connections to the program: too many for its files, and one that is busy when it is asked to end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::person::Person;
use crate::running::{Running, limited, serve};

/// Longer than anything here takes, unless it never ends.
const PATIENCE: Duration = Duration::from_secs(20);

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The first bytes of the answer to a question for the service's health.
fn ask(mut stream: &TcpStream) -> String {
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

#[test]
fn without_files_left_the_server_goes_on_and_takes_connections_later() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::of(limited("ulimit -n 36", &serve(directory.path())));
    let first = connect(&server);
    assert_eq!(ask(&first), "HTTP/1.1 200");
    let crowd: Vec<TcpStream> = (0..60).map(|_| connect(&server)).collect();
    // Those whose peers say nothing keep their time, and this is accepted already.
    assert_eq!(ask(&crowd[0]), "HTTP/1.1 200");
    drop((first, crowd));
    assert_eq!(ask(&connect(&server)), "HTTP/1.1 200");
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("no connection can be accepted for now"), "{logs}");
}

#[test]
fn silent_connections_that_have_all_files_make_room_for_who_says_something() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::of(limited("ulimit -n 36", &serve(directory.path())));
    let began = Instant::now();
    let _crowd: Vec<TcpStream> = (0..60).map(|_| connect(&server)).collect();
    assert_eq!(ask(&connect(&server)), "HTTP/1.1 200");
    assert!(began.elapsed() < PATIENCE / 2, "{:?}: no limit of theirs was waited for", began.elapsed());
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("no connection can be accepted for now"), "{logs}");
    assert!(logs.contains(r#""causes":"Too many open files"#), "{logs}");
}

#[test]
fn the_limit_of_open_files_is_raised_as_far_as_it_goes_and_fewer_connections_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::of(limited("ulimit -Sn 64 && ulimit -Hn 2048", &serve(directory.path())));
    let connections: Vec<TcpStream> = (0..200).map(|_| connect(&server)).collect();
    for connection in &connections {
        assert_eq!(ask(connection), "HTTP/1.1 200");
    }
    let (_, logs) = server.terminate();
    assert!(!logs.contains("fewer connections"), "{logs}");

    let (_, logs) = Running::of(limited("ulimit -n 1024", &serve(directory.path()))).terminate();
    assert!(logs.contains("fewer connections") && logs.contains(r#""taken":944"#), "{logs}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_wait_for_a_visit_keep_nobody_out() {
    const CONNECTIONS: usize = 8;
    // Nobody answers there: connections wait in the listener's queue.
    let shop = TcpListener::bind("127.0.0.1:0").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut few = serve(directory.path());
    few.args(["--connections", &CONNECTIONS.to_string()]);
    let server = Running::of(few);
    let (address, person) = (server.address.clone(), Person::sign_up(&server.address).await);
    let list = person.list(&address).await;
    let body = json!({ "url": format!("http://{}/", shop.local_addr().unwrap()) });
    let item = person.post(&address, &format!("/wishlists/{list}/items"), &body).await;
    let path = format!("/v1/wishlists/{list}/items/{}?wait=20", item["id"].as_str().unwrap());
    let call = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", person.token);
    let waiting: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| {
            let mut stream = connect(&server);
            stream.write_all(call.as_bytes()).unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    assert_eq!(ask(&connect(&server)), "HTTP/1.1 200");
    let mut answer = [0; 12];
    (&waiting[0]).read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200", "who waited is answered with what there is");
    assert!(began.elapsed() < PATIENCE / 2, "{:?}: it waited with them", began.elapsed());
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let mut busy = connect(&server);
    let unfinished = "POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                      Expect: 100-continue\r\nContent-Length: 100\r\n\r\n";
    busy.write_all(unfinished.as_bytes()).unwrap();
    let mut asked = [0; 12];
    busy.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100", "the request is under way");
    server.signal();
    let told = Instant::now();
    while TcpStream::connect(&server.address).is_ok() {
        assert!(told.elapsed() < PATIENCE, "it still listens");
    }
    let (again, (status, logs)) = (Instant::now(), server.terminate());
    assert!(status.success(), "{logs}");
    assert!(again.elapsed() < Duration::from_secs(6), "it waited for the request");
}

#[test]
fn a_setting_that_cannot_be_meant_is_named() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (["--cors-origin", "https://app.example/"], "like `https://app.example`"),
        (["--cors-origin", "*,https://app.example"], "leave the others out"),
        (["--trusted-proxy", "proxy.example"], "a network like `10.0.0.0/8`"),
        (["--connections", "0"], "1..=65535"),
    ] {
        let output = serve(directory.path()).args(arguments).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && message.contains(expected), "{arguments:?}: {message}");
    }
}
