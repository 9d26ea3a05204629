//! What is held of a person: exported whole, erased whole.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use super::world::{Moment, World, cuts, kind, linked, named, titled};
use crate::error::{Kind, Result};
use crate::ids::UserId;
use crate::model::{ProfileDraft, User};
use crate::operations::{ErasureStage, ExportPosition, ExportedRecord, Identities, ItemFilter, JobProgress, JobWork};
use crate::table::{Query, keys, query_all};

/// Keeps who was erased.
#[derive(Debug, Default)]
struct Erased(Mutex<Vec<UserId>>, &'static str);

impl Erased {
    fn named(name: &'static str) -> Arc<Self> {
        Arc::new(Self(Mutex::default(), name))
    }

    fn users(&self) -> Vec<UserId> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Identities for Erased {
    fn name(&self) -> &str {
        self.1
    }

    async fn erase(&self, user: &UserId) -> Result<()> {
        self.0.lock().unwrap().push(user.clone());
        Ok(())
    }
}

impl World {
    /// Two lists of 60 and 5 items with links, one named call, a counted visit, and a page that Bob watches too.
    async fn furnish(&self) {
        let engine = self.engine.clone().with_visits_per_hour(1000);
        engine.register(&self.alice.user, "alice@example.com", Some("Alice")).await.unwrap();
        for (count, offset) in [(60, 0), (5, 58)] {
            let list = engine.create_wishlist(&self.alice, &named("canary"), Some(&"k".parse().unwrap())).await;
            let list = match list {
                Ok(list) if offset == 0 => list.id,
                _ => engine.create_wishlist(&self.alice, &named("canary"), None).await.unwrap().id,
            };
            let drafts: Vec<_> =
                (offset..offset + count).map(|n| linked(&format!("https://shop.example/{n}"))).collect();
            engine.add_items(&self.alice, list, &drafts, None).await.unwrap();
        }
        let of_bob = engine.create_wishlist(&self.bob, &named("Bob's"), None).await.unwrap().id;
        engine.add_item(&self.bob, of_bob, &linked("https://shop.example/3"), None).await.unwrap();
        self.sent();
    }

    async fn left_of(&self, user: &UserId) -> Vec<String> {
        let mut left = Vec::new();
        for partition in [keys::user(user).pk, keys::calls_of(user), keys::rates_of(user)] {
            left.extend(query_all(&*self.table, Query::prefix(partition, "")).await.unwrap());
        }
        left.into_iter().map(|record| record.key.sk).collect()
    }
}

#[tokio::test]
async fn after_an_erasure_a_mark_is_left_and_then_nothing() {
    let world = World::new().await;
    world.furnish().await;
    let lists = world.engine.list_wishlists(&world.alice, None, None, 50).await.unwrap().items;
    world.engine.delete_me(&world.alice).await.unwrap();
    let erased = Arc::new(Erased::default());
    let engine = world.engine.clone().with_identities(erased.clone());
    let job = world.job();
    while engine.run_job(job, 3).await.unwrap() == JobProgress::More {}
    assert_eq!(*erased.0.lock().unwrap(), std::slice::from_ref(&world.alice.user));
    assert_eq!(world.left_of(&world.alice.user).await, ["USER"]);
    for list in lists {
        assert!(world.left_in(list.id).await.is_empty());
    }
    assert_eq!(
        (world.watchers("https://shop.example/1").await, world.watchers("https://shop.example/3").await),
        (0, 1)
    );
    world.clock.advance(User::MARK_KEPT);
    assert!(world.left_of(&world.alice.user).await.is_empty());
}

#[tokio::test]
async fn a_sign_in_is_erased_only_where_it_is_kept() {
    let world = World::new().await;
    world.furnish().await;
    let (pool, local) = (Erased::named("eu-central-1_AbCdEfGhI"), Erased::named("smart-wishlist"));
    let here = world.engine.clone().with_identities(pool.clone());
    let elsewhere = world.engine.clone().with_identities(local.clone());
    here.delete_me(&world.alice).await.unwrap();
    let job = world.job();
    let before = world.left_of(&world.alice.user).await;
    for engine in [&elsewhere, &world.engine] {
        assert_eq!(engine.run_job(job, 100).await.unwrap(), JobProgress::Elsewhere);
    }
    assert_eq!((local.users(), pool.users(), world.left_of(&world.alice.user).await), (vec![], vec![], before));
    assert_eq!(here.run_job(job, 1).await.unwrap(), JobProgress::More);
    assert_eq!((local.users(), pool.users()), (vec![], vec![world.alice.user.clone()]));
    // The rest is records of the table, which anybody's process may remove.
    while elsewhere.run_job(job, 100).await.unwrap() == JobProgress::More {}
    assert_eq!(world.left_of(&world.alice.user).await, ["USER"]);
}

#[test]
fn a_job_that_does_not_say_whose_sign_in_it_is_of_is_read_as_before() {
    let stored = r#"{"Kind":"EraseUser","User":"alice","Stage":"SignIn"}"#;
    let work: JobWork = serde_json::from_str(stored).unwrap();
    let expected = JobWork::EraseUser { user: "alice".parse().unwrap(), stage: ErasureStage::SignIn, identities: None };
    assert_eq!(work, expected);
    assert_eq!(serde_json::to_string(&work).unwrap(), stored);
}

#[tokio::test]
async fn every_call_of_a_deleted_person_is_refused_and_changes_nothing() {
    let world = World::new().await;
    world.furnish().await;
    let engine = &world.engine;
    let list = engine.list_wishlists(&world.alice, None, None, 50).await.unwrap().items[0].id;
    let item = engine.list_items(&world.alice, list, ItemFilter::default(), None, 1).await.unwrap().items[0].id;
    engine.delete_me(&world.alice).await.unwrap();
    let before = world.left_in(list).await;
    let (alice, draft) = (&world.alice, titled("x"));
    let refusals = [
        engine.create_wishlist(alice, &named("x"), None).await.map(drop),
        engine.list_wishlists(alice, None, None, 50).await.map(drop),
        engine.find_wishlist(alice, list).await.map(drop),
        engine.update_wishlist(alice, list, &named("x"), None).await.map(drop),
        engine.delete_wishlist(alice, list, None).await,
        engine.add_item(alice, list, &draft, None).await.map(drop),
        engine.add_items(alice, list, std::slice::from_ref(&draft), None).await.map(drop),
        engine.list_items(alice, list, ItemFilter::default(), None, 50).await.map(drop),
        engine.find_item(alice, list, item).await.map(drop),
        engine.update_item(alice, list, item, &draft, None).await.map(drop),
        engine.remove_item(alice, list, item, None).await,
        engine.move_item(alice, list, item, list, None).await.map(drop),
        engine.copy_item(alice, list, item, list, None).await.map(drop),
        engine.receive_item(alice, list, item, None).await.map(drop),
        engine.restore_item(alice, list, item, None).await.map(drop),
        engine.place_item(alice, list, item, crate::operations::Neighbours::default(), None).await.map(drop),
        engine.find_me(alice).await.map(drop),
        engine.update_me(alice, &ProfileDraft::default(), None).await.map(drop),
        engine.export_me(alice, None).await.map(drop),
        engine.delete_me(alice).await,
        engine.register(&alice.user, "alice@example.com", None).await,
    ];
    for (number, refusal) in refusals.into_iter().enumerate() {
        assert_eq!(kind(refusal), Kind::Unauthenticated, "{number}");
    }
    assert_eq!(world.left_in(list).await, before);
}

#[tokio::test]
async fn an_erasure_that_is_cut_off_anywhere_is_finished_by_the_next_worker() {
    for moment in [Moment::Before, Moment::After] {
        for nth in cuts(0..14) {
            let world = World::new().await;
            world.furnish().await;
            world.engine.delete_me(&world.alice).await.unwrap();
            let job = world.job();
            let cut = world.failing(nth, moment).run_job(job, 100).await;
            assert!(cut.is_ok() || kind(cut) == Kind::Unavailable);
            while world.engine.run_job(job, 100).await.unwrap() == JobProgress::More {}
            assert_eq!(world.left_of(&world.alice.user).await, ["USER"], "{moment:?} {nth}");
            assert_eq!(world.watchers("https://shop.example/59").await, 0, "{moment:?} {nth}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_added_while_its_owner_or_its_list_goes_goes_too() {
    let world = World::new().await;
    let list = world.list().await.id;
    let adding = (0..8).map(|writer| {
        let (engine, alice) = (world.engine.clone(), world.alice.clone());
        tokio::spawn(async move {
            for number in 0..20 {
                let url = linked(&format!("https://shop.example/{writer}-{number}"));
                match engine.add_item(&alice, list, &url, None).await {
                    Ok(_) => {}
                    Err(error) if error.kind() == Kind::Unavailable => {}
                    Err(error) => return error.kind(),
                }
            }
            Kind::Conflict
        })
    });
    let adding: Vec<_> = adding.collect();
    // Eight writers at its record can be quicker eight times in a row; a caller is told to try again.
    while let Err(error) = world.engine.delete_wishlist(&world.alice, list, None).await {
        assert_eq!(error.kind(), Kind::Unavailable);
    }
    for outcome in futures_util::future::join_all(adding).await {
        assert_eq!(outcome.unwrap(), Kind::NotFound);
    }
    world.finish_job().await;
    assert!(world.left_in(list).await.is_empty());
    assert_eq!(world.left_of(&world.alice.user).await, ["USER"]);
}

#[tokio::test]
async fn an_export_is_whole_and_in_pages() {
    let world = World::new().await;
    world.furnish().await;
    let note = "\u{1F381}".repeat(2000);
    let big = world.engine.create_wishlist(&world.alice, &named("big"), None).await.unwrap().id;
    for _ in 0..3 {
        let drafts = vec![crate::model::ItemDraft { note: Some(note.clone()), ..titled("x") }; 100];
        world.engine.add_items(&world.alice, big, &drafts, None).await.unwrap();
    }
    let (mut records, mut after, mut pages) = (Vec::new(), None::<ExportPosition>, 0);
    loop {
        let page = world.engine.export_me(&world.alice, after).await.unwrap();
        let bytes: usize = page.items.iter().map(|record| format!("{record:?}").len()).sum();
        assert!(bytes < 1024 * 1024, "{bytes}");
        records.extend(page.items);
        pages += 1;
        match page.next {
            Some(next) => after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert!(pages > 2, "{pages}");
    let lists = records.iter().filter(|record| matches!(record, ExportedRecord::Wishlist(_))).count();
    let ids = records.iter().filter_map(|record| match record {
        ExportedRecord::Item(item) => Some(item.id),
        _ => None,
    });
    let (ids, items): (Vec<_>, BTreeSet<_>) = ids.map(|id| (id, id)).unzip();
    assert!(matches!(&records[0], ExportedRecord::Profile(user) if user.email.as_deref() == Some("alice@example.com")));
    assert_eq!((lists, ids.len(), items.len()), (3, 365, 365));
    world.clock.advance(Duration::from_secs(1));
}
