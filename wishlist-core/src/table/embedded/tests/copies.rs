//! Copies of a table: what is backed up and restored, and what is never replaced.

use std::ops::ControlFlow;

use super::super::database::Database;
use super::super::transfer::{Aside, Link, folder_of, link};
use super::super::{EmbeddedTable, Existing, Progress, TableFile};
use super::stage::{back_up, clock, go_on, in_a_file, put};
use crate::clock::Clock as _;
use crate::error::Kind;
use crate::table::{Body, Change, Query, Table as _};

/// A record of 200 KB.
fn put_large(sk: &str) -> Vec<Change> {
    let mut changes = put(sk);
    if let Change::Put(record, _) = &mut changes[0] {
        record.body = Body::from_json(format!("{{\"Text\":\"{}\"}}", "x".repeat(200_000)));
    }
    changes
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    let (_table, clock, directory) = in_a_file();
    let (path, target) = (directory.path().join("data/wishlist.db"), directory.path().join("backup.db"));
    let mut other = Database::open(&path, clock).unwrap();
    // Twice as much as one step copies.
    let before: Vec<_> = (0..40).map(|number| put_large(&format!("A{number}"))).collect();
    assert!(other.commit(&before).iter().all(Result::is_ok));
    let mut steps = 0;
    let write = &mut |_: Progress| {
        steps += 1;
        assert!(other.commit(&[put_large(&format!("B{steps}"))])[0].is_ok());
        // A copy that begins anew with every write never ends.
        if steps < 100 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    TableFile::open(&path).unwrap().back_up(&target, Existing::Refuse, write).unwrap();
    assert!(steps > 1, "{steps}");
    let copy = rusqlite::Connection::open(&target).unwrap();
    let count = "SELECT count(*) FILTER (WHERE sk < 'B'), count(*) FROM records";
    let kept: (usize, usize) = copy.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (before.len(), before.len()));
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
    source.back_up(&target, Existing::Refuse, &mut go_on).unwrap();
    assert_eq!(source.back_up(&target, Existing::Refuse, &mut go_on).unwrap_err().kind(), Kind::Conflict);
    source.back_up(&target, Existing::Replace, &mut go_on).unwrap();
    let backup = TableFile::open(&target).unwrap();
    let place = directory.path().join("data/wishlist.db");
    let in_use = backup.restore(&place, Existing::Replace, clock.now(), &mut go_on).unwrap_err();
    assert!(in_use.to_string().contains("a server has"), "{in_use}");
    drop(table);
    drop(source);
    assert_eq!(backup.restore(&place, Existing::Refuse, clock.now(), &mut go_on).unwrap_err().kind(), Kind::Conflict);
    let kept = backup.restore(&place, Existing::Replace, clock.now(), &mut go_on).unwrap().unwrap();
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
    let file = TableFile::open(&path).unwrap();
    file.back_up(&backup, Existing::Refuse, &mut go_on).unwrap();
    let (link, folder) = (directory.path().join("link"), directory.path().join("folder"));
    std::os::unix::fs::symlink(&backup, &link).unwrap();
    std::fs::create_dir(&folder).unwrap();
    for target in [&link, &folder] {
        assert_eq!(file.back_up(target, Existing::Replace, &mut go_on).unwrap_err().kind(), Kind::Conflict);
        let restored = file.restore(target, Existing::Replace, clock.now(), &mut go_on);
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
    let file = TableFile::open(&path).unwrap();
    let linked = TableFile::open(&directory.path().join("soft.db")).unwrap();
    for (file, target) in
        names.iter().chain([&directory.path().join("hard.db")]).flat_map(|name| [(&file, name), (&linked, name)])
    {
        let refusal = file.back_up(target, Existing::Replace, &mut go_on).unwrap_err();
        assert!(refusal.to_string().contains("belongs to the data directory"), "{refusal}");
    }
    file.back_up(&beside("another.db"), Existing::Refuse, &mut go_on).unwrap();
    drop(table);
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
    back_up(&path, &backup);
    drop(table);
    std::fs::remove_file(&path).unwrap();
    let log = directory.path().join("data/wishlist.db-wal");
    std::fs::write(&log, "log").unwrap();
    let backup = TableFile::open(&backup).unwrap();
    assert_eq!(backup.restore(&path, Existing::Refuse, clock.now(), &mut go_on).unwrap_err().kind(), Kind::Conflict);
    backup.restore(&path, Existing::Replace, clock.now(), &mut go_on).unwrap();
    assert!(!log.exists());
}

#[tokio::test]
async fn a_file_that_holds_nothing_is_in_nobodys_way() {
    let (table, clock, directory) = in_a_file();
    table.commit(put("S")).await.unwrap();
    let (backup, fresh) = (directory.path().join("backup.db"), directory.path().join("fresh.db"));
    let path = directory.path().join("data/wishlist.db");
    back_up(&path, &backup);
    std::fs::write(&fresh, "").unwrap();
    let backup = TableFile::open(&backup).unwrap();
    assert_eq!(backup.restore(&fresh, Existing::Refuse, clock.now(), &mut go_on).unwrap(), None);
    let restored = EmbeddedTable::open(&fresh, clock).unwrap();
    assert_eq!(restored.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
}
