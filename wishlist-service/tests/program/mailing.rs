//! A mail server that refuses, hangs or lies holds nobody up, and no address gets into the log.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::running::{Running, serve};

/// Shorter than the 25 s that a mail may take.
const PROMPTLY: Duration = Duration::from_secs(12);

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

const CANARY: &str = "canary-address@example.com";

/// What a mail server does that says nothing.
const HANGS: &str = "hangs";

/// How a mail server answers a line; `None` closes the connection.
type Manners = fn(&str) -> Option<String>;

/// A mail server that greets with `greeting` (or hangs, without one), and hands out its clients.
fn mail_server(greeting: Option<&'static str>, manners: Manners) -> (String, mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (came, comers) = mpsc::channel();
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            // Nobody takes it any more where the test has ended.
            let _ = came.send(client.try_clone().unwrap());
            if let Some(greeting) = greeting {
                drop(talk(client, greeting, manners));
            }
        }
    });
    (address, comers)
}

fn talk(client: TcpStream, greeting: &str, manners: Manners) -> std::io::Result<()> {
    let mut writer = client.try_clone()?;
    writer.write_all(greeting.as_bytes())?;
    for line in BufReader::new(client).lines() {
        let Some(answer) = manners(&line?) else { return Ok(()) };
        writer.write_all(answer.as_bytes())?;
    }
    Ok(())
}

/// Everything is well until the recipient is named, whose address the answer repeats.
#[expect(clippy::unnecessary_wraps, reason = "the form of all manners")]
fn refuses_the_recipient(line: &str) -> Option<String> {
    Some(if line.starts_with("RCPT") { format!("550 no such user {line}\r\n") } else { "250 well\r\n".to_owned() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_mail_server_does_sign_ups_are_answered_at_once_and_the_end_is_prompt() {
    let rows: [(&str, Option<&'static str>, Manners); 4] = [
        (HANGS, None, |_| None),
        ("refuses", Some("554 go away\r\n"), |_| None),
        ("refuses the recipient", Some("220 here\r\n"), refuses_the_recipient),
        ("lies", Some("HTTP/1.1 200 OK\r\n\r\ncanary-address@example.com\r\n"), |_| {
            Some("250-and\r\n251 so on\r\n".to_owned())
        }),
    ];
    for (what, greeting, manners) in rows {
        let (mail_server, comers) = mail_server(greeting, manners);
        ends_promptly(what, &mail_server, Some(&comers)).await;
    }
    // And one that is not there at all.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    ends_promptly("is not there", &nobody, None).await;
}

/// Signs up, asks for the code again, and ends the server, with this mail server.
async fn ends_promptly(what: &str, mail_server: &str, comers: Option<&mpsc::Receiver<TcpStream>>) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = serve(directory.path());
    command
        .args(["--confirm", "smtp", "--mail-from", "wishlists@example.com"])
        .env("WISHLIST_SMTP_URL", format!("smtp://{mail_server}"));
    let server = Running::of(command);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let calls = [
        ("sign-up", json!({ "email": CANARY, "password": "canary horse battery" }), StatusCode::CREATED),
        ("resend-code", json!({ "email": CANARY }), StatusCode::ACCEPTED),
        ("forgot-password", json!({ "email": CANARY }), StatusCode::ACCEPTED),
    ];
    for (path, body, expected) in calls {
        let call = client.post(format!("http://{}/v1/auth/{path}", server.address)).json(&body);
        assert_eq!(call.send().await.unwrap().status(), expected, "{path} where the mail server {what}");
        let Some(comers) = comers.filter(|_| path == "sign-up") else { continue };
        let mailing = comers.recv_timeout(PATIENCE).unwrap();
        if what == HANGS {
            // The mail is under way still, so that the answer did not wait for it.
            mailing.set_nonblocking(true).unwrap();
            assert_eq!(mailing.peek(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock, "the mail was given up");
        }
    }
    let asked = Instant::now();
    let (status, logs) = server.terminate();
    assert!(status.success(), "{logs}");
    assert!(asked.elapsed() < PROMPTLY, "the end where the mail server {what}: {:?}", asked.elapsed());
    assert!(!logs.contains("canary"), "{logs}");
}
