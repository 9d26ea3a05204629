//! What a record that is due asks for: its message, and the record with its due time put off.

use std::time::Duration;

use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::model::{Item, Refresh, Visit, VisitedPage};
use wishlist_core::operations::{Engine, Job};
use wishlist_core::queue::Message;
use wishlist_core::table::keys::DueRecord;
use wishlist_core::table::{Entity, Key, Record, Revision, Stored, Transaction};

/// When a swept record is due again: longer than a message waits in a queue that keeps up, so that a backlog is not
/// multiplied.
pub(crate) const DUE_AGAIN: Duration = Duration::from_mins(6);

/// From when on it is said that nobody does a job which is for other processes.
const LONG_ELSEWHERE: Duration = Duration::from_hours(1);

/// A record that is due.
pub(crate) struct Due {
    pub(crate) key: Key,
    pub(crate) message: Message,
    /// Holds the record to what was read.
    pub(crate) put_off: Transaction,
}

impl Due {
    /// What there is to do for a record that the index says is due; `None` where its own due time is to come, or
    /// where it is not for this process to do.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the record cannot be read, or is of a kind that is not known.
    pub(crate) fn read(engine: &Engine, key: &Key, record: &Record, now: Timestamp) -> Result<Option<Self>> {
        let again = now + DUE_AGAIN;
        let (message, put_off) = match DueRecord::parse(key).ok_or_else(of_unknown_kind)? {
            DueRecord::Item(wishlist_id, item_id) => {
                let Stored { value: item, revision } = Stored::<Item>::read(record)?;
                let Some(visit) = item.visit.filter(|visit| visit.due <= now) else { return Ok(None) };
                let url = item.url.clone().ok_or_else(|| Error::new(Kind::Internal, "an item without a URL is due"))?;
                let put_off = Item { visit: Some(Visit { due: again, ..visit }), ..item };
                (Message::Visit { wishlist_id, item_id, url }, replacing(engine, revision, &put_off)?)
            }
            DueRecord::Page(page_digest) => {
                let Stored { value: page, revision } = Stored::<VisitedPage>::read(record)?;
                let Some(refresh) = page.refresh.filter(|refresh| refresh.due <= now) else { return Ok(None) };
                let put_off = VisitedPage { refresh: Some(Refresh { due: again, ..refresh }), ..page };
                (Message::Page { page_digest }, replacing(engine, revision, &put_off)?)
            }
            DueRecord::Job(job_id) => {
                let Stored { value: job, revision } = Stored::<Job>::read(record)?;
                if job.due > now {
                    return Ok(None);
                }
                // Put off by who cannot do it, it would hardly ever be due for who can.
                if engine.is_elsewhere(&job.work) {
                    if is_neglected(&job, now) {
                        tracing::warn!(job = %job_id, "an erasure waits for a process that signs its person in");
                    }
                    return Ok(None);
                }
                (Message::Job { job_id }, replacing(engine, revision, &Job { due: again, ..job })?)
            }
        };
        Ok(Some(Self { key: key.clone(), message, put_off }))
    }
}

fn replacing<T: Entity>(engine: &Engine, revision: Revision, entity: &T) -> Result<Transaction> {
    let mut transaction = Transaction::new(engine.ids());
    transaction.replace(revision, entity)?;
    Ok(transaction)
}

/// Whether a job for other processes has waited longer than any of them takes.
fn is_neglected(job: &Job, now: Timestamp) -> bool {
    now >= job.created_at + LONG_ELSEWHERE
}

pub(crate) fn of_unknown_kind() -> Error {
    Error::new(Kind::Internal, "a record of unknown kind is due")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wishlist_core::clock::{ManualClock, SeededRandom};
    use wishlist_core::model::Viewer;
    use wishlist_core::queue::NoQueue;
    use wishlist_core::table::{EmbeddedTable, Query, Table as _, keys, query_all};

    use super::*;

    #[tokio::test]
    async fn a_job_is_due_from_its_own_time_on_and_neglected_an_hour_after_it_was_made() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        let engine = Engine::new(table.clone(), Arc::new(NoQueue), clock, Arc::new(SeededRandom::new(1)));
        engine.delete_me(&Viewer { user: "alice".parse().unwrap() }).await.unwrap();
        let mut keys = Vec::new();
        for shard in 0..keys::DUE_SHARDS {
            let until = engine.clock().now() + Duration::from_hours(1);
            keys.extend(query_all(&*table, Query::due(shard, until)).await.unwrap().into_iter().map(|entry| entry.key));
        }
        let record = table.get(&keys).await.unwrap().remove(0).unwrap();
        let Job { due, created_at, .. } = Stored::<Job>::read(&record).unwrap().value;
        let second = Duration::from_secs(1);
        for (now, is_due) in [(created_at, false), (due, true), (due + second, true)] {
            assert_eq!(Due::read(&engine, &keys[0], &record, now).unwrap().is_some(), is_due, "{now:?}");
        }
        let job = Stored::<Job>::read(&record).unwrap().value;
        let waited = [Duration::ZERO, Duration::from_mins(59), LONG_ELSEWHERE, LONG_ELSEWHERE + second];
        assert_eq!(waited.map(|waited| is_neglected(&job, created_at + waited)), [false, false, true, true]);
    }
}
