//! One table, or several over one file.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use super::super::schema::give_to_owner_of;
use super::super::schema::{APPLICATION_ID, MIGRATIONS, use_log};
use super::super::{EmbeddedTable, InlineTable, TableFile};
use super::stage::{back_up, clock, in_a_file, put};
use crate::check::Source as _;
use crate::clock::{Clock, Timestamp};
use crate::error::Kind;
use crate::table::{Change, DueKey, Key, Known, Query, Table, conformance};

mod file {
    crate::conformance_tests!(super::in_a_file());
}

mod memory {
    crate::conformance_tests!({
        let clock = super::clock();
        (super::EmbeddedTable::in_memory(clock.clone()).unwrap(), clock)
    });
}

mod inline {
    crate::conformance_tests!({
        let clock = super::clock();
        (super::InlineTable::in_memory(clock.clone()).unwrap(), clock)
    });
}

#[test]
fn a_table_on_the_caller_s_thread_is_checked_and_answers_before_it_is_asked_again() {
    let clock = clock();
    let table = InlineTable::in_memory(clock.clone()).unwrap();
    let asking = std::pin::pin!(table.commit(put("A")));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(asking.poll(&mut context).is_ready());
    let mut seen = Vec::new();
    let mut look = |key: Key, _| {
        seen.push(table.find(&key)?.is_some());
        Ok(())
    };
    table.each(&mut look).unwrap();
    assert_eq!(seen, [true]);
    assert!(crate::check::check(&table, clock.now(), &[]).unwrap().is_clean());
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    drop(table);
    let path = directory.path().join("data/wishlist.db");
    let again = EmbeddedTable::open(&path, clock).unwrap();
    assert_eq!(again.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn two_tables_share_a_file() {
    let (one, clock, directory) = in_a_file();
    let other = EmbeddedTable::open(&directory.path().join("data/wishlist.db"), clock).unwrap();
    for number in 0..50 {
        let (mine, yours) =
            tokio::join!(one.commit(put(&format!("A{number}"))), other.commit(put(&format!("B{number}"))));
        mine.unwrap();
        yours.unwrap();
    }
    assert_eq!(one.query(&Query::prefix("P", "")).await.unwrap().items.len(), 100);
    assert_eq!(other.query(&Query::prefix("P", "")).await.unwrap().items.len(), 100);
}

#[test]
fn many_openers_of_a_fresh_directory_all_find_a_table() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("wishlist.db");
        let openers: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || EmbeddedTable::open(&path, clock()))
            })
            .collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn directory_and_file_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_table, _, directory) = in_a_file();
    let mode = |path: &str| std::fs::metadata(directory.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/wishlist.db"), mode("data/wishlist.db-wal")), (0o700, 0o600, 0o600));
}

/// Only an administrator gives files away, so for anybody else there is nothing to see.
#[cfg(unix)]
#[test]
fn what_the_administrator_makes_belongs_to_the_owner_of_the_directory() {
    use std::os::unix::fs::{MetadataExt, chown};
    let directory = tempfile::tempdir().unwrap();
    let (path, somebody) = (directory.path().join("wishlist.db"), 12_345);
    if chown(directory.path(), Some(somebody), Some(somebody)).is_err() {
        return;
    }
    std::fs::write(&path, "").unwrap();
    give_to_owner_of(directory.path(), &path);
    let owner = std::fs::metadata(&path).unwrap();
    assert_eq!((owner.uid(), owner.gid()), (somebody, somebody));
    // Whose file it is already keeps the group that it gave it.
    chown(&path, None, Some(somebody + 1)).unwrap();
    give_to_owner_of(directory.path(), &path);
    assert_eq!(std::fs::metadata(&path).unwrap().gid(), somebody + 1);
}

#[test]
fn a_file_of_this_version_opens_while_another_connection_writes() {
    let (_table, clock, directory) = in_a_file();
    let path = directory.path().join("data/wishlist.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    EmbeddedTable::open(&path, clock).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn the_log_is_waited_for_while_another_connection_has_the_file_and_for_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let (path, text) = (directory.path().join("wishlist.db"), directory.path().join("text"));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (c); BEGIN EXCLUSIVE").unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let mut pauses = 0;
    let pause = || {
        pauses += 1;
        other.execute_batch("COMMIT").unwrap();
    };
    use_log(&connection, pause).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), pauses), ("wal", 1));
    // As long as the header of a file of SQLite, which is read to know it.
    std::fs::write(&text, "no table ".repeat(20)).unwrap();
    let refusal = use_log(&rusqlite::Connection::open(&text).unwrap(), || unreachable!("it stays a text")).unwrap_err();
    assert_eq!(refusal.sqlite_error_code(), Some(rusqlite::ErrorCode::NotADatabase));
}

#[test]
fn a_file_that_is_not_ours_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("notes.txt");
    std::fs::write(&text, "dear diary, this is certainly not a database at all; ".repeat(30)).unwrap();
    let foreign = directory.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE diary (day TEXT)").unwrap();
    for path in [text, foreign] {
        let before = std::fs::read(&path).unwrap();
        let refusal = EmbeddedTable::open(&path, clock()).unwrap_err();
        assert_eq!(refusal.kind(), Kind::Invalid);
        assert!(refusal.to_string().contains(&path.display().to_string()), "{refusal}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn a_file_of_any_older_schema_is_brought_up_with_all_that_it_holds() {
    for steps in 1..MIGRATIONS.len() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("wishlist.db");
        let old = rusqlite::Connection::open(&path).unwrap();
        old.execute_batch(&MIGRATIONS[..steps].concat()).unwrap();
        old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        old.pragma_update(None, "user_version", steps).unwrap();
        let write = "01920000-0000-7000-8000-000000000001";
        old.execute_batch(&format!(
            "INSERT INTO records (pk, sk, revision, write_id, expires_at, due_pk, due_sk, body) VALUES
                ('P', 'A', 3, '{write}', NULL, 'DUE#0', 'D', '{{\"Number\":1}}'), ('P', 'B', 1, '{write}', 1, NULL, NULL, '{{}}'),
                ('P', 'C', 1, '{write}', 9000000000000, NULL, NULL, '{{\"Text\":\"{}\"}}')",
            "x".repeat(9000)
        ))
        .unwrap();
        drop(old);
        let table = EmbeddedTable::open(&path, clock()).unwrap();
        let records = table.query(&Query::prefix("P", "")).await.unwrap().items;
        let [first, last] = &records[..] else { panic!("{records:?}") };
        assert_eq!(
            (&*first.key.sk, first.revision.number, first.revision.write.to_string()),
            ("A", 3, write.to_owned())
        );
        assert_eq!(first.due, Some(DueKey { pk: "DUE#0".to_owned(), sk: "D".to_owned() }));
        assert_eq!((&*last.key.sk, last.body.as_json().len(), last.expires_at.is_some()), ("C", 9011, true));
        assert_eq!(table.purge_expired().await.unwrap(), 1);
        table.commit(put("B")).await.unwrap();
        assert_eq!(table.query(&Query::prefix("P", "")).await.unwrap().items.len(), 3);
    }
}

#[tokio::test]
async fn a_read_that_panics_costs_none_that_waits_with_it() {
    let (table, _clock, _directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let table = Arc::new(table);
    let panics = Query::prefix("P", "").except(Known::new(|_, _| panic!("asked")));
    let calls = (0..40).map(|number| {
        let (table, query) =
            (Arc::clone(&table), if number % 4 == 0 { panics.clone() } else { Query::prefix("P", "") });
        async move { table.query(&query).await.map(|page| page.items.len()) }
    });
    // From one thread, so that all of them wait at one reader.
    for (number, outcome) in futures_util::future::join_all(calls).await.into_iter().enumerate() {
        match outcome {
            Ok(records) => assert!(number % 4 != 0 && records == 1, "{number}: {records}"),
            Err(error) => assert!(number % 4 == 0 && error.kind() == Kind::Unavailable, "{number}: {error}"),
        }
    }
}

#[test]
fn a_newer_schema_is_refused_by_name() {
    let (table, clock, directory) = in_a_file();
    drop(table);
    let path = directory.path().join("data/wishlist.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let refusal = EmbeddedTable::open(&path, clock).unwrap_err();
    assert_eq!(refusal.kind(), Kind::Invalid);
    assert!(refusal.to_string().contains("newer version (schema 99"), "{refusal}");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refusal = EmbeddedTable::open(&file.join("wishlist.db"), clock()).unwrap_err();
    assert_eq!(refusal.kind(), Kind::Unavailable);
    assert!(refusal.to_string().contains("choose another data directory"), "{refusal}");
    assert!(refusal.source().is_some());
}

#[tokio::test]
async fn expired_records_are_removed_for_good() {
    let (table, clock, _directory) = in_a_file();
    let mut changes = put("SHORT");
    changes.extend(put("LONG"));
    if let Change::Put(record, _) = &mut changes[0] {
        record.expires_at = Some(clock.now() + Duration::from_secs(1));
    }
    table.commit(changes).await.unwrap();
    assert_eq!(table.purge_expired().await.unwrap(), 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(table.purge_expired().await.unwrap(), 1);
    assert_eq!(table.purge_expired().await.unwrap(), 0);
    assert_eq!(table.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn one_bad_commit_of_a_group_does_not_take_the_others_with_it() {
    let (table, clock, _directory) = in_a_file();
    let all =
        (0..30).map(|number| table.commit(put(if number % 3 == 0 { "SAME" } else { ["A", "B"][number % 3 - 1] })));
    let outcomes = futures_util::future::join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    conformance::a_check_changes_nothing(&table, &clock).await.unwrap_or_else(|error| panic!("{error}"));
}

/// A clock that panics when it is told to: a fault inside a thread of the table.
#[derive(Debug, Default)]
struct BrokenClock(std::sync::atomic::AtomicBool);

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(std::sync::atomic::Ordering::SeqCst), "the clock is broken");
        Timestamp::from_millis(1)
    }
}

#[tokio::test]
async fn a_panic_costs_the_work_that_it_met_and_no_more() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), Arc::new(BrokenClock::default()));
    let table = EmbeddedTable::open(&directory.path().join("wishlist.db"), clock.clone()).unwrap();
    table.commit(put("BEFORE")).await.unwrap();
    let key = Key { pk: "P".to_owned(), sk: "BEFORE".to_owned() };
    clock.0.store(true, std::sync::atomic::Ordering::SeqCst);
    for _ in 0..6 {
        assert_eq!(table.commit(put("MEANWHILE")).await.unwrap_err().kind(), Kind::Unavailable);
        assert_eq!(table.get(std::slice::from_ref(&key)).await.unwrap_err().kind(), Kind::Unavailable);
    }
    clock.0.store(false, std::sync::atomic::Ordering::SeqCst);
    table.commit(put("AFTER")).await.unwrap();
    let kept = table.query(&Query::prefix("P", "")).await.unwrap().items;
    assert_eq!(kept.iter().map(|record| record.key.sk.as_str()).collect::<Vec<_>>(), ["AFTER", "BEFORE"]);
}

#[test]
fn what_is_no_table_and_what_is_damaged_are_told_apart() {
    let (table, _, directory) = in_a_file();
    let (path, damaged) = (directory.path().join("data/wishlist.db"), directory.path().join("damaged.db"));
    back_up(&path, &damaged);
    drop(table);
    // The header stays, and what lists the tables is nothing that was ever written.
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[100..200].fill(0xff);
    std::fs::write(&damaged, &bytes).unwrap();
    let text = directory.path().join("text");
    std::fs::write(&text, "no table ".repeat(100)).unwrap();
    for (path, says) in [
        (&damaged, "is damaged or cut off"),
        (&text, "is not a Smart Wishlist database; name a file that `backup` wrote"),
    ] {
        let refusal = TableFile::open(path).unwrap_err();
        assert!(refusal.kind() == Kind::Invalid && refusal.to_string().contains(says), "{refusal}");
    }
}
