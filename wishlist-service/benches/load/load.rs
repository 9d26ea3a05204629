//! All of it, one after the other, on one server.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::body::Bytes;
use http_body_util::Full;
use hyper::Request;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::lines::Lines;
use crate::mix::Mix;
use crate::open_loop::steadily;
use crate::person::Person;
use crate::server::Server;
use crate::shop::Shop;
use crate::tally::{Outcome, Tally};
use crate::told::Told;
use crate::visits::Visits;
use crate::{capacity, crowd, overload, soak};

/// How long it is all to take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    /// One rate of the search for the capacity.
    pub(crate) step: Duration,
    pub(crate) soak: Duration,
    /// What a server needs until its memory is what it will be.
    pub(crate) settling: Duration,
    /// How much memory may grow behind that, in percent.
    pub(crate) growth: f64,
    /// How many calls of a hundred may be refused at half of the capacity, before they come again: a machine that others use too is
    /// elsewhere for a moment.
    pub(crate) refused: usize,
    pub(crate) overload: Duration,
    /// Calls under way at once; more are not sent, and told apart.
    pub(crate) at_once: u32,
    /// Connections that say nothing, or little.
    pub(crate) connections: usize,
    pub(crate) crowd: Duration,
    /// Links that are added, and visited, each second.
    pub(crate) visits: u32,
}

impl Depth {
    pub(crate) const FULL: Self = Self {
        step: Duration::from_secs(4),
        soak: Duration::from_mins(10),
        settling: Duration::from_mins(1),
        growth: 10.0,
        refused: 1,
        overload: Duration::from_mins(1),
        // More than the server has connections for.
        at_once: 2000,
        connections: 10_000,
        crowd: Duration::from_mins(1),
        visits: 5,
    };

    pub(crate) const QUICK: Self = Self {
        step: Duration::from_millis(750),
        soak: Duration::from_secs(20),
        settling: Duration::from_secs(8),
        // A short soak sees caches fill.
        growth: 30.0,
        refused: 20,
        overload: Duration::from_secs(8),
        // A program that was not optimized needs a second for as many, where others use the machine too.
        at_once: 600,
        connections: 2000,
        crowd: Duration::from_secs(8),
        visits: 2,
    };
}

/// A server under load.
pub(crate) struct Load {
    pub(crate) depth: Depth,
    pub(crate) server: Server,
    pub(crate) lines: Lines,
    pub(crate) mix: Arc<Mix>,
    at_once: Arc<Semaphore>,
    _visits: Visits,
}

/// What was sent in a phase.
pub(crate) struct Sent {
    pub(crate) tally: Tally,
    /// Calls that were due and not sent, because too many were under way.
    pub(crate) unsent: usize,
}

impl Load {
    pub(crate) async fn start(directory: &Path, depth: Depth) -> Result<Self> {
        let server = Server::start(directory)?;
        let (person, lines) = (Person::sign_up(server.address()).await?, Lines::to(server.address())?);
        let mix = Arc::new(Mix::of(server.address(), &person).await?);
        let visits = Visits::begin(person, Shop::open()?, depth.visits).await?;
        Ok(Self {
            depth,
            server,
            lines,
            mix,
            at_once: Arc::new(Semaphore::new(usize::try_from(depth.at_once)?)),
            _visits: visits,
        })
    }

    pub(crate) async fn run(self) -> Result<Told> {
        let mut told = Told::default();
        let capacity = capacity::search(&self).await?;
        told.figure(format!("{capacity} calls a second answered"));
        soak::run(&self, capacity / 2, &mut told).await?;
        overload::run(&self, capacity * 4, &mut told).await?;
        crowd::run(&self, &mut told).await?;
        Ok(told)
    }

    /// Calls at a rate for so long, and waits until each call is answered. What who is refused does is `refused`.
    pub(crate) async fn at(&self, rate: u32, lasting: Duration, refused: Refused) -> Result<Sent> {
        let (tally, runtime, places) = (Tally::default(), Handle::current(), Arc::clone(&self.at_once));
        let (lines, mix, counted) = (self.lines.clone(), Arc::clone(&self.mix), tally.clone());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousand calls")]
        let calls = (f64::from(rate) * lasting.as_secs_f64()) as usize;
        let sending = tokio::task::spawn_blocking(move || {
            let mut unsent = 0;
            steadily(rate, calls, |turn, due| {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    unsent += 1;
                    return;
                };
                let (lines, mix, tally) = (lines.clone(), Arc::clone(&mix), counted.clone());
                runtime.spawn(async move {
                    call(&lines, mix.call(turn), due, &tally, refused).await;
                    drop(place);
                });
            });
            unsent
        });
        let unsent = sending.await?;
        drop(self.at_once.acquire_many(self.depth.at_once).await?);
        Ok(Sent { tally, unsent })
    }
}

/// What somebody does who is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// They come again when they were told to, as the clients do.
    ComesAgain,
    /// They go.
    Goes,
}

/// For how long somebody comes again.
const PATIENCE: Duration = Duration::from_mins(1);

async fn call(lines: &Lines, request: &Request<Full<Bytes>>, due: Instant, tally: &Tally, refused: Refused) {
    while due.elapsed() < PATIENCE {
        let outcome = lines.call(request).await;
        tally.count(&outcome, due.elapsed());
        match (outcome, refused) {
            (Outcome::Refused(wait), Refused::ComesAgain) => {
                // A part by chance, as the clients do: who was refused together would come back together.
                let chance = f64::from(due.elapsed().subsec_nanos() % 1000) / 1000.0;
                tokio::time::sleep(wait.mul_f64(1.0 + chance)).await;
            }
            _ => return,
        }
    }
    tally.count(&Outcome::Lost(format!("refused for {PATIENCE:?}")), due.elapsed());
}
