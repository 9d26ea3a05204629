//! What every implementation of [`Table`] must do: plain functions, one promise each.
//!
//! An implementation's tests call them through [`conformance_tests!`](crate::conformance_tests), each with a table of its
//! own and the clock that the table reads.

#![allow(missing_docs, clippy::missing_errors_doc, reason = "the name of a promise is its sentence")]
#![allow(clippy::missing_panics_doc, reason = "a broken promise is a failed assertion")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{
    Body, Change, Condition, Direction, DueKey, Key, Known, MAX_CHANGES, MAX_COMMIT_BYTES, MAX_KEYS, MAX_PAGE_BYTES,
    MAX_RECORD_BYTES, Query, Record, Revision, Table, keys, query_all,
};
use crate::clock::{Clock, ManualClock, SystemRandom};
use crate::error::{Kind, Result};
use crate::ids::{Ids, WriteId};

/// Makes one test of each promise. `$make` is an expression of the type `(impl Table, Arc<ManualClock>)`, with whatever has to
/// outlive the table as further members.
#[macro_export]
macro_rules! conformance_tests {
    ($make:expr) => {
        $crate::conformance_tests! { $make =>
            what_is_put_is_got
            a_get_answers_in_the_order_of_its_keys
            absent_holds_once
            present_needs_a_record
            a_revision_holds_until_the_next_put
            a_deleted_record_is_gone
            a_check_changes_nothing
            a_commit_is_all_or_nothing
            an_expired_record_does_not_exist
            a_query_is_ordered_and_bounded
            a_query_walks_by_pages
            a_query_leaves_out_what_is_known_and_no_more
            a_query_goes_backward
            a_page_ends_at_one_megabyte
            the_sparse_index_holds_what_is_due
            limits_are_refused
            of_many_writers_one_wins
        }
    };
    ($make:expr => $($promise:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() -> $crate::Result<()> {
            let made = $make;
            $crate::table::conformance::$promise(&made.0, &made.1).await
        }
    )*};
}

fn key(pk: &str, sk: &str) -> Key {
    Key { pk: pk.to_owned(), sk: sk.to_owned() }
}

fn mint(clock: &Arc<ManualClock>) -> WriteId {
    Ids::new(clock.clone(), Arc::new(SystemRandom)).mint()
}

fn record(clock: &Arc<ManualClock>, pk: &str, sk: &str, number: u64) -> Record {
    let revision = Revision { number, write: mint(clock) };
    let body = Body::from_json(format!("{{\"Number\":{number}}}"));
    Record { key: key(pk, sk), revision, expires_at: None, due: None, body }
}

async fn put(table: &dyn Table, record: &Record, condition: Condition) -> Result<()> {
    table.commit(vec![Change::Put(record.clone(), condition)]).await
}

async fn get_one(table: &dyn Table, key: &Key) -> Result<Option<Record>> {
    Ok(table.get(std::slice::from_ref(key)).await?.pop().flatten())
}

fn kind_of(outcome: Result<()>) -> Option<Kind> {
    outcome.err().map(|error| error.kind())
}

fn sort_keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.key.sk.as_str()).collect()
}

pub async fn what_is_put_is_got(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let mut put_record = record(clock, "P", "S", 1);
    put_record.expires_at = Some(clock.now() + Duration::from_mins(1));
    put_record.due = Some(keys::due(clock.now(), "x"));
    put_record.body = Body::from_json("{\"Name\":\"\u{fffd} \u{1F381} \\\" '\"}".to_owned());
    put(table, &put_record, Condition::Absent).await?;
    assert_eq!(get_one(table, &put_record.key).await?, Some(put_record));
    Ok(())
}

pub async fn a_get_answers_in_the_order_of_its_keys(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    for sk in ["A", "B", "C"] {
        put(table, &record(clock, "P", sk, 1), Condition::Absent).await?;
    }
    let asked = [key("P", "C"), key("Q", "A"), key("P", "A")];
    let found: Vec<_> = table.get(&asked).await?.into_iter().map(|record| record.map(|record| record.key)).collect();
    assert_eq!(found, [Some(key("P", "C")), None, Some(key("P", "A"))]);
    Ok(())
}

pub async fn absent_holds_once(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let first = record(clock, "P", "S", 1);
    put(table, &first, Condition::Absent).await?;
    assert_eq!(kind_of(put(table, &record(clock, "P", "S", 1), Condition::Absent).await), Some(Kind::Conflict));
    assert_eq!(get_one(table, &first.key).await?, Some(first));
    Ok(())
}

pub async fn present_needs_a_record(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let only = record(clock, "P", "S", 1);
    assert_eq!(kind_of(put(table, &only, Condition::Present).await), Some(Kind::Conflict));
    assert_eq!(get_one(table, &only.key).await?, None);
    put(table, &only, Condition::Absent).await?;
    put(table, &record(clock, "P", "S", 2), Condition::Present).await?;
    assert_eq!(get_one(table, &only.key).await?.map(|found| found.revision.number), Some(2));
    Ok(())
}

pub async fn a_revision_holds_until_the_next_put(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let (first, second) = (record(clock, "P", "S", 1), record(clock, "P", "S", 2));
    put(table, &first, Condition::Absent).await?;
    put(table, &second, Condition::Revision(first.revision)).await?;
    let late = put(table, &record(clock, "P", "S", 2), Condition::Revision(first.revision)).await;
    assert_eq!(kind_of(late), Some(Kind::Conflict));
    // The number alone is not the revision: another write of the same number is another's.
    let same_number = Revision { number: 2, write: mint(clock) };
    assert_eq!(kind_of(put(table, &second, Condition::Revision(same_number)).await), Some(Kind::Conflict));
    assert_eq!(get_one(table, &first.key).await?, Some(second));
    Ok(())
}

pub async fn a_deleted_record_is_gone(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let only = record(clock, "P", "S", 1);
    put(table, &only, Condition::Absent).await?;
    table.commit(vec![Change::Delete(only.key.clone(), Condition::Revision(only.revision))]).await?;
    assert_eq!(get_one(table, &only.key).await?, None);
    table.commit(vec![Change::Delete(only.key.clone(), Condition::Always)]).await?;
    let again = table.commit(vec![Change::Delete(only.key.clone(), Condition::Present)]).await;
    assert_eq!(kind_of(again), Some(Kind::Conflict));
    Ok(())
}

pub async fn a_check_changes_nothing(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let fence = record(clock, "P", "FENCE", 1);
    put(table, &fence, Condition::Absent).await?;
    let guarded = |condition| {
        vec![Change::Check(fence.key.clone(), condition), Change::Put(record(clock, "P", "S", 1), Condition::Always)]
    };
    table.commit(guarded(Condition::Present)).await?;
    assert_eq!(get_one(table, &fence.key).await?.as_ref(), Some(&fence));
    assert_eq!(kind_of(table.commit(guarded(Condition::Absent)).await), Some(Kind::Conflict));
    Ok(())
}

pub async fn a_commit_is_all_or_nothing(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    put(table, &record(clock, "P", "TAKEN", 1), Condition::Absent).await?;
    let changes = vec![
        Change::Put(record(clock, "P", "A", 1), Condition::Absent),
        Change::Put(record(clock, "P", "TAKEN", 1), Condition::Absent),
        Change::Put(record(clock, "P", "Z", 1), Condition::Absent),
    ];
    assert_eq!(kind_of(table.commit(changes).await), Some(Kind::Conflict));
    assert_eq!(sort_keys(&query_all(table, Query::prefix("P", "")).await?), ["TAKEN"]);
    Ok(())
}

pub async fn an_expired_record_does_not_exist(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let mut short = record(clock, "P", "S", 1);
    short.expires_at = Some(clock.now() + Duration::from_secs(10));
    short.due = Some(keys::due(clock.now(), "x"));
    put(table, &short, Condition::Absent).await?;
    clock.advance(Duration::from_secs(9));
    assert!(get_one(table, &short.key).await?.is_some());
    clock.advance(Duration::from_secs(1));
    assert_eq!(get_one(table, &short.key).await?, None);
    assert!(query_all(table, Query::prefix("P", "")).await?.is_empty());
    let present = vec![Change::Check(short.key.clone(), Condition::Present)];
    assert_eq!(kind_of(table.commit(present).await), Some(Kind::Conflict));
    assert_eq!(kind_of(put(table, &short, Condition::Revision(short.revision)).await), Some(Kind::Conflict));
    put(table, &record(clock, "P", "S", 1), Condition::Absent).await
}

pub async fn a_query_is_ordered_and_bounded(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    for (pk, sk) in [("P", "B#2"), ("P", "B#10"), ("P", "A#1"), ("P", "C"), ("P", "B#1"), ("Q", "B#3"), ("P", "B")] {
        put(table, &record(clock, pk, sk, 1), Condition::Absent).await?;
    }
    assert_eq!(sort_keys(&query_all(table, Query::prefix("P", "B#")).await?), ["B#1", "B#10", "B#2"]);
    let behind = Query::prefix("P", "B#").after(Some("B#1".to_owned()));
    assert_eq!(sort_keys(&query_all(table, behind).await?), ["B#10", "B#2"]);
    let below = Query { below: Some("B#2".to_owned()), ..Query::prefix("P", "B#") };
    assert_eq!(sort_keys(&query_all(table, below).await?), ["B#1", "B#10"]);
    // A place outside of what is asked for widens nothing.
    for (direction, after, expected) in [
        (Direction::Forward, "A", vec!["B#1", "B#10", "B#2"]),
        (Direction::Forward, "C", vec![]),
        (Direction::Backward, "C", vec!["B#2", "B#10", "B#1"]),
        (Direction::Backward, "A", vec![]),
    ] {
        let from = Query { direction, ..Query::prefix("P", "B#").after(Some(after.to_owned())) };
        assert_eq!(sort_keys(&query_all(table, from).await?), expected, "{direction:?} from {after}");
    }
    assert!(query_all(table, Query::prefix("R", "")).await?.is_empty());
    Ok(())
}

pub async fn a_query_walks_by_pages(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    for number in 0..7 {
        put(table, &record(clock, "P", &format!("S#{number}"), 1), Condition::Absent).await?;
    }
    let mut query = Query::prefix("P", "S#").limit(3);
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = table.query(&query).await?;
        pages += 1;
        assert!(page.items.len() <= 3, "a page of {}", page.items.len());
        seen.extend(page.items.iter().map(|record| record.key.sk.clone()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (0..7).map(|number| format!("S#{number}")).collect::<Vec<_>>());
    assert!(pages >= 3, "{pages} pages");
    Ok(())
}

pub async fn a_query_leaves_out_what_is_known_and_no_more(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let records: Vec<_> = (0..7).map(|number| record(clock, "P", &format!("S#{number}"), number + 1)).collect();
    for record in &records {
        put(table, record, Condition::Absent).await?;
    }
    // Of S#1 another write is known than the one that made it.
    let writes: Vec<_> = records.iter().map(|record| record.revision.write).collect();
    let has = move |sk: &str, write: WriteId| {
        [("S#0", writes[0]), ("S#1", writes[2]), ("S#5", writes[5]), ("S#6", writes[6])].contains(&(sk, write))
    };
    for limit in [2, usize::MAX] {
        let left_out: Arc<Mutex<Vec<String>>> = Arc::default();
        let (noted, has) = (Arc::clone(&left_out), has.clone());
        let known = Known::new(move |sk, write| {
            let is_known = has(sk, write);
            noted.lock().unwrap_or_else(PoisonError::into_inner).extend(is_known.then(|| sk.to_owned()));
            is_known
        });
        let read = query_all(table, Query::prefix("P", "S#").limit(limit).except(known)).await?;
        let left_out = left_out.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let expected: Vec<_> = records.iter().filter(|record| !left_out.contains(&record.key.sk)).cloned().collect();
        assert_eq!(read, expected, "beside {left_out:?}");
        let once: BTreeSet<_> = left_out.iter().collect();
        assert_eq!(once.len(), left_out.len(), "left out once: {left_out:?}");
    }
    Ok(())
}

pub async fn a_query_goes_backward(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    for sk in ["A#1", "B#1", "B#2", "B#3", "C#1"] {
        put(table, &record(clock, "P", sk, 1), Condition::Absent).await?;
    }
    let page = table.query(&Query::prefix("P", "B#").backward().limit(2)).await?;
    assert_eq!(sort_keys(&page.items), ["B#3", "B#2"]);
    let rest = table.query(&Query::prefix("P", "B#").backward().after(page.next)).await?;
    assert_eq!(sort_keys(&rest.items), ["B#1"]);
    Ok(())
}

pub async fn a_page_ends_at_one_megabyte(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    for number in 0..5 {
        let mut large = record(clock, "P", &format!("S#{number}"), 1);
        large.body = Body::from_json(format!("{{\"Text\":\"{}\"}}", "x".repeat(300 * 1024)));
        put(table, &large, Condition::Absent).await?;
    }
    let page = table.query(&Query::prefix("P", "")).await?;
    let bytes: usize = page.items.iter().map(Record::size).sum();
    assert!(page.next.is_some() && bytes <= MAX_PAGE_BYTES + MAX_RECORD_BYTES, "{bytes} bytes in one page");
    assert_eq!(query_all(table, Query::prefix("P", "")).await?.len(), 5);
    Ok(())
}

pub async fn the_sparse_index_holds_what_is_due(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let due_at = |seconds: u64| keys::due(clock.now() + Duration::from_secs(seconds), "one");
    let shard: u8 = due_at(0).pk.trim_start_matches("DUE#").parse().unwrap_or(u8::MAX);
    let with_due = |sk: &str, number, due: Option<DueKey>| Record { due, ..record(clock, "P", sk, number) };
    let (soon, later) = (with_due("SOON", 1, Some(due_at(5))), with_due("LATER", 1, Some(due_at(50))));
    for made in [&soon, &later, &with_due("NEVER", 1, None)] {
        put(table, made, Condition::Absent).await?;
    }
    let due = |seconds| Query::due(shard, clock.now() + Duration::from_secs(seconds));
    assert!(query_all(table, due(5)).await?.is_empty());
    let found = query_all(table, due(6)).await?;
    assert_eq!(sort_keys(&found), ["SOON"]);
    assert_eq!((&found[0].due, found[0].body.as_json()), (&soon.due, "{}"));
    assert_eq!(sort_keys(&query_all(table, due(60)).await?), ["SOON", "LATER"]);
    put(table, &with_due("SOON", 2, None), Condition::Revision(soon.revision)).await?;
    assert_eq!(sort_keys(&query_all(table, due(60)).await?), ["LATER"]);
    Ok(())
}

pub async fn limits_are_refused(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let many: Vec<Key> = (0..=MAX_KEYS).map(|number| key("P", &number.to_string())).collect();
    assert_eq!(table.get(&many).await.err().map(|error| error.kind()), Some(Kind::Internal));
    let puts = |count: usize, bytes: usize| -> Vec<Change> {
        let body = Body::from_json(format!("{{\"Text\":\"{}\"}}", "x".repeat(bytes)));
        let of = |number: usize| Record { body: body.clone(), ..record(clock, "P", &format!("{number:04}"), 1) };
        (0..count).map(|number| Change::Put(of(number), Condition::Always)).collect()
    };
    let twice = vec![puts(1, 1).remove(0), Change::Check(key("P", "0000"), Condition::Always)];
    let refused = [
        ("changes", puts(MAX_CHANGES + 1, 1)),
        ("bytes", puts(40, MAX_COMMIT_BYTES / 40 + 1)),
        ("record", puts(1, MAX_RECORD_BYTES + 1)),
        ("one key twice", twice),
    ];
    for (limit, changes) in refused {
        assert_eq!(kind_of(table.commit(changes).await), Some(Kind::Internal), "{limit}");
    }
    assert!(query_all(table, Query::prefix("P", "")).await?.is_empty());
    table.commit(puts(MAX_CHANGES, 1)).await
}

pub async fn of_many_writers_one_wins(table: &dyn Table, clock: &Arc<ManualClock>) -> Result<()> {
    let first = record(clock, "P", "S", 1);
    put(table, &first, Condition::Absent).await?;
    let writes: Vec<Record> = (0..20).map(|_| record(clock, "P", "S", 2)).collect();
    let racing = writes.iter().map(|write| put(table, write, Condition::Revision(first.revision)));
    let outcomes = futures_util::future::join_all(racing).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let winner = outcomes.iter().position(Result::is_ok).and_then(|winner| writes.get(winner));
    assert_eq!(get_one(table, &first.key).await?.as_ref(), winner);
    Ok(())
}
