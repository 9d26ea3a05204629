//! A proxy before the emulator that passes on every byte and notes what was asked for.

use std::collections::BTreeSet;
use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use super::call::{Call, calls};
use super::request::{Request, read_body, read_head};

/// Whether every reply arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replies {
    /// All of them.
    Whole,
    /// That to the first write of each form is lost. The program then looks at what became of it, which a policy has to allow
    /// as well, and which else only happens where a reply is late.
    FirstLost,
}

/// What was noted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) calls: BTreeSet<Call>,
    /// Why a request could not be noted.
    pub(super) faults: Vec<String>,
    /// Forms of writes whose reply was lost.
    lost: BTreeSet<(BTreeSet<Call>, bool)>,
}

/// A running proxy. It listens until the program ends.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) url: String,
    notes: Arc<Mutex<Notes>>,
}

impl Recorder {
    /// Starts it on a free port of the loopback.
    pub(super) fn start(emulator: SocketAddr, replies: Replies) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("the loopback has no free port")?;
        let url = format!("http://{}", listener.local_addr()?);
        let notes = Arc::new(Mutex::new(Notes::default()));
        let kept = Arc::clone(&notes);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let notes = Arc::clone(&notes);
                thread::spawn(move || {
                    if let Err(error) = pass_on(&client, emulator, replies, &notes) {
                        locked(&notes).faults.push(format!("{error:#}"));
                    }
                });
            }
        });
        Ok(Self { url, notes: kept })
    }

    /// What was noted until now.
    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        locked(&self.notes)
    }
}

fn locked(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes on the requests of one connection, each noted before it is passed on, so that it is noted when it is answered.
///
/// A request that cannot be read is a fault, noted before whoever sent it loses the connection.
///
/// # Errors
/// Where the emulator cannot be reached.
fn pass_on(client: &TcpStream, emulator: SocketAddr, replies: Replies, notes: &Mutex<Notes>) -> Result<()> {
    let mut upstream = TcpStream::connect(emulator).context("the emulator does not answer")?;
    // Small packets that waited for each other would make every call 40 ms longer.
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let lose = Arc::new(AtomicBool::new(false));
    let answers = (upstream.try_clone()?, client.try_clone()?, Arc::clone(&lose));
    thread::spawn(move || pass_back(answers.0, answers.1, &answers.2));
    let passed = pass_requests(client, &mut upstream, |request| note(request, replies, &lose, notes));
    if let Err(error) = passed {
        locked(notes).faults.push(format!("{error:#}"));
    }
    let _ = upstream.shutdown(Shutdown::Both);
    Ok(())
}

/// Passes on requests until one of both sides ends the connection, which who asks makes up for by asking anew.
fn pass_requests(client: &TcpStream, upstream: &mut TcpStream, note: impl Fn(&Request<'_>)) -> Result<()> {
    let mut requests = BufReader::new(client);
    while let Some(head) = read_head(&mut requests)? {
        let Some(body) = read_body(&mut requests, &head)? else { break };
        note(&Request { head: &head, body: &body });
        if upstream.write_all(head.as_bytes()).and_then(|()| upstream.write_all(&body)).is_err() {
            break;
        }
    }
    Ok(())
}

fn note(request: &Request<'_>, replies: Replies, lose: &AtomicBool, notes: &Mutex<Notes>) {
    let mut notes = locked(notes);
    match calls(request) {
        Ok(calls) => {
            let writes = calls.iter().filter(|call| call.writes()).count();
            // One record is looked at by another request than several are.
            let form = (calls.iter().cloned().collect(), writes > 1);
            lose.store(writes > 0 && replies == Replies::FirstLost && notes.lost.insert(form), Ordering::SeqCst);
            notes.calls.extend(calls);
        }
        Err(error) => notes.faults.push(format!("{error:#}")),
    }
}

/// Passes on the answers of one connection, up to one that is to be lost: with it the connection is.
fn pass_back(mut upstream: TcpStream, mut client: TcpStream, lose: &AtomicBool) {
    let mut answer = [0; 16 << 10];
    while let Ok(length @ 1..) = upstream.read(&mut answer) {
        let kept = answer.get(..length).filter(|_| !lose.load(Ordering::SeqCst));
        if kept.is_none_or(|kept| client.write_all(kept).is_err()) {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    /// An emulator that answers everything the same, and tells what it was asked.
    fn emulator() -> (SocketAddr, mpsc::Receiver<Vec<u8>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (told, asked) = mpsc::channel();
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let mut requests = BufReader::new(client.try_clone().unwrap());
                while let Some(head) = read_head(&mut requests).unwrap() {
                    let Some(body) = read_body(&mut requests, &head).unwrap() else { break };
                    told.send([head.as_bytes(), &body].concat()).unwrap();
                    client.write_all(ANSWER).unwrap();
                }
            }
        });
        (address, asked)
    }

    fn request(operation: &str, body: &str) -> Vec<u8> {
        let head = format!("POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\nX-Odd:  a\tb \r\n");
        format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    /// What comes back on this connection; nothing where it is lost.
    fn answered(connection: &mut TcpStream, request: &[u8]) -> Vec<u8> {
        connection.write_all(request).unwrap();
        let mut answer = vec![0; ANSWER.len()];
        connection.read_exact(&mut answer).map(|()| answer).unwrap_or_default()
    }

    fn connect(recorder: &Recorder) -> TcpStream {
        TcpStream::connect(recorder.url.strip_prefix("http://").unwrap()).unwrap()
    }

    const PUT: &str = r#"{"Item":{"PK":{"S":"USER#1"},"Name":{"S":"größer"}}}"#;

    #[test]
    fn every_byte_is_passed_on_and_requests_are_noted_before_they_are_answered() {
        let (address, asked) = emulator();
        let recorder = Recorder::start(address, Replies::Whole).unwrap();
        let mut connection = connect(&recorder);
        for (nth, (operation, body)) in [("PutItem", PUT), ("DescribeTable", "{}"), ("PutItem", PUT)].iter().enumerate()
        {
            let request = request(operation, body);
            assert_eq!(answered(&mut connection, &request), ANSWER);
            assert_eq!(asked.recv().unwrap(), request);
            assert_eq!(recorder.notes().calls.len(), (nth + 1).min(2));
        }
        assert_eq!(recorder.notes().faults, Vec::<String>::new());
    }

    #[test]
    fn the_reply_to_the_first_write_of_each_form_is_lost_behind_the_write() {
        let (address, asked) = emulator();
        let recorder = Recorder::start(address, Replies::FirstLost).unwrap();
        let several = format!(r#"{{"TransactItems":[{{"Put":{PUT}}},{{"Put":{PUT}}}]}}"#);
        let rows = [
            ("DescribeTable", "{}", true),
            ("PutItem", PUT, false),
            ("PutItem", PUT, true),
            ("TransactWriteItems", &several, false),
            ("TransactWriteItems", &several, true),
        ];
        for (operation, body, arrives) in rows {
            let request = request(operation, body);
            assert_eq!(answered(&mut connect(&recorder), &request).is_empty(), !arrives, "{operation}");
            assert_eq!(asked.recv().unwrap(), request);
        }
    }

    #[test]
    fn what_cannot_be_noted_is_kept_as_a_fault() {
        let (address, _asked) = emulator();
        let recorder = Recorder::start(address, Replies::Whole).unwrap();
        assert_eq!(answered(&mut connect(&recorder), &request("Scan", "{}")), ANSWER);
        let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assert!(answered(&mut connect(&recorder), chunked).is_empty());
        let faults = recorder.notes().faults.join("\n");
        assert!(faults.contains("`Scan` of DynamoDB") && faults.contains("`Transfer-Encoding`"), "{faults}");
    }
}
