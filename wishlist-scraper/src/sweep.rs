//! Finds what is due and sends its message again, so that nothing stays pending for ever.

use std::future::Future;
use std::time::Duration;

use tracing::Instrument;
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::model::{Item, Refresh, Visit, VisitedPage};
use wishlist_core::operations::{Engine, Job};
use wishlist_core::queue::Message;
use wishlist_core::table::keys::{DUE_SHARDS, DueRecord};
use wishlist_core::table::{Entity, Key, Query, Revision, Stored, Transaction};

use crate::measure;

/// When a swept record is due again: longer than a message waits in a queue that keeps up, so that a backlog is not
/// multiplied.
const DUE_AGAIN: Duration = Duration::from_mins(6);

/// Records of one shard in one sweep: a backlog is worked off in several.
const BATCH: usize = 100;

/// Sweeps every `period` until `stop` ends. A sweep that fails is made up for by the next.
pub async fn sweep_every(engine: &Engine, period: Duration, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = ticks.tick() => {}
        }
        drop(sweep_once(engine).await);
    }
}

/// [`sweep`], counted and logged.
///
/// # Errors
/// Those of [`sweep`].
pub async fn sweep_once(engine: &Engine) -> Result<usize> {
    let swept = sweep(engine).instrument(tracing::info_span!("sweep")).await;
    measure::sweep(swept.as_ref().ok().copied());
    match &swept {
        Ok(0) => {}
        Ok(sent) => tracing::info!(sent, "sweep"),
        Err(error) => tracing::error!(causes = error.chain(), "sweep"),
    }
    swept
}

/// Sends a message for each record that is due, and puts its due time off. Answers how many were sent. A record that cannot
/// be read, of a newer version perhaps, is logged and stands in nobody's way.
///
/// Each sweep begins with another shard, and goes on where one cannot be read: one that is cut off, by the end of a function's
/// time perhaps, leaves no shard behind for ever.
///
/// # Errors
/// The first of reading the index, once all shards were tried; what was sent is sent.
pub async fn sweep(engine: &Engine) -> Result<usize> {
    let now = engine.clock().now();
    let first = u8::try_from(now.as_millis().rem_euclid(DUE_SHARDS.into())).unwrap_or(0);
    let (mut sent, mut failed) = (0, None);
    for shard in (first..DUE_SHARDS).chain(0..first) {
        match sweep_shard(engine, shard, now).await {
            Ok(taken) => sent += taken,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(sent), Err)
}

async fn sweep_shard(engine: &Engine, shard: u8, now: Timestamp) -> Result<usize> {
    let (mut query, mut taken) = (Query::due(shard, now).limit(BATCH), 0);
    loop {
        let page = engine.table().query(&query).await?;
        for record in page.items {
            match take_up(engine, &record.key, now).await {
                Ok(took) => taken += usize::from(took),
                Err(error) => left(&record.key, &error),
            }
        }
        query.after = page.next;
        if query.after.is_none() || taken >= BATCH {
            return Ok(taken);
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
        let mut query = Query::due(shard, until).limit(BATCH);
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

fn of_unknown_kind() -> Error {
    Error::new(Kind::Internal, "a record of unknown kind is due")
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

/// Puts one record off and sends its message; `false` where it is no longer due, or another sweeper was quicker.
async fn take_up(engine: &Engine, key: &Key, now: Timestamp) -> Result<bool> {
    let won = match DueRecord::parse(key).ok_or_else(of_unknown_kind)? {
        DueRecord::Item(..) => {
            let Some(stored) = Stored::<Item>::find(engine.table(), key.clone()).await? else { return Ok(false) };
            let Some(visit) = stored.value.visit.filter(|visit| visit.due <= now) else { return Ok(false) };
            let put_off = Item { visit: Some(Visit { due: now + DUE_AGAIN, ..visit }), ..stored.value };
            put(engine, stored.revision, &put_off).await?
        }
        DueRecord::Page(page) => {
            let Some(stored) = engine.find_page(&page).await? else { return Ok(false) };
            let Some(refresh) = stored.value.refresh.filter(|refresh| refresh.due <= now) else { return Ok(false) };
            let refresh = Some(Refresh { due: now + DUE_AGAIN, ..refresh });
            put(engine, stored.revision, &VisitedPage { refresh, ..stored.value }).await?
        }
        DueRecord::Job(_) => {
            let stored = Stored::<Job>::find(engine.table(), key.clone()).await?;
            let Some(stored) = stored.filter(|job| job.value.due <= now) else { return Ok(false) };
            // Put off by who cannot do it, it would hardly ever be due for who can.
            if engine.is_elsewhere(&stored.value.work) {
                return Ok(false);
            }
            put(engine, stored.revision, &Job { due: now + DUE_AGAIN, ..stored.value }).await?
        }
    };
    if won {
        hint(engine, key).await?;
    }
    Ok(won)
}

async fn put<T: Entity>(engine: &Engine, revision: Revision, entity: &T) -> Result<bool> {
    let mut transaction = Transaction::new(engine.ids());
    transaction.replace(revision, entity)?;
    match transaction.commit(engine.table()).await {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == Kind::Conflict => Ok(false),
        Err(error) => Err(error),
    }
}
