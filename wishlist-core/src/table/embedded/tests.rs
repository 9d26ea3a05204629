//! What only the embedded table promises; the rest is in the conformance list.

use std::error::Error as _;
use std::time::Duration;

use std::sync::Arc;

use super::EmbeddedTable;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::error::Kind;
use crate::table::{Body, Change, Condition, Key, Query, Record, Revision, Table, conformance};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
}

fn in_a_file() -> (EmbeddedTable, Arc<ManualClock>, tempfile::TempDir) {
    let (directory, clock) = (tempfile::tempdir().unwrap(), clock());
    let table = EmbeddedTable::open(&directory.path().join("data/wishlist.db"), clock.clone()).unwrap();
    (table, clock, directory)
}

mod file {
    crate::conformance_tests!(super::in_a_file());
}

mod memory {
    crate::conformance_tests!({
        let clock = super::clock();
        (super::EmbeddedTable::in_memory(clock.clone()).unwrap(), clock)
    });
}

fn put(sk: &str) -> Vec<Change> {
    let key = Key { pk: "P".to_owned(), sk: sk.to_owned() };
    let revision = Revision { number: 1, write: uuid::Uuid::from_u128(1).into() };
    let record = Record { key, revision, expires_at: None, due: None, body: Body::from_json("{}".to_owned()) };
    vec![Change::Put(record, Condition::Absent)]
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
