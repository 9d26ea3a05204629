//! Wishlists and their items, one after the other.

use std::time::Duration;

use super::world::{World, kind, linked, named, titled};
use crate::clock::Clock as _;
use crate::error::Kind;
use crate::ids::WishlistId;
use crate::model::{ItemDraft, ItemStatus, Product};
use crate::operations::{ItemFilter, JobProgress};
use crate::queue::Message;
use crate::table::{Query, Record, Transaction, keys, query_all};

#[tokio::test]
async fn a_wishlist_is_there_as_soon_as_it_is_made() {
    let world = World::new().await;
    let made = world.list().await;
    assert_eq!(world.engine.find_wishlist(&world.alice, made.id).await.unwrap(), made);
    assert_eq!(world.engine.list_wishlists(&world.alice, None, None, 50).await.unwrap().items, [made]);
}

#[tokio::test]
async fn a_wishlist_of_another_is_as_one_that_never_was() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &titled("Kettle"), None).await.unwrap().item.id;
    let (engine, bob, never) = (&world.engine, &world.bob, world.engine.ids().mint::<WishlistId>());
    let before = world.left_in(list).await;
    for id in [list, never] {
        let refusals = [
            engine.find_wishlist(bob, id).await.map(drop),
            engine.update_wishlist(bob, id, &named("x"), None).await.map(drop),
            engine.delete_wishlist(bob, id, None).await,
            engine.list_items(bob, id, ItemFilter::default(), None, 50).await.map(drop),
            engine.add_items(bob, id, &[titled("x")], None).await.map(drop),
            engine.add_item(bob, id, &titled("x"), None).await.map(drop),
        ];
        let said: Vec<_> = refusals.into_iter().map(|refusal| refusal.unwrap_err().to_string()).collect();
        assert_eq!(said, ["there is no such wishlist"; 6]);
        let of_items = [
            engine.find_item(bob, id, item).await.map(drop),
            engine.update_item(bob, id, item, &titled("x"), None).await.map(drop),
            engine.remove_item(bob, id, item, None).await,
        ];
        assert!(of_items.into_iter().all(|refusal| kind(refusal) == Kind::NotFound));
    }
    assert_eq!(world.left_in(list).await, before);
    assert!(engine.list_wishlists(bob, None, None, 50).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_listing_of_lists_gives_each_once() {
    let world = World::new().await;
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(world.engine.create_wishlist(&world.alice, &named(&number.to_string()), None).await.unwrap().id);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.engine.list_wishlists(&world.alice, None, after, 3).await.unwrap();
        seen.extend(page.items.iter().map(|list| list.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_version_rises_only_when_something_changes() {
    let world = World::new().await;
    let list = world.list().await;
    world.clock.advance(Duration::from_secs(1));
    let same = world.engine.update_wishlist(&world.alice, list.id, &named("Birthday"), Some(1)).await.unwrap();
    assert_eq!(same, list);
    let renamed = world.engine.update_wishlist(&world.alice, list.id, &named("Party"), Some(1)).await.unwrap();
    assert_eq!((renamed.version, renamed.updated_at), (2, world.clock.now()));
    assert_eq!(kind(world.engine.update_wishlist(&world.alice, list.id, &named("Late"), Some(1)).await), Kind::Stale);
    world.engine.add_item(&world.alice, list.id, &titled("Kettle"), None).await.unwrap();
    let counted = world.engine.find_wishlist(&world.alice, list.id).await.unwrap();
    assert_eq!((counted.version, counted.item_count), (2, 1));
}

#[tokio::test]
async fn an_item_with_a_link_is_pending_and_asked_for() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    assert_eq!(item.status, ItemStatus::Pending);
    let url = item.url.clone().unwrap();
    assert_eq!(world.sent(), [Message::Visit { wishlist_id: list, item_id: item.id, url: url.clone() }]);
    let page = keys::page(&(&url).into()).pk;
    assert_eq!(query_all(&*world.table, Query::prefix(page, keys::prefix::WATCH)).await.unwrap().len(), 1);
    let typed = world.engine.add_item(&world.alice, list, &titled("Socks"), None).await.unwrap().item;
    assert_eq!((typed.status, world.sent()), (ItemStatus::None, Vec::new()));
}

#[tokio::test]
async fn a_removed_item_leaves_nothing() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    assert_eq!(kind(world.engine.remove_item(&world.alice, list, item.id, Some(7)).await), Kind::Stale);
    world.engine.remove_item(&world.alice, list, item.id, Some(1)).await.unwrap();
    assert_eq!(kind(world.engine.remove_item(&world.alice, list, item.id, None).await), Kind::NotFound);
    assert_eq!(world.left_in(list).await, ["WISHLIST"]);
    let page = keys::page(&(&item.url.unwrap()).into()).pk;
    assert!(query_all(&*world.table, Query::prefix(page, "")).await.unwrap().is_empty());
    assert_eq!(world.engine.find_wishlist(&world.alice, list).await.unwrap().item_count, 0);
}

#[tokio::test]
async fn a_new_link_moves_the_watch_and_asks_again() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    world.sent();
    let edited = world
        .engine
        .update_item(&world.alice, list, item.id, &linked("https://shop.example/b"), Some(1))
        .await
        .unwrap();
    assert_eq!((edited.status, edited.version, world.sent().len()), (ItemStatus::Pending, 2, 1));
    for (url, watchers) in [("https://shop.example/a", 0), ("https://shop.example/b", 1)] {
        let page = keys::page(&(&url.parse::<crate::model::PageUrl>().unwrap()).into()).pk;
        assert_eq!(query_all(&*world.table, Query::prefix(page, "")).await.unwrap().len(), watchers, "{url}");
    }
}

#[tokio::test]
async fn each_draft_of_a_batch_has_its_own_result() {
    let world = World::new().await;
    let list = world.list().await.id;
    let mut drafts: Vec<_> = (0..99).map(|number| linked(&format!("https://shop.example/{number}"))).collect();
    drafts.insert(50, linked("not a link"));
    let results = world.engine.add_items(&world.alice, list, &drafts, None).await.unwrap();
    assert_eq!(results.len(), 100);
    assert_eq!(results[50].as_ref().unwrap_err().fields()[0].pointer, "/url");
    let added: Vec<_> = results.iter().flatten().map(|item| item.item.id).collect();
    let listed = world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 100).await.unwrap();
    assert_eq!(listed.items.iter().map(|item| item.id).collect::<Vec<_>>(), added);
    assert_eq!((added.len(), world.sent().len()), (99, 99));
    assert_eq!(kind(world.engine.add_items(&world.alice, list, &vec![titled("x"); 101], None).await), Kind::Invalid);
    assert_eq!(kind(world.engine.add_items(&world.alice, list, &[], None).await), Kind::Invalid);
}

#[tokio::test]
async fn a_full_list_takes_no_more() {
    let world = World::new().await;
    let list = world.list().await.id;
    for _ in 0..10 {
        world.engine.add_items(&world.alice, list, &vec![titled("x"); 98], None).await.unwrap();
    }
    let last = world.engine.add_items(&world.alice, list, &vec![titled("y"); 30], None).await.unwrap();
    assert_eq!(last.iter().filter(|result| result.is_ok()).count(), 20);
    assert!(last[..20].iter().all(Result::is_ok));
    assert_eq!(last[20].as_ref().unwrap_err().kind(), Kind::Conflict);
    assert_eq!(kind(world.engine.add_item(&world.alice, list, &titled("z"), None).await), Kind::Conflict);
    assert_eq!(world.engine.find_wishlist(&world.alice, list).await.unwrap().item_count, 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_writers_of_one_list_all_come_through() {
    let world = World::new().await;
    let list = world.list().await.id;
    let writers = (0..20).map(|number| {
        let (engine, alice) = (world.engine.clone(), world.alice.clone());
        tokio::spawn(async move { engine.add_item(&alice, list, &titled(&number.to_string()), None).await })
    });
    for outcome in futures_util::future::join_all(writers).await {
        outcome.unwrap().unwrap();
    }
    assert_eq!(world.engine.find_wishlist(&world.alice, list).await.unwrap().item_count, 20);
    assert_eq!(
        world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 100).await.unwrap().items.len(),
        20
    );
}

#[tokio::test]
async fn a_deleted_list_is_gone_at_once_and_its_items_soon() {
    let world = World::new().await;
    let list = world.list().await.id;
    let drafts: Vec<_> = (0..100).map(|number| linked(&format!("https://shop.example/{number}"))).collect();
    world.engine.add_items(&world.alice, list, &drafts, None).await.unwrap();
    world.sent();
    world.engine.delete_wishlist(&world.alice, list, Some(1)).await.unwrap();
    assert_eq!(kind(world.engine.find_wishlist(&world.alice, list).await), Kind::NotFound);
    assert!(world.engine.list_wishlists(&world.alice, None, None, 50).await.unwrap().items.is_empty());
    let job = world.job();
    assert_eq!(world.engine.run_job(job, 1).await.unwrap(), JobProgress::More);
    assert_eq!(world.left_in(list).await.len(), 67);
    assert_eq!(world.engine.run_job(job, 100).await.unwrap(), JobProgress::Done);
    assert_eq!(world.engine.run_job(job, 100).await.unwrap(), JobProgress::Done);
    assert!(world.left_in(list).await.is_empty());
    let page = keys::page(&(&"https://shop.example/7".parse::<crate::model::PageUrl>().unwrap()).into()).pk;
    assert!(query_all(&*world.table, Query::prefix(page, "")).await.unwrap().is_empty());
    assert_eq!(world.engine.find_me(&world.alice).await.unwrap().wishlist_count, 0);
}

#[tokio::test]
async fn a_list_under_deletion_takes_no_more_writes() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &titled("Kettle"), None).await.unwrap().item;
    world.engine.delete_wishlist(&world.alice, list, None).await.unwrap();
    assert_eq!(kind(world.engine.add_item(&world.alice, list, &titled("x"), None).await), Kind::NotFound);
    assert_eq!(kind(world.engine.update_item(&world.alice, list, item.id, &titled("x"), None).await), Kind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_cut_is_answered_with_what_there_is_and_the_next_one_waits() {
    let world = World::in_memory();
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    let (waited, cut_after) = (Duration::from_secs(20), Duration::from_secs(1));
    let wait = async || {
        let started = tokio::time::Instant::now();
        let still = world.engine.find_item_within(&world.alice, list, item.id, waited).await.unwrap();
        assert_eq!(still.status, ItemStatus::Pending);
        started.elapsed()
    };
    let cut = async {
        tokio::time::sleep(cut_after).await;
        world.engine.cut_waits();
    };
    let (one, other, ()) = tokio::join!(wait(), wait(), cut);
    assert_eq!((one, other), (cut_after, cut_after));
    assert_eq!(wait().await, waited);
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_nothing_is_pending() {
    // Time that is made up runs on while a socket is waited for.
    let world = World::in_memory();
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    let started = tokio::time::Instant::now();
    let still = world.engine.find_item_within(&world.alice, list, item.id, Duration::from_mins(5)).await.unwrap();
    assert_eq!((still.status, started.elapsed()), (ItemStatus::Pending, Duration::from_secs(20)));
    let wait =
        world.engine.list_items_within(&world.alice, list, ItemFilter::default(), None, 50, Duration::from_secs(20));
    let fill = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let stored = crate::table::Stored::<crate::model::Item>::read(
            world.table.get(&[keys::item(list, item.id)]).await.unwrap()[0].as_ref().unwrap(),
        )
        .unwrap();
        let mut filled = stored.value;
        filled.fill(Product::default(), None, world.clock.now(), world.clock.now());
        let mut transaction = Transaction::new(world.engine.ids());
        transaction.replace(stored.revision, &filled).unwrap();
        transaction.commit(&*world.table).await.unwrap();
    };
    let (page, ()) = tokio::join!(wait, fill);
    assert_eq!(page.unwrap().items[0].status, ItemStatus::Ready);
    assert!(started.elapsed() < Duration::from_secs(22));
}

#[tokio::test]
async fn an_account_is_registered_once() {
    let world = World::new().await;
    let (engine, alice) = (&world.engine, &world.alice);
    assert_eq!(kind(engine.find_me(alice).await), Kind::Unauthenticated);
    engine.register(&alice.user, "alice@example.com", Some("Alice")).await.unwrap();
    engine.register(&alice.user, "mallory@example.com", None).await.unwrap();
    let me = engine.find_me(alice).await.unwrap();
    assert_eq!((me.name.as_deref(), me.email.as_deref()), (Some("Alice"), Some("alice@example.com")));
}

#[tokio::test]
async fn stored_shapes_do_not_change() {
    let world = World::new().await;
    let list = world.list().await.id;
    let draft = ItemDraft {
        note: Some("The red one".to_owned()),
        price: Some(crate::model::MoneyDraft { amount: "19.9".to_owned(), currency: "EUR".to_owned() }),
        priority: Some(5),
        ..linked("https://shop.example/a")
    };
    world.engine.add_item(&world.alice, list, &draft, None).await.unwrap();
    let mut records = query_all(&*world.table, Query::prefix(keys::wishlist(list).pk, "")).await.unwrap();
    records.extend(query_all(&*world.table, Query::prefix(keys::user(&world.alice.user).pk, "")).await.unwrap());
    // DynamoDB keeps no order of attributes.
    let body = |record: &Record| {
        let mut body: serde_json::Value = record.body.decode().unwrap();
        body.sort_all_objects();
        format!("{} {body}", record.key.sk)
    };
    insta::assert_snapshot!(records.iter().map(body).collect::<Vec<_>>().join("\n"));
}
