//! What no emulator does: replies that are lost, requests that are refused for the moment, keys that are passed over.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Emulator;
use super::connector::{Connector, Fate, Fates};
use super::fates::{Sent, cancelled, failed, half_unprocessed, refused, script, storm, throttled};
use crate::clock::{ManualClock, SeededRandom, SystemRandom, Timestamp};
use crate::error::{Kind, Result};
use crate::ids::{Ids, WriteId};
use crate::model::{ItemDraft, Viewer, WishlistDraft};
use crate::operations::{Engine, ItemFilter};
use crate::queue::NoQueue;
use crate::table::layout::{REVISION, WRITE};
use crate::table::{Body, Change, Condition, DynamoTable, Key, Query, Record, Revision, Table, query_all};

/// Long enough for any storm of these tests.
const PATIENCE: Duration = Duration::from_secs(30);

struct World {
    clock: Arc<ManualClock>,
    emulator: Emulator,
    /// By which everything arrives.
    calm: DynamoTable,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let emulator = Emulator::started();
        let calm = emulator.table(&clock).await;
        Self { clock, emulator, calm }
    }

    fn over(&self, fates: Fates) -> DynamoTable {
        Emulator::table_over(&self.emulator.client(Connector(fates)), &self.clock).with_patience(PATIENCE)
    }

    fn scripted(&self, operation: &'static str, fates: impl IntoIterator<Item = Fate>) -> (DynamoTable, Sent) {
        let (fates, sent) = script(operation, fates);
        (self.over(fates), sent)
    }

    fn write(&self) -> WriteId {
        Ids::new(self.clock.clone(), Arc::new(SystemRandom)).mint()
    }

    fn record(&self, sk: &str, number: u64) -> Record {
        let revision = Revision { number, write: self.write() };
        let body = Body::from_json(format!("{{\"Number\":{number}}}"));
        Record { key: key(sk), revision, expires_at: None, due: None, body }
    }

    async fn number(&self, sk: &str) -> Option<u64> {
        self.calm.get(&[key(sk)]).await.unwrap()[0].as_ref().map(|record| record.revision.number)
    }
}

fn key(sk: &str) -> Key {
    Key { pk: "P".to_owned(), sk: sk.to_owned() }
}

fn put(record: &Record, condition: Condition) -> Vec<Change> {
    vec![Change::Put(record.clone(), condition)]
}

fn kind(outcome: Result<()>) -> Kind {
    outcome.unwrap_err().kind()
}

fn count(sent: &Sent, operation: &str) -> usize {
    sent.lock().unwrap().iter().filter(|(of, _)| of == operation).count()
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_made_once_and_acknowledged() {
    let world = World::new().await;
    let records = [1, 2, 3].map(|number| world.record("A", number));
    let conditions = [Condition::Absent, Condition::Revision(records[0].revision), Condition::Always];
    for (record, condition) in records.iter().zip(conditions) {
        let (table, sent) = world.scripted("PutItem", [Fate::LosesItsReply]);
        table.commit(put(record, condition)).await.unwrap();
        let number = Some(record.revision.number);
        assert_eq!((count(&sent, "PutItem"), world.number("A").await), (1, number), "{condition:?}");
    }
}

#[tokio::test]
async fn a_request_that_does_not_arrive_is_sent_again() {
    let world = World::new().await;
    for fate in [Fate::IsLost, failed(), throttled(), refused("TransactionConflictException")] {
        let record = world.record("A", 1);
        let (table, sent) = world.scripted("PutItem", [fate.clone(), fate]);
        table.commit(put(&record, Condition::Absent)).await.unwrap();
        assert_eq!((count(&sent, "PutItem"), world.number("A").await), (3, Some(1)));
        let (table, sent) = world.scripted("DeleteItem", [Fate::IsLost]);
        table.commit(vec![Change::Delete(key("A"), Condition::Revision(record.revision))]).await.unwrap();
        assert_eq!((count(&sent, "DeleteItem"), world.number("A").await), (2, None));
    }
}

/// What a second write of a record is told whose reply is lost, while another's record with this number is there.
async fn behind_a_lost_reply(their_number: u64) -> Kind {
    let world = World::new().await;
    let (first, ours) = (world.record("A", 1), world.record("A", 2));
    world.calm.commit(put(&first, Condition::Absent)).await.unwrap();
    let theirs = world.write().to_string();
    let (scripted, _) = script("PutItem", []);
    let stolen = std::sync::atomic::AtomicBool::new(false);
    let fates: Fates = Arc::new(move |operation, body| {
        if operation != "PutItem" || stolen.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return scripted(operation, body);
        }
        let mut body = body.clone();
        body["Item"][WRITE]["S"] = theirs.clone().into();
        body["Item"][REVISION]["N"] = their_number.to_string().into();
        Fate::IsChanged(body, Arc::new(|_| Value::String("no answer that the client can read".to_owned())))
    });
    kind(world.over(fates).commit(put(&ours, Condition::Revision(first.revision))).await)
}

#[tokio::test]
async fn another_write_behind_a_lost_reply_is_a_lost_race() {
    assert_eq!(behind_a_lost_reply(2).await, Kind::Conflict);
}

#[tokio::test]
async fn a_lost_reply_that_others_wrote_over_is_of_unknown_outcome() {
    assert_eq!(behind_a_lost_reply(3).await, Kind::Unavailable);
}

#[tokio::test]
async fn a_lost_reply_behind_which_the_record_was_deleted_is_of_unknown_outcome() {
    let world = World::new().await;
    let (first, ours) = (world.record("A", 1), world.record("A", 2));
    world.calm.commit(put(&first, Condition::Absent)).await.unwrap();
    let fates: Fates = Arc::new(|operation, body| match operation {
        "PutItem" => Fate::LosesItsReply,
        _ => Fate::IsChanged(body.clone(), Arc::new(|_| serde_json::json!({}))),
    });
    let outcome = world.over(fates).commit(put(&ours, Condition::Revision(first.revision))).await;
    assert_eq!(kind(outcome), Kind::Unavailable);
}

#[tokio::test]
async fn a_record_that_is_gone_was_deleted() {
    let world = World::new().await;
    let record = world.record("A", 1);
    for condition in [Condition::Revision(record.revision), Condition::Present, Condition::Always] {
        world.calm.commit(put(&record, Condition::Absent)).await.unwrap();
        let (table, sent) = world.scripted("DeleteItem", [Fate::LosesItsReply]);
        table.commit(vec![Change::Delete(key("A"), condition)]).await.unwrap();
        assert_eq!((count(&sent, "DeleteItem"), world.number("A").await), (1, None), "{condition:?}");
    }
}

#[tokio::test]
async fn a_transaction_keeps_its_token_over_all_attempts_and_happens_once() {
    let world = World::new().await;
    let busy = || cancelled(&["None", "TransactionConflict", "None"]);
    let fates = [Fate::IsLost, busy(), refused("TransactionInProgressException"), throttled(), Fate::LosesItsReply];
    let (table, sent) = world.scripted("TransactWriteItems", fates);
    let old = world.record("OLD", 1);
    world.calm.commit(put(&old, Condition::Absent)).await.unwrap();
    let mut changes = put(&world.record("A", 1), Condition::Absent);
    changes.extend(put(&world.record("B", 1), Condition::Absent));
    changes.push(Change::Delete(key("OLD"), Condition::Revision(old.revision)));
    table.commit(changes).await.unwrap();
    assert_eq!([world.number("A").await, world.number("B").await, world.number("OLD").await], [Some(1), Some(1), None]);
    let sent = sent.lock().unwrap();
    let tokens: Vec<_> =
        sent.iter().map(|(_, body)| &body["ClientRequestToken"]).filter(|token| token.is_string()).collect();
    assert_eq!(tokens.len(), 5);
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn a_condition_that_does_not_hold_is_told_at_once() {
    let world = World::new().await;
    let fates = [cancelled(&["TransactionConflict", "ConditionalCheckFailed"])];
    let (table, sent) = world.scripted("TransactWriteItems", fates);
    let mut changes = put(&world.record("A", 1), Condition::Absent);
    changes.push(Change::Check(key("B"), Condition::Present));
    assert_eq!(kind(table.commit(changes).await), Kind::Conflict);
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_check_alone_holds_or_does_not() {
    let world = World::new().await;
    let check = |condition| vec![Change::Check(key("A"), condition)];
    assert_eq!(kind(world.calm.commit(check(Condition::Present)).await), Kind::Conflict);
    world.calm.commit(check(Condition::Absent)).await.unwrap();
    let (table, sent) = world.scripted("TransactWriteItems", []);
    table.commit(check(Condition::Always)).await.unwrap();
    assert!(sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_will_fail_again_is_not_tried_again() {
    let world = World::new().await;
    for code in ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"] {
        let (table, sent) = world.scripted("PutItem", [refused(code)]);
        assert_eq!(kind(table.commit(put(&world.record("A", 1), Condition::Absent)).await), Kind::Internal, "{code}");
        assert_eq!(sent.lock().unwrap().len(), 1, "{code}");
        let (table, sent) = world.scripted("Query", [refused(code)]);
        assert_eq!(table.query(&Query::prefix("P", "")).await.unwrap_err().kind(), Kind::Internal, "{code}");
        assert_eq!(sent.lock().unwrap().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn keys_that_are_passed_over_are_asked_for_again() {
    let world = World::new().await;
    let names: Vec<_> = (0..25).map(|number| format!("{number:02}")).collect();
    let puts = names.iter().map(|name| Change::Put(world.record(name, 1), Condition::Absent));
    world.calm.commit(puts.collect()).await.unwrap();
    let table = world.over(Arc::new(|operation, body| match operation {
        "BatchGetItem" => half_unprocessed(body),
        _ => Fate::Arrives,
    }));
    let mut asked: Vec<_> = names.iter().rev().map(|name| key(name)).collect();
    asked.extend([key("none"), key("03")]);
    let found = table.get(&asked).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|record| record.map(|record| record.key)).collect();
    let expected: Vec<_> = asked.into_iter().map(|key| (key.sk != "none").then_some(key)).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_attempt_that_hangs_leaves_time_for_another() {
    let world = World::new().await;
    let (table, sent) = world.scripted("PutItem", [Fate::Hangs]);
    let table = table.with_patience(Duration::from_secs(3));
    table.commit(put(&world.record("A", 1), Condition::Absent)).await.unwrap();
    assert_eq!((count(&sent, "PutItem"), world.number("A").await), (1, Some(1)));
    let (table, _) = world.scripted("GetItem", [Fate::Hangs]);
    assert!(table.with_patience(Duration::from_secs(3)).get(&[key("A")]).await.unwrap()[0].is_some());
}

#[tokio::test]
async fn what_does_not_pass_in_time_is_unavailable() {
    let world = World::new().await;
    for fate in [throttled, failed, || Fate::IsLost, || Fate::Hangs] {
        let table = world.over(Arc::new(move |_, _| fate())).with_patience(Duration::from_millis(200));
        assert_eq!(kind(table.commit(put(&world.record("A", 1), Condition::Absent)).await), Kind::Unavailable);
        assert_eq!(table.get(&[key("A")]).await.unwrap_err().kind(), Kind::Unavailable);
        assert_eq!(table.query(&Query::prefix("P", "")).await.unwrap_err().kind(), Kind::Unavailable);
    }
}

/// Counts up in one record or in two at once, whoever else does, until so many turns are acknowledged. Answers how many
/// others were of unknown outcome.
async fn count_up(world: &World, table: &DynamoTable, names: &[&str], turns: u64) -> u64 {
    let mut unknown = 0;
    for _ in 0..turns {
        loop {
            let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
            let found = table.get(&keys).await.unwrap();
            let write = world.write();
            let changes = names.iter().zip(found).map(|(name, found)| {
                let (number, condition) = match found {
                    Some(found) => (found.revision.number + 1, Condition::Revision(found.revision)),
                    None => (1, Condition::Absent),
                };
                let record = Record { revision: Revision { number, write }, ..world.record(name, number) };
                Change::Put(record, condition)
            });
            match table.commit(changes.collect()).await {
                Ok(()) => break,
                Err(error) if error.kind() == Kind::Unavailable => {
                    assert_eq!(names.len(), 1, "a transaction's token tells its outcome: {}", error.chain());
                    unknown += 1;
                }
                Err(error) => assert_eq!(error.kind(), Kind::Conflict, "{}", error.chain()),
            }
        }
    }
    unknown
}

#[tokio::test]
async fn in_any_storm_each_acknowledged_write_happens_once() {
    for seed in 0..6 {
        let world = World::new().await;
        let (one, two, three) = (world.over(storm(seed)), world.over(storm(seed + 100)), world.over(storm(seed + 200)));
        let (a, _, b) = tokio::join!(
            count_up(&world, &one, &["A"], 5),
            count_up(&world, &two, &["A", "B"], 5),
            count_up(&world, &three, &["B"], 5)
        );
        for (name, unknown) in [("A", a), ("B", b)] {
            let number = world.number(name).await.unwrap();
            assert!((10..=10 + unknown).contains(&number), "seed {seed}: {name} is {number}, {unknown} unknown");
        }
    }
}

#[tokio::test]
async fn in_any_storm_an_item_that_was_added_is_there_once() {
    for seed in 0..3 {
        let world = World::new().await;
        let table = Arc::new(world.over(storm(seed)));
        let engine = Engine::new(table, Arc::new(NoQueue), world.clock.clone(), Arc::new(SeededRandom::new(seed)));
        let alice = Viewer { user: "alice".parse().unwrap() };
        let list = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
        let list = engine.create_wishlist(&alice, &list, None).await.unwrap().id;
        let drafts = (0..6)
            .map(|number| ItemDraft { url: Some(format!("https://shop.example/{number}")), ..ItemDraft::default() });
        let drafts: Vec<_> = drafts.collect();
        let adding = drafts.iter().map(|draft| engine.add_item(&alice, list, draft, None));
        for added in futures_util::future::join_all(adding).await {
            added.unwrap();
        }
        let listed = engine.list_items(&alice, list, ItemFilter::default(), None, 50).await.unwrap();
        assert_eq!(listed.items.len(), 6, "seed {seed}");
        assert_eq!(engine.find_wishlist(&alice, list).await.unwrap().item_count, 6, "seed {seed}");
        let pk = crate::table::keys::wishlist(list).pk;
        assert_eq!(query_all(&world.calm, Query::prefix(pk, "ITEM#")).await.unwrap().len(), 6, "seed {seed}");
    }
}
