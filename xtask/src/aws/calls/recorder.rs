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
                    if let Err(error) = pass_on(client, emulator, replies, &notes) {
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

/// Passes on the requests of one connection, each noted before its last byte is, so that it is noted when it is answered.
///
/// # Errors
/// Where the emulator cannot be reached, and for a request that cannot be read; whoever sent it loses the connection.
fn pass_on(client: TcpStream, emulator: SocketAddr, replies: Replies, notes: &Mutex<Notes>) -> Result<()> {
    let mut upstream = TcpStream::connect(emulator).context("the emulator does not answer")?;
    // Small packets that waited for each other would make every call 40 ms longer.
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let lose = Arc::new(AtomicBool::new(false));
    let answers = (upstream.try_clone()?, client.try_clone()?, Arc::clone(&lose));
    thread::spawn(move || pass_back(answers.0, answers.1, &answers.2));
    let mut requests = BufReader::new(&client);
    let passed = (|| {
        // A client that ends in the middle of a request, as a killed function does, asked for nothing.
        while let Some(head) = read_head(&mut requests)? {
            upstream.write_all(head.as_bytes())?;
            let body = read_body(&mut requests, &head)?;
            note(&Request { head: &head, body: &body }, replies, &lose, notes);
            upstream.write_all(&body)?;
        }
        Ok(())
    })();
    let _ = upstream.shutdown(Shutdown::Both);
    passed
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
