//! What only the embedded table promises; the rest is in the conformance list.

use std::error::Error as _;
use std::ops::ControlFlow;
use std::time::Duration;

use std::sync::Arc;

use super::schema::{APPLICATION_ID, BUSY_TIMEOUT, MIGRATIONS, use_log};
use super::transfer::{Aside, Link, folder_of, link};
use super::{EmbeddedTable, Existing, InlineTable, Progress, TableFile};
use crate::check::Source as _;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::error::Kind;
use crate::table::{Body, Change, Condition, DueKey, Key, Known, Query, Record, Revision, Table, conformance};

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

/// Only an administrator gives files away, so for anybody else there is nothing to see.
#[cfg(unix)]
#[test]
fn what_the_administrator_makes_belongs_to_the_owner_of_the_directory() {
    use super::schema::give_to_owner_of;
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
fn a_file_of_this_version_opens_while_another_process_writes() {
    let (_table, clock, directory) = in_a_file();
    let path = directory.path().join("data/wishlist.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    EmbeddedTable::open(&path, clock).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn the_log_is_waited_for_while_another_process_has_the_file_and_for_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let (path, text) = (directory.path().join("wishlist.db"), directory.path().join("text"));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (c); BEGIN EXCLUSIVE").unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let waiting = std::thread::spawn(move || use_log(&connection).map(|()| connection));
    std::thread::sleep(Duration::from_millis(50));
    assert!(!waiting.is_finished());
    other.execute_batch("COMMIT").unwrap();
    let connection = waiting.join().unwrap().unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    std::fs::write(
        &text,
        "a text that is as long as the header of a file of SQLite is: a hundred bytes, which are read to know it",
    )
    .unwrap();
    let began = std::time::Instant::now();
    let refusal = use_log(&rusqlite::Connection::open(&text).unwrap()).unwrap_err();
    assert_eq!(refusal.sqlite_error_code(), Some(rusqlite::ErrorCode::NotADatabase));
    assert!(began.elapsed() < BUSY_TIMEOUT);
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

#[tokio::test]
async fn a_backup_is_of_one_moment_while_others_write() {
    let (table, clock, directory) = in_a_file();
    for number in 0..30 {
        table.commit(put(&format!("A{number:04}"))).await.unwrap();
    }
    let target = directory.path().join("backup.db");
    let source = TableFile::open(&directory.path().join("data/wishlist.db")).unwrap();
    let written = futures_util::future::join_all((0..300).map(|number| table.commit(put(&format!("B{number:04}")))));
    let copied = tokio::task::spawn_blocking(move || {
        let (mut steps, path) = (0, target.clone());
        source.back_up(&target, Existing::Refuse, &mut |_| {
            steps += 1;
            ControlFlow::Continue(())
        })?;
        Ok::<_, crate::Error>((steps, path))
    });
    let (written, copied) = tokio::join!(written, copied);
    assert!(written.iter().all(Result::is_ok));
    let (steps, path) = copied.unwrap().unwrap();
    assert!(steps > 0);
    let copy = EmbeddedTable::open(&path, clock).unwrap();
    let kept = copy.query(&Query::prefix("P", "")).await.unwrap().items.len();
    assert!((30..=330).contains(&kept), "{kept}");
}

#[tokio::test]
async fn a_copy_that_is_ended_or_refused_leaves_nothing() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let source = TableFile::open(&directory.path().join("data/wishlist.db")).unwrap();
    let target = directory.path().join("backup.db");
    let ended = source.back_up(&target, Existing::Refuse, &mut |_| ControlFlow::Break(())).unwrap_err();
    assert!(ended.to_string().contains("nothing is left of it"), "{ended}");
    let names =
        || std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(names(), ["data"]);
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    source.back_up(&target, Existing::Refuse, go_on).unwrap();
    assert_eq!(source.back_up(&target, Existing::Refuse, go_on).unwrap_err().kind(), Kind::Conflict);
    source.back_up(&target, Existing::Replace, go_on).unwrap();
    let backup = TableFile::open(&target).unwrap();
    let place = directory.path().join("data/wishlist.db");
    let in_use = backup.restore(&place, Existing::Replace, clock.now(), go_on).unwrap_err();
    assert!(in_use.to_string().contains("a server has"), "{in_use}");
    drop(table);
    drop(source);
    assert_eq!(backup.restore(&place, Existing::Refuse, clock.now(), go_on).unwrap_err().kind(), Kind::Conflict);
    let kept = backup.restore(&place, Existing::Replace, clock.now(), go_on).unwrap().unwrap();
    assert!(kept.to_string_lossy().contains(".before-restore-2026"), "{}", kept.display());
    for file in [place, kept] {
        let again = EmbeddedTable::open(&file, clock.clone()).unwrap();
        assert_eq!(again.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
    }
}

#[test]
fn what_is_replaced_has_a_name_at_every_moment() {
    let (table, clock, directory) = in_a_file();
    drop(table);
    let path = directory.path().join("data/wishlist.db");
    let bytes = std::fs::read(&path).unwrap();
    let aside = Aside::put(&path, clock.now(), link).unwrap();
    let kept = aside.kept.clone();
    assert_eq!((std::fs::read(&path).unwrap(), std::fs::read(&kept).unwrap()), (bytes.clone(), bytes.clone()));
    let again = Aside::put(&path, clock.now(), link).map(|aside| aside.kept).unwrap_err();
    assert!(again.to_string().contains(&kept.display().to_string()), "{again}");
    assert_eq!((std::fs::read(&path).unwrap(), std::fs::read(&kept).unwrap()), (bytes.clone(), bytes));
}

#[tokio::test]
async fn what_a_dead_process_left_in_its_log_is_in_the_file_that_is_kept() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let (data, left) = (directory.path().join("data"), tempfile::tempdir().unwrap());
    for name in ["wishlist.db", "wishlist.db-wal"] {
        std::fs::copy(data.join(name), left.path().join(name)).unwrap();
    }
    let kept = Aside::put(&left.path().join("wishlist.db"), clock.now(), link).unwrap().kept;
    let alone = left.path().join("alone.db");
    std::fs::copy(&kept, &alone).unwrap();
    let alone = EmbeddedTable::open(&alone, clock).unwrap();
    assert_eq!(alone.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
}

#[test]
fn a_name_that_cannot_be_taken_leaves_everything_where_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    std::fs::write(&path, "").unwrap();
    let aside = Aside::put(&path, clock().now(), link).unwrap();
    let kept = aside.kept.clone();
    aside.put_back().unwrap();
    std::fs::create_dir(&kept).unwrap();
    let no_link: Link = |_, _| Err(std::io::ErrorKind::Unsupported.into());
    assert_eq!(Aside::put(&path, clock().now(), no_link).map(drop).unwrap_err().kind(), Kind::Unavailable);
    assert!(path.is_file() && kept.is_dir());
}

#[test]
fn a_file_that_comes_while_it_is_copied_is_not_replaced() {
    let (table, _, directory) = in_a_file();
    let copy = directory.path().join("copy.db");
    let come = &mut |_: Progress| {
        std::fs::write(&copy, "somebody's").unwrap();
        ControlFlow::Continue(())
    };
    let file = TableFile::open(&directory.path().join("data/wishlist.db")).unwrap();
    assert_eq!(file.back_up(&copy, Existing::Refuse, come).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "somebody's");
    drop(table);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced() {
    let (table, clock, directory) = in_a_file();
    drop(table);
    let (path, backup) = (directory.path().join("data/wishlist.db"), directory.path().join("backup.db"));
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    let file = TableFile::open(&path).unwrap();
    file.back_up(&backup, Existing::Refuse, go_on).unwrap();
    let (link, folder) = (directory.path().join("link"), directory.path().join("folder"));
    std::os::unix::fs::symlink(&backup, &link).unwrap();
    std::fs::create_dir(&folder).unwrap();
    for target in [&link, &folder] {
        assert_eq!(file.back_up(target, Existing::Replace, go_on).unwrap_err().kind(), Kind::Conflict);
        let restored = file.restore(target, Existing::Replace, clock.now(), go_on);
        assert_eq!(restored.unwrap_err().kind(), Kind::Conflict);
    }
    assert!(link.is_symlink() && folder.is_dir());
}

#[cfg(unix)]
#[test]
fn no_copy_takes_the_place_of_a_file_that_belongs_to_the_table() {
    let (table, _, directory) = in_a_file();
    let path = directory.path().join("data/wishlist.db");
    let beside = |name: &str| directory.path().join("data").join(name);
    std::fs::hard_link(&path, directory.path().join("hard.db")).unwrap();
    std::os::unix::fs::symlink(&path, directory.path().join("soft.db")).unwrap();
    let names = ["wishlist.db", "wishlist.db-wal", "wishlist.db-journal", "wishlist.db-lock"].map(beside);
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    let file = TableFile::open(&path).unwrap();
    let linked = TableFile::open(&directory.path().join("soft.db")).unwrap();
    for (file, target) in
        names.iter().chain([&directory.path().join("hard.db")]).flat_map(|name| [(&file, name), (&linked, name)])
    {
        let refusal = file.back_up(target, Existing::Replace, go_on).unwrap_err();
        assert!(refusal.to_string().contains("belongs to the data directory"), "{refusal}");
    }
    file.back_up(&beside("another.db"), Existing::Refuse, go_on).unwrap();
    drop(table);
}

#[test]
fn what_is_no_table_and_what_is_damaged_are_told_apart() {
    let (table, _, directory) = in_a_file();
    let (path, damaged) = (directory.path().join("data/wishlist.db"), directory.path().join("damaged.db"));
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    TableFile::open(&path).unwrap().back_up(&damaged, Existing::Refuse, go_on).unwrap();
    drop(table);
    // The header stays, and what lists the tables is nothing that was ever written.
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[100..200].fill(0xff);
    std::fs::write(&damaged, &bytes).unwrap();
    let text = directory.path().join("text");
    std::fs::write(&text, "no table ".repeat(100)).unwrap();
    for (path, says) in [(&damaged, "is damaged or cut off"), (&text, "is not a Smart Wishlist database")] {
        let refusal = TableFile::open(path).unwrap_err();
        assert!(refusal.kind() == Kind::Invalid && refusal.to_string().contains(says), "{refusal}");
    }
}

#[test]
fn a_name_alone_is_in_the_folder_where_one_is() {
    let rows = [("wishlist.db", "."), ("data/wishlist.db", "data"), ("/wishlist.db", "/")];
    for (name, folder) in rows {
        assert_eq!(folder_of(std::path::Path::new(name)), std::path::Path::new(folder));
    }
}

#[test]
fn what_could_not_be_replaced_has_its_name_again_and_its_log() {
    for link in [link as Link, |_, _| Err(std::io::ErrorKind::Unsupported.into())] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("wishlist.db");
        // Empty, so that nothing opens it and takes its log away.
        std::fs::write(&path, "").unwrap();
        std::fs::write(directory.path().join("wishlist.db-wal"), "log").unwrap();
        let names = || {
            let entries = std::fs::read_dir(directory.path()).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
        };
        let before = names();
        let aside = Aside::put(&path, clock().now(), link).unwrap();
        let mut log = aside.kept.clone().into_os_string();
        log.push("-wal");
        assert!(aside.kept.exists() && std::path::Path::new(&log).exists());
        assert!(!directory.path().join("wishlist.db-wal").exists());
        aside.put_back().unwrap();
        assert_eq!(names(), before);
    }
}

#[tokio::test]
async fn a_log_that_lost_its_file_is_not_read_with_what_is_restored() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let (path, backup) = (directory.path().join("data/wishlist.db"), directory.path().join("backup.db"));
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    TableFile::open(&path).unwrap().back_up(&backup, Existing::Refuse, go_on).unwrap();
    drop(table);
    std::fs::remove_file(&path).unwrap();
    let log = directory.path().join("data/wishlist.db-wal");
    std::fs::write(&log, "log").unwrap();
    let backup = TableFile::open(&backup).unwrap();
    assert_eq!(backup.restore(&path, Existing::Refuse, clock.now(), go_on).unwrap_err().kind(), Kind::Conflict);
    backup.restore(&path, Existing::Replace, clock.now(), go_on).unwrap();
    assert!(!log.exists());
}

#[tokio::test]
async fn a_file_that_holds_nothing_is_in_nobodys_way() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let (backup, fresh) = (directory.path().join("backup.db"), directory.path().join("fresh.db"));
    let go_on = &mut |_: Progress| ControlFlow::Continue(());
    let path = directory.path().join("data/wishlist.db");
    TableFile::open(&path).unwrap().back_up(&backup, Existing::Refuse, go_on).unwrap();
    std::fs::write(&fresh, "").unwrap();
    let backup = TableFile::open(&backup).unwrap();
    assert_eq!(backup.restore(&fresh, Existing::Refuse, clock.now(), go_on).unwrap(), None);
    let restored = EmbeddedTable::open(&fresh, clock).unwrap();
    assert_eq!(restored.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
}
