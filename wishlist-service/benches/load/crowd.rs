//! Connections that say nothing, or a byte at a time, by the thousand, and an ordinary person beside them.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::lines::{Lines, address};
use crate::load::Load;
use crate::soak::millis;
use crate::tally::{Outcome, Tally};
use crate::told::Told;

/// What each of them begins with: nothing, a head without end, and a body that is longer.
const BEGINNINGS: [&str; 3] = [
    "",
    "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-",
    "POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
];

/// The pause between two bytes.
const DRIP: Duration = Duration::from_secs(1);

/// How often one that was closed is opened again.
const OPENED: usize = 3;

/// Connections that are being opened at once.
const OPENING: usize = 128;

/// How long opening one may take.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// Addresses that they come from, because each has only so many ports.
const SOURCES: usize = 16;

/// Nearly every call of an ordinary person is to be answered by then.
const IN_TIME: Duration = Duration::from_secs(5);

/// How many times as long it may take until all of them were opened.
const LONGER: u32 = 4;

/// The pause between two calls of the ordinary person.
const PAUSE: Duration = Duration::from_millis(50);

/// What the connections do together.
#[derive(Clone, Debug)]
struct Crowd {
    server: SocketAddr,
    turns: Arc<Semaphore>,
    opened: Arc<AtomicUsize>,
    is_over: watch::Receiver<bool>,
}

pub(crate) async fn run(load: &Load, told: &mut Told) -> Result<()> {
    let (over, is_over) = watch::channel(false);
    let crowd = Crowd {
        server: address(load.server.address())?,
        turns: Arc::new(Semaphore::new(OPENING)),
        opened: Arc::default(),
        is_over,
    };
    let mut members = JoinSet::new();
    for number in 0..load.depth.connections {
        members.spawn(crowd.clone().member(number));
    }
    let (reused, fresh) = (Tally::default(), Tally::default());
    let mut closed = 0;
    let began = Instant::now();
    let all_are_there = || crowd.opened.load(Ordering::Relaxed) >= load.depth.connections;
    while began.elapsed() < load.depth.crowd || (!all_are_there() && began.elapsed() < load.depth.crowd * LONGER) {
        look(load, &load.lines, &reused).await;
        let new = Lines::to(load.server.address())?;
        look(load, &new, &fresh).await;
        closed += new.closed();
        tokio::time::sleep(PAUSE).await;
    }
    let memory = load.server.memory()?.peak;
    let opened = crowd.opened.load(Ordering::Relaxed);
    over.send_replace(true);
    while members.join_next().await.is_some() {}
    let (needed, connections) = (load.depth.connections, load.depth.connections);
    let few = (opened < needed).then(|| format!("{opened}"));
    told.case("connections: opened", format!("{needed} at least"), few);
    told.case("connections: ordinary calls", "each answered", reused.lost());
    told.case("connections: calls of a new connection", "each answered", fresh.lost());
    let many = (closed > fresh.answered().div_ceil(100)).then(|| format!("{closed}"));
    told.case("connections: new ones", "of 100 one at most closed before it is answered", many);
    for (id, tally) in [("connections: in time", &reused), ("connections: new ones in time", &fresh)] {
        let late = (tally.percentile(99) > IN_TIME || tally.answered() == 0)
            .then(|| format!("{:.1?}, {} answered", tally.percentile(99), tally.answered()));
        told.case(id, format!("99 of 100 within {IN_TIME:?}"), late);
    }
    let refused = reused.refused() + fresh.refused();
    told.figure(format!(
        "beside {connections} silent and dripping connections ({opened} opened) {} calls answered, p99 {:.1} ms, of new connections {:.1} ms, \
         {refused} refused; memory at most {} MB",
        reused.answered() + fresh.answered(),
        millis(reused.percentile(99)),
        millis(fresh.percentile(99)),
        memory >> 20
    ));
    Ok(())
}

/// Looks at a list, as somebody does who knows of no crowd.
async fn look(load: &Load, lines: &Lines, tally: &Tally) {
    let due = Instant::now();
    let outcome: Outcome = lines.call(load.mix.list()).await;
    tally.count(&outcome, due.elapsed());
}

impl Crowd {
    /// Holds a connection for as long as the server lets it, and opens another a few times.
    async fn member(self, number: usize) {
        let mut is_over = self.is_over.clone();
        let held = async {
            for turn in 0..OPENED {
                let Some(stream) = self.open(number, turn).await else { continue };
                hold(stream, BEGINNINGS[number % BEGINNINGS.len()]).await;
            }
        };
        tokio::select! {
            () = held => {}
            // An error says that nobody is left to say so.
            _ = is_over.wait_for(|is_over| *is_over) => {}
        }
    }

    async fn open(&self, number: usize, turn: usize) -> Option<TcpStream> {
        let _turn = self.turns.acquire().await.ok()?;
        let source = u8::try_from((number + turn) % SOURCES).ok()? + 2;
        let socket = TcpSocket::new_v4().ok()?;
        socket.bind(SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, source), 0).into()).ok()?;
        let stream = timeout(CONNECTED_WITHIN, socket.connect(self.server)).await.ok()?.ok()?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        Some(stream)
    }
}

/// Says the beginning and then a byte at a time, until the server closes.
async fn hold(mut stream: TcpStream, beginning: &str) {
    if stream.write_all(beginning.as_bytes()).await.is_err() {
        return;
    }
    let mut answer = [0; 1024];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => if !matches!(read, Ok(1..)) { return },
            () = tokio::time::sleep(DRIP) => {
                if !beginning.is_empty() && stream.write_all(b"x").await.is_err() {
                    return;
                }
            }
        }
    }
}
