//! Politeness: at most two visits of a host at once, and a bucket that refills slowly, shared by all workers.

use std::net::IpAddr;
use std::time::Duration;

use wishlist_core::Result;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::LeaseId;
use wishlist_core::model::{Lane, Lease, PageUrl};
use wishlist_core::operations::{Decision, Engine};
use wishlist_core::table::{Stored, Transaction, keys};

/// Two lanes a host: two visits at once.
const LANES: [u8; 2] = [0, 1];

/// A visit's cost in thousandths of a token.
const VISIT: u32 = 1000;

/// How politely hosts are visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politeness {
    /// How many visits a host that was left alone takes in one go.
    pub burst: u32,
    /// How many visits a minute a host takes for ever.
    pub per_minute: u32,
    /// Whether the machine's own addresses are visited without lanes: for development.
    pub loopback: Loopback,
}

/// Whether lanes hold for the machine's own addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    /// As for any host.
    Polite,
    /// As often and as many at once as there are workers.
    Free,
}

impl Default for Politeness {
    /// Twenty at once and then one a second: what a person who opens a list of tabs does.
    fn default() -> Self {
        Self { burst: 20, per_minute: 60, loopback: Loopback::Polite }
    }
}

/// Whether there is room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Without lanes.
    Free,
    /// In this lane, until it is left.
    Entered(u8),
    /// Not now; try again after this time.
    Wait(Duration),
}

impl Politeness {
    pub(crate) async fn enter(&self, engine: &Engine, url: &PageUrl, lease: LeaseId) -> Result<Entry> {
        if self.loopback == Loopback::Free && is_loopback(url) {
            return Ok(Entry::Free);
        }
        let host = url.host();
        engine
            .decide(|| async {
                let now = engine.clock().now();
                let records = engine.table().get(&LANES.map(|lane| keys::lane(host, lane))).await?;
                let (mut free, mut wait) = (Vec::new(), Duration::MAX);
                for (lane, record) in LANES.into_iter().zip(&records) {
                    let stored = Stored::<Lane>::read_option(record.as_ref())?;
                    let tokens = self.tokens(stored.as_ref().map(|stored| &stored.value), now);
                    let taken = Engine::is_held(stored.as_ref().and_then(|stored| stored.value.lease), now);
                    if taken || tokens < VISIT {
                        // A visit takes seconds; who waits comes back at slightly different moments.
                        let refill = self.refill_time(VISIT.saturating_sub(tokens));
                        wait = wait.min(refill.max(Duration::from_secs(1)) + engine.jitter(Duration::from_secs(2)));
                    } else {
                        free.push((lane, stored, tokens));
                    }
                }
                // The fullest: what refills a full one is lost.
                let fullest = free.into_iter().max_by_key(|(_, _, tokens)| *tokens);
                let Some((lane, stored, tokens)) = fullest else { return Ok(Decision::Done(Entry::Wait(wait))) };
                let lease = Some(Lease::new(lease, now));
                let entered =
                    Lane { host: host.to_owned(), lane, milli_tokens: tokens - VISIT, refilled_at: now, lease };
                let mut transaction = Transaction::new(engine.ids());
                transaction.upsert(stored.as_ref(), &entered)?;
                Ok(Decision::Commit(transaction, Entry::Entered(lane)))
            })
            .await
    }

    pub(crate) async fn leave(&self, engine: &Engine, url: &PageUrl, entry: &Entry, lease: LeaseId) -> Result<()> {
        let Entry::Entered(lane) = *entry else { return Ok(()) };
        engine
            .decide(|| async {
                let mut transaction = Transaction::new(engine.ids());
                match Stored::<Lane>::find(engine.table(), keys::lane(url.host(), lane)).await? {
                    Some(stored) if stored.value.lease.is_some_and(|held| held.id == lease) => {
                        transaction.replace(stored.revision, &Lane { lease: None, ..stored.value })?;
                        Ok(Decision::Commit(transaction, ()))
                    }
                    _ => Ok(Decision::Done(())),
                }
            })
            .await
    }

    /// What is in a lane's bucket; one never used is full, and so is one that a clock counted which had gone ahead. Each lane
    /// has its half of the host's bucket.
    fn tokens(&self, lane: Option<&Lane>, now: Timestamp) -> u32 {
        let full = u64::from(self.burst) * 500;
        let counted =
            |lane: &&Lane| lane.refilled_at <= now || Engine::is_to_come(lane.refilled_at, Duration::ZERO, now);
        let Some(lane) = lane.filter(counted) else { return u32::try_from(full).unwrap_or(u32::MAX) };
        let millis = u64::try_from(now.since(lane.refilled_at).as_millis()).unwrap_or(u64::MAX);
        let refilled = millis.saturating_mul(u64::from(self.per_minute)) / 120;
        u32::try_from((u64::from(lane.milli_tokens) + refilled).min(full)).unwrap_or(u32::MAX)
    }

    fn refill_time(&self, milli_tokens: u32) -> Duration {
        Duration::from_millis(u64::from(milli_tokens) * 120 / u64::from(self.per_minute.max(1)))
    }
}

fn is_loopback(url: &PageUrl) -> bool {
    let host = url.host().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
