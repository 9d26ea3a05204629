//! Connections to the program: too many for its files, and one that is busy when it is asked to end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::running::{Running, serve};

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
    let serve = serve(directory.path());
    let mut limited = Command::new("sh");
    limited
        .env_clear()
        .args(["-c", r#"ulimit -n 48 && exec "$0" "$@""#])
        .arg(serve.get_program())
        .args(serve.get_args());
    let server = Running::of(limited);
    let first = connect(&server);
    assert_eq!(ask(&first), "HTTP/1.1 200");
    let crowd: Vec<TcpStream> = (0..60).map(|_| connect(&server)).collect();
    // The accept loop rests for a second at a time, so this is answered only by what is accepted already.
    assert_eq!(ask(&crowd[0]), "HTTP/1.1 200");
    drop((first, crowd));
    assert_eq!(ask(&connect(&server)), "HTTP/1.1 200");
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("no connection can be accepted for now"), "{logs}");
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
