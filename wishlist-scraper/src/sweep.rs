//! Finds what is due and sends its message again, so that nothing stays pending for ever.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument;
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::model::Item;
use wishlist_core::operations::Engine;
use wishlist_core::queue::Message;
use wishlist_core::table::keys::{DUE_SHARDS, DueRecord};
use wishlist_core::table::{Key, MAX_KEYS, Query, Record, Stored};

use crate::due::{DUE_AGAIN, Due, of_unknown_kind};
use crate::measure;

/// Shards that are swept at the same time, and records of one that are put off at the same time: some sixty requests under way
/// take a core's time, and more of them memory only.
const SHARDS_AT_ONCE: usize = 8;
const PUT_OFF_AT_ONCE: usize = 8;

/// A queue that takes longer does not answer: that of AWS takes some milliseconds, and its client gives up within seconds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// Sweeps every `period` until `stop` ends. A sweep that fails, or is cut off by the stop, is made up for by the next.
pub async fn sweep_every(engine: &Engine, period: Duration, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let tick_and_sweep = async {
            ticks.tick().await;
            drop(sweep_once(engine, None).await);
        };
        tokio::select! {
            () = &mut stop => return,
            () = tick_and_sweep => {}
        }
    }
}

/// [`sweep_until`], counted and logged.
///
/// # Errors
/// Those of [`sweep_until`].
pub async fn sweep_once(engine: &Engine, until: Option<Instant>) -> Result<usize> {
    let (sent, ended) = run(engine, until).instrument(tracing::info_span!("sweep")).await;
    measure::sweep(sent, ended.is_ok());
    match &ended {
        Ok(()) if sent == 0 => {}
        Ok(()) => tracing::info!(sent, "sweep"),
        Err(error) => tracing::error!(sent, causes = error.chain(), "sweep"),
    }
    ended.map(|()| sent)
}

/// [`sweep_until`] nothing is due, however long that takes.
///
/// # Errors
/// Those of [`sweep_until`].
pub async fn sweep(engine: &Engine) -> Result<usize> {
    sweep_until(engine, None).await
}

/// Sends a message for each record that is due at the beginning, and puts its due time off, until no more is or the time is up.
///
/// Answers how many messages the queue took. What it did not take, and what the time did not suffice for, stays due. A record
/// that cannot be read, of a newer version perhaps, is logged and stands in nobody's way.
///
/// A message is sent before its record is put off: one whose record was not put off is sent twice, which costs a visitor a
/// look, while one that was put off and not sent would be six minutes late.
///
/// Each sweep begins with another shard, and goes on where one fails: one that is cut off leaves no shard behind for ever.
///
/// # Errors
/// The first of reading the index or of the queue, once all shards were tried; what was sent is sent.
pub async fn sweep_until(engine: &Engine, until: Option<Instant>) -> Result<usize> {
    let (sent, ended) = run(engine, until).await;
    ended.map(|()| sent)
}

/// How many messages the queue took, and how it ended.
async fn run(engine: &Engine, until: Option<Instant>) -> (usize, Result<()>) {
    let now = engine.clock().now();
    let first = u8::try_from(now.as_millis().rem_euclid(DUE_SHARDS.into())).unwrap_or(0);
    let sweep = Sweep { engine, now, until, sent: AtomicUsize::new(0) };
    let shards = stream::iter((first..DUE_SHARDS).chain(0..first)).map(|shard| sweep.shard(shard));
    let ended: Vec<Result<End>> = shards.buffer_unordered(SHARDS_AT_ONCE).collect().await;
    let sent = sweep.sent.into_inner();
    let so = |end| ended.iter().flatten().any(|so| *so == end);
    if so(End::TimeIsUp) {
        tracing::warn!(sent, "the time of a sweep was up; what is still due is left to the next");
    }
    if so(End::QueueIsFull) {
        tracing::warn!(sent, "the queue is full; what is still due is left to the next sweep");
    }
    (sent, ended.into_iter().try_for_each(|end| end.map(drop)))
}

/// How a shard, or a page of it, ended without a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    NothingIsDue,
    TimeIsUp,
    QueueIsFull,
}

/// One sweep.
struct Sweep<'a> {
    engine: &'a Engine,
    now: Timestamp,
    until: Option<Instant>,
    /// Messages that the queue took.
    sent: AtomicUsize,
}

impl Sweep<'_> {
    async fn shard(&self, shard: u8) -> Result<End> {
        let mut query = Query::due(shard, self.now).limit(MAX_KEYS);
        loop {
            let Some(page) = self.in_time(self.engine.table().query(&query)).await else { return Ok(End::TimeIsUp) };
            let page = page?;
            let end = self.take_up(page.items.into_iter().map(|record| record.key).collect()).await?;
            query.after = page.next;
            if end != End::NothingIsDue || query.after.is_none() {
                return Ok(end);
            }
        }
    }

    /// Sends the messages of one page of a shard, and puts off what the queue took.
    async fn take_up(&self, mut keys: Vec<Key>) -> Result<End> {
        // A record that was just moved may be in the index twice.
        keys.sort_unstable();
        keys.dedup();
        let Some(records) = self.in_time(self.read(&keys)).await else { return Ok(End::TimeIsUp) };
        let mut due = Vec::new();
        for (key, record) in keys.iter().zip(records?).filter_map(|(key, record)| Some((key, record?))) {
            match Due::read(self.engine, key, &record, self.now) {
                Ok(found) => due.extend(found),
                Err(error) => left(key, &error),
            }
        }
        if due.is_empty() {
            return Ok(End::NothingIsDue);
        }
        let messages = due.iter().map(|due| due.message.clone()).collect();
        let sending = timeout(ANSWERED_WITHIN, self.engine.hint_all(messages));
        let Some(answers) = self.in_time(sending).await else { return Ok(End::TimeIsUp) };
        let answers = answers.map_err(|_| Error::new(Kind::Unavailable, "the queue did not answer"))?;
        let (mut taken, mut refused) = (Vec::new(), None);
        for (due, answer) in due.into_iter().zip(answers) {
            match answer {
                Ok(()) => taken.push(due),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        self.sent.fetch_add(taken.len(), Ordering::Relaxed);
        if self.in_time(self.put_off(taken)).await.is_none() {
            return Ok(End::TimeIsUp);
        }
        match refused {
            None => Ok(End::NothingIsDue),
            Some(error) if error.kind() == Kind::RateLimited => Ok(End::QueueIsFull),
            Some(error) => Err(error),
        }
    }

    /// The records of the keys. One that the table cannot read fails them all, so they are then read one by one.
    ///
    /// # Errors
    /// That of the last record where none can be read: then it is not the records.
    async fn read(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        let table = self.engine.table();
        match table.get(keys).await {
            Err(error) if error.kind() == Kind::Internal => {}
            found => return found,
        }
        let (mut found, mut read, mut failed) = (Vec::with_capacity(keys.len()), 0, None);
        for key in keys {
            match table.get(std::slice::from_ref(key)).await {
                Ok(mut record) => {
                    read += 1;
                    found.push(record.pop().flatten());
                }
                Err(error) => {
                    left(key, &error);
                    found.push(None);
                    failed = Some(error);
                }
            }
        }
        failed.filter(|_| read == 0).map_or(Ok(found), Err)
    }

    async fn put_off(&self, taken: Vec<Due>) {
        let puts = stream::iter(taken).map(async |due| match due.put_off.commit(self.engine.table()).await {
            // A worker or another sweeper was quicker.
            Err(error) if error.kind() != Kind::Conflict => left(&due.key, &error),
            _ => {}
        });
        puts.buffer_unordered(PUT_OFF_AT_ONCE).collect::<()>().await;
    }

    /// What `work` comes to; `None` where the time is up first.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match self.until {
            Some(until) => timeout_at(until, work).await.ok(),
            None => Some(work.await),
        }
    }
}

/// Sends a message for everything that is due within the sweeper's own delay, and changes nothing.
///
/// For a start: a queue in memory has forgotten what it held. What is leased or too early is passed over by the visit.
///
/// # Errors
/// Those of reading the index.
pub async fn resume(engine: &Engine) -> Result<()> {
    let until = engine.clock().now() + DUE_AGAIN + Duration::from_secs(1);
    for shard in 0..DUE_SHARDS {
        let mut query = Query::due(shard, until).limit(MAX_KEYS);
        loop {
            let page = engine.table().query(&query).await?;
            for record in page.items {
                if let Err(error) = hint(engine, &record.key).await {
                    left(&record.key, &error);
                }
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// What stays due: the next round finds it again.
fn left(key: &Key, error: &Error) {
    let (pk, sk, causes) = (&key.pk, &key.sk, error.chain());
    if error.kind() == Kind::Unavailable {
        tracing::warn!(pk, sk, causes, "what is due was not taken up for now");
    } else {
        tracing::error!(pk, sk, causes, "what is due cannot be taken up");
    }
}

async fn hint(engine: &Engine, key: &Key) -> Result<()> {
    match DueRecord::parse(key).ok_or_else(of_unknown_kind)? {
        DueRecord::Page(page_digest) => engine.hint(Message::Page { page_digest }, Duration::ZERO).await,
        DueRecord::Job(job_id) => engine.hint(Message::Job { job_id }, Duration::ZERO).await,
        DueRecord::Item(..) => {
            if let Some(item) = Stored::<Item>::find(engine.table(), key.clone()).await? {
                engine.hint_visit(&item.value, Duration::ZERO).await;
            }
        }
    }
    Ok(())
}
