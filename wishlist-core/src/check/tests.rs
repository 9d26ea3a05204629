//! What is wrong is found, each thing by name, and what is right is not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Report, Rule};
use crate::clock::{Clock, ManualClock, SeededRandom, Timestamp};
use crate::model::{ItemDraft, Viewer, WishlistDraft};
use crate::operations::Engine;
use crate::queue::NoQueue;
use crate::table::{EmbeddedTable, TableFile};

const NOW: Timestamp = Timestamp::from_millis(1_795_368_000_000);

/// One person, a list with an item that has a link and one that has none, and a deleted list whose item is still there.
async fn fill(path: &Path) {
    let clock = Arc::new(ManualClock::new(NOW));
    let table = Arc::new(EmbeddedTable::open(path, clock.clone()).unwrap());
    let engine = Engine::new(table.clone(), Arc::new(NoQueue), clock, Arc::new(SeededRandom::new(1)));
    let alice = Viewer { user: "alice".parse().unwrap() };
    engine.register(&alice.user, "alice@example.com", None).await.unwrap();
    let draft = |name: &str| WishlistDraft { name: name.to_owned(), ..WishlistDraft::default() };
    let link = ItemDraft { url: Some("https://shop.example/kettle".to_owned()), ..ItemDraft::default() };
    let plain = ItemDraft { title: Some("A walk".to_owned()), ..ItemDraft::default() };
    let kept = engine.create_wishlist(&alice, &draft("Birthday"), None).await.unwrap();
    for item in [&link, &plain] {
        engine.add_item(&alice, kept.id, item, None).await.unwrap();
    }
    let deleted = engine.create_wishlist(&alice, &draft("Old"), None).await.unwrap();
    engine.add_item(&alice, deleted.id, &link, None).await.unwrap();
    engine.delete_wishlist(&alice, deleted.id, None).await.unwrap();
    assert!(table.check(&[]).await.unwrap().is_clean());
}

fn report(path: &Path, now: Timestamp) -> Report {
    TableFile::open(path).unwrap().check(now, &[]).unwrap()
}

#[tokio::test]
async fn each_planted_fault_is_found_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let whole = directory.path().join("whole.db");
    fill(&whole).await;
    let clean = report(&whole, NOW);
    assert!(clean.is_clean(), "{clean:?}");
    assert_eq!((clean.records["item"], clean.records["watcher"], clean.records["job"]), (3, 2, 1));
    #[rustfmt::skip]
    let rows: &[(&str, &str, &str)] = &[
        ("UPDATE records SET body = '{' WHERE sk = 'WISHLIST'", "wishlist", "it cannot be read as what its key says it is"),
        ("UPDATE records SET body = json_set(body, '$.ItemCount', 7) WHERE sk = 'WISHLIST'", "wishlist", "it counts another number of items than there are"),
        ("UPDATE records SET sk = 'ITEM#01920000-0000-7000-8000-000000000001' WHERE body LIKE '%A walk%'", "item", "its own ids are not those of its key"),
        ("UPDATE records SET due_pk = NULL, due_sk = NULL WHERE sk LIKE 'ITEM#%'", "item", "its entry in the index of what is due is not the one that it says"),
        ("UPDATE records SET due_pk = NULL, due_sk = NULL, body = json_remove(body, '$.Visit') WHERE sk LIKE 'ITEM#%'", "item", "it is pending and never due"),
        ("UPDATE records SET expires_at = 99999999999999 WHERE sk LIKE 'ITEM#%'", "item", "it does not expire when it says"),
        ("DELETE FROM records WHERE sk LIKE 'WATCH#%'", "item", "it does not watch its page"),
        ("UPDATE records SET body = json_set(body, '$.URL', 'https://shop.example/pot') WHERE sk LIKE 'ITEM#%' AND body LIKE '%kettle%'", "watcher", "its item has another page"),
        ("DELETE FROM records WHERE sk LIKE 'ITEM#%'", "watcher", "its item is not there"),
        ("DELETE FROM records WHERE pk LIKE 'JOB#%'", "item", "its wishlist is not there, and no job is removing what is left"),
        ("UPDATE records SET body = json_set(body, '$.CreatedAt', '2020-01-01T00:00:00.000Z') WHERE pk LIKE 'JOB#%'", "job", "it is not done after a day"),
        ("DELETE FROM records WHERE sk = 'WISHLIST'", "my lists", "its wishlist is not there"),
        ("UPDATE records SET body = json_set(body, '$.Owner', 'bob') WHERE sk = 'WISHLIST'", "my lists", "its wishlist is somebody else's"),
        ("DELETE FROM records WHERE pk LIKE 'USER#%' AND sk LIKE 'WISHLIST#%'", "wishlist", "it is not among its owner's lists"),
        ("UPDATE records SET body = json_set(body, '$.WishlistCount', 2) WHERE sk = 'USER'", "user", "it counts another number of wishlists than they own"),
        ("DELETE FROM records WHERE sk = 'USER'", "my lists", "its user is not there"),
        ("UPDATE records SET write_id = 'x' WHERE sk = 'USER'", "user", "its columns are not those of a record"),
    ];
    for (number, (fault, record, what)) in rows.iter().enumerate() {
        let broken = directory.path().join(format!("{number}.db"));
        std::fs::copy(&whole, &broken).unwrap();
        assert!(rusqlite::Connection::open(&broken).unwrap().execute(fault, []).unwrap() > 0, "{fault}");
        let report = report(&broken, NOW);
        let named = report.violations.iter().any(|violation| (violation.record, violation.what) == (record, what));
        assert!(named, "{fault}: {:?}", report.violations);
        let told: String = report.violations.iter().map(ToString::to_string).collect();
        assert!(!told.contains("A walk") && !told.contains("kettle"), "{told}");
    }
}

#[tokio::test]
async fn an_item_that_nobody_fills_is_found_when_its_time_is_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    fill(&path).await;
    assert!(report(&path, NOW + Duration::from_hours(23)).is_clean());
    let late = report(&path, NOW + Duration::from_hours(25));
    let told: Vec<_> = late.violations.iter().map(|violation| violation.what).collect();
    let pending = "it is pending for longer than a day";
    assert_eq!(told, ["it is not done after a day", pending, pending]);
}

#[tokio::test]
async fn what_no_longer_exists_counts_for_nothing_and_what_is_unknown_is_no_fault() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    fill(&path).await;
    let insert = "INSERT INTO records (pk, sk, revision, write_id, expires_at, body)
        VALUES (?1, ?2, 1, '00000000-0000-0000-0000-000000000001', ?3, 'not even JSON')";
    let connection = rusqlite::Connection::open(&path).unwrap();
    for (pk, sk, expires_at) in [
        ("GOSSIP#alice@example.com", "GOSSIP", None),
        ("alice@example.com", "X", None),
        ("HOST#shop.example", "LANE#0", Some(NOW.as_millis())),
        ("SIGNING", "KEY#000001", None),
    ] {
        connection.execute(insert, (pk, sk, expires_at)).unwrap();
    }
    let report = report(&path, NOW);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.expired, report.unchecked), (1, 1));
    let unknown: Vec<_> = report.unknown.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    assert_eq!(unknown, [("GOSSIP", 1), ("…", 1)]);
}

#[tokio::test]
async fn a_rule_of_another_crate_is_asked_for_its_own_records() {
    const RULE: Rule = Rule {
        record: "signing key",
        check: |at, record| {
            at.expect(record.body.as_json() == "{}", "it is not as expected");
            Ok(())
        },
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    fill(&path).await;
    let insert = "INSERT INTO records (pk, sk, revision, write_id, body)
        VALUES ('SIGNING', 'KEY#000001', 1, '00000000-0000-0000-0000-000000000001', '[]')";
    rusqlite::Connection::open(&path).unwrap().execute(insert, []).unwrap();
    let found = TableFile::open(&path).unwrap().check(NOW, &[RULE]).unwrap();
    let told: Vec<_> = found.violations.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["signing key SIGNING KEY#000001: it is not as expected"]);
}

#[tokio::test]
async fn a_check_sees_one_moment_while_others_write() {
    let clock = Arc::new(ManualClock::new(NOW));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    let table = Arc::new(EmbeddedTable::open(&path, clock.clone()).unwrap());
    let engine = Engine::new(table, Arc::new(NoQueue), clock.clone(), Arc::new(SeededRandom::new(2)));
    let alice = Viewer { user: "alice".parse().unwrap() };
    let draft = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
    let list = engine.create_wishlist(&alice, &draft, None).await.unwrap().id;
    let plain = ItemDraft { title: Some("A walk".to_owned()), ..ItemDraft::default() };
    let adding = async {
        for _ in 0..200 {
            engine.add_item(&alice, list, &plain, None).await.unwrap();
        }
    };
    let (now, file) = (clock.now(), path.clone());
    let checking = tokio::task::spawn_blocking(move || {
        for _ in 0..40 {
            let found = report(&file, now);
            assert!(found.is_clean(), "{found:?}");
        }
    });
    let ((), checked) = tokio::join!(adding, checking);
    checked.unwrap();
    assert_eq!(report(&path, now).records["item"], 200);
}
