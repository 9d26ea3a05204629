//! Finds what is due and sends its message again, so that nothing stays pending for ever.

use std::future::Future;
use std::time::Duration;

use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Kind, Result};
use wishlist_core::model::{Item, Visit};
use wishlist_core::operations::{Engine, Job};
use wishlist_core::queue::Message;
use wishlist_core::table::keys::{DUE_SHARDS, DueRecord};
use wishlist_core::table::{Entity, Key, Query, Stored, Transaction};

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
        match sweep(engine).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "sweep"),
            Err(error) => tracing::error!(%error, "sweep"),
        }
    }
}

/// Sends a message for each record that is due, and puts its due time off. Answers how many were sent.
///
/// # Errors
/// Those of the table; what was sent before is sent.
pub async fn sweep(engine: &Engine) -> Result<usize> {
    let now = engine.clock().now();
    let mut sent = 0;
    for shard in 0..DUE_SHARDS {
        let page = engine.table().query(&Query::due(shard, now).limit(BATCH)).await?;
        for record in page.items {
            match DueRecord::parse(&record.key) {
                Some(due) => sent += usize::from(take_up(engine, &record.key, due, now).await?),
                None => tracing::error!(pk = record.key.pk, "a record of unknown kind is due"),
            }
        }
    }
    Ok(sent)
}

/// Puts one record off and sends its message; `false` where it is no longer due, or another sweeper was quicker.
async fn take_up(engine: &Engine, key: &Key, due: DueRecord, now: Timestamp) -> Result<bool> {
    let Some(record) = engine.table().get(std::slice::from_ref(key)).await?.pop().flatten() else { return Ok(false) };
    match due {
        DueRecord::Item(..) => {
            let stored = Stored::<Item>::read(&record)?;
            let Some(visit) = stored.value.visit.filter(|visit| visit.due <= now) else { return Ok(false) };
            let put_off = Item { visit: Some(Visit { due: now + DUE_AGAIN, ..visit }), ..stored.value };
            let won = put(engine, stored.revision, &put_off).await?;
            if won {
                engine.hint_visit(&put_off, Duration::ZERO).await;
            }
            Ok(won)
        }
        DueRecord::Job(job_id) => {
            let stored = Stored::<Job>::read(&record)?;
            let won = put(engine, stored.revision, &Job { due: now + DUE_AGAIN, ..stored.value }).await?;
            if won {
                engine.hint(Message::Job { job_id }, Duration::ZERO).await;
            }
            Ok(won)
        }
    }
}

async fn put<T: Entity>(engine: &Engine, revision: wishlist_core::table::Revision, entity: &T) -> Result<bool> {
    let mut transaction = Transaction::new(engine.ids());
    transaction.replace(revision, entity)?;
    match transaction.commit(engine.table()).await {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == Kind::Conflict => Ok(false),
        Err(error) => Err(error),
    }
}
