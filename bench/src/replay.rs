//! Answers what was recorded. It keeps no state, so a write is answered and changes nothing.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use crate::message::{Message, Messages, response, send};
use crate::recording::Answers;

/// What the services say to a request that they do not understand.
const REFUSED: &[u8] = br#"{"__type":"ValidationException","message":"this was not recorded"}"#;

/// Answers every request that was recorded.
pub(crate) fn run(listener: &TcpListener, recordings: &[PathBuf], keys: Option<Vec<u8>>) -> Result<()> {
    let mut answers = Answers::default();
    for file in recordings {
        answers.read(file)?;
    }
    let answers = Arc::new((answers, keys));
    each_connection(listener, move |program| answer(&program, &answers.0, answers.1.as_deref()))
}

fn answer(program: &TcpStream, answers: &Answers, keys: Option<&[u8]>) -> Result<()> {
    let mut requests = Messages::from(program);
    while let Some(request) = requests.request()? {
        if let Some(answer) = find(&request, answers, keys) {
            send(program, answer)?;
        } else {
            report(&request);
            send(program, &response(400, "application/x-amz-json-1.0", REFUSED))?;
        }
    }
    Ok(())
}

fn find<'a>(request: &Message, answers: &'a Answers, keys: Option<&'a [u8]>) -> Option<&'a [u8]> {
    match request.head.target.as_deref() {
        None if request.is_get() => keys,
        None => None,
        Some(target) => answers.find(target, request.body()),
    }
}

#[expect(clippy::print_stderr, reason = "a program for a terminal: who records has to see what is missing")]
fn report(request: &Message) {
    let target = request.head.target.as_deref().unwrap_or(&request.head.method);
    eprintln!("not recorded: {target} {}", String::from_utf8_lossy(request.body()));
}

/// Serves every connection on a thread of its own: a program that is measured has two or three, and a thread that waits for
/// the next request of one answers it sooner than any poll of many would.
#[expect(clippy::print_stderr, reason = "a program for a terminal")]
pub(crate) fn each_connection(
    listener: &TcpListener,
    serve: impl Fn(TcpStream) -> Result<()> + Clone + Send + 'static,
) -> Result<()> {
    for connection in listener.incoming() {
        let (connection, serve) = (connection?, serve.clone());
        connection.set_nodelay(true)?;
        std::thread::spawn(move || {
            // Programs are ended in the middle of a connection when they have been measured.
            if let Err(error) = serve(connection) {
                eprintln!("a connection ended: {error:#}");
            }
        });
    }
    Ok(())
}
