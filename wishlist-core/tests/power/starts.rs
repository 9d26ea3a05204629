//! Starts that are cut off at each of their steps: of a new file, and of one that an older version wrote.

use wishlist_core::ids::WriteId;
use wishlist_core::table::{Body, Change, Condition, Key, Query, Record, Revision, Table};

use crate::life::{Standing, table};
use crate::losses::losses;
use crate::machine::Image;

/// The schema of the first version, which files of it have for ever.
const FIRST_SCHEMA: &str = include_str!("schema_1.sql");

/// Records in the older file: some of several pages.
const RECORDS: usize = 60;

/// Starts on `image`, loses the power after every number of events there is, and has `look` see what is left each time.
/// Answers how many losses there were.
async fn cut_everywhere(image: &Image, look: impl AsyncFn(&Image, String)) -> usize {
    // At each step one, or as many more as the losses are that the command which proves it asks for.
    let (mut losses, at_each) = (0, 1 + losses() as u64 / 300);
    for events in 1.. {
        for seed in 0..at_each {
            let machine = Standing::start(image, events * at_each + seed);
            machine.cut_after(events);
            let opened = table(&machine.path());
            let is_started = !machine.is_off();
            assert!(opened.is_ok() || !is_started, "only the loss refuses it: {opened:?}");
            look(&machine.lose(), format!("{events} events, loss {seed}")).await;
            losses += 1;
            if is_started {
                return losses;
            }
        }
    }
    unreachable!("it starts in the end")
}

#[tokio::test]
async fn a_first_start_that_is_cut_off_anywhere_can_be_made_again() {
    let losses = cut_everywhere(&Image::new(), async |image, when| {
        let machine = Standing::start(image, 0);
        let table = table(&machine.path()).unwrap_or_else(|error| panic!("{when}: {error}"));
        table.commit(vec![put("A")]).await.unwrap();
        assert_eq!(table.query(&Query::prefix("P", "")).await.unwrap().items.len(), 1);
    })
    .await;
    assert!(losses > 15, "{losses}");
    println!(r#"proof: {{"cases": {losses}}}"#);
}

#[tokio::test]
async fn a_file_of_an_older_version_whose_start_is_cut_off_anywhere_has_all_that_it_held() {
    let losses = cut_everywhere(&older(), async |image, when| {
        let machine = Standing::start(image, 0);
        let path = machine.path();
        let table = table(&path).unwrap_or_else(|error| panic!("{when}: {error}"));
        let records = table.query(&Query::prefix("P", "")).await.unwrap().items;
        assert_eq!(records.len(), RECORDS, "{when}");
        let is_its = |(nth, record): (usize, &Record)| record.body.as_json() == body(nth);
        assert!(records.iter().enumerate().all(is_its), "{when}");
        drop(table);
        let file = wishlist_core::table::TableFile::open(&path).unwrap();
        let faults = [file.integrity().unwrap(), file.foreign().unwrap(), file.lacking().unwrap()].concat();
        assert_eq!(faults, Vec::<String>::new(), "{when}");
    })
    .await;
    assert!(losses > 50, "{losses}");
    println!(r#"proof: {{"cases": {losses}}}"#);
}

/// A file as the first version left it.
fn older() -> Image {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlist.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(FIRST_SCHEMA).unwrap();
    let write = "01920000-0000-7000-8000-000000000001";
    let insert = "INSERT INTO records (pk, sk, revision, write_id, body) VALUES ('P', ?1, 1, ?2, ?3)";
    for nth in 0..RECORDS {
        old.execute(insert, (format!("{nth:04}"), write, body(nth))).unwrap();
    }
    drop(old);
    Image::from([("wishlist.db".to_owned(), std::fs::read(&path).unwrap())])
}

fn body(nth: usize) -> String {
    format!("{{\"Text\":\"{}\"}}", "x".repeat(nth * nth % 9000))
}

fn put(sk: &str) -> Change {
    let revision = Revision { number: 1, write: WriteId::from(uuid::Uuid::from_u128(1)) };
    let key = Key { pk: "P".to_owned(), sk: sk.to_owned() };
    let record = Record { key, revision, expires_at: None, due: None, body: Body::from_json("{}".to_owned()) };
    Change::Put(record, Condition::Absent)
}
