//! What happens around an item's page: prices, refreshes, and looks at a link.

use std::time::Duration;

use serde_json::json;
use wishlist_core::clock::Clock;
use wishlist_core::model::{Found, Item, Money, PageUrl, Product, VisitedPage};
use wishlist_core::operations::Told;
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{Stored, Transaction};

use crate::world::World;

const KETTLE: &str = "https://shop.example/kettle";

impl World {
    /// Ends a visit of the kettle's page as a worker would, and tells an item.
    async fn visit_kettle(&self, item: &str, amount: &str) {
        let (url, now) = (KETTLE.parse::<PageUrl>().unwrap(), self.clock.now());
        let mut ids = item.split('/').filter_map(|part| part.parse::<uuid::Uuid>().ok());
        let key = keys::item(ids.next().unwrap().into(), ids.next().unwrap().into());
        let mut stored = Stored::<Item>::find(self.engine.table(), key).await.unwrap().unwrap();
        let digest = PageDigest::from(&url);
        if self.engine.find_page(&digest).await.unwrap().is_none() {
            let mut transaction = Transaction::new(self.engine.ids());
            transaction.create(&VisitedPage::unvisited(url, now)).unwrap();
            transaction.commit(self.engine.table()).await.unwrap();
        }
        let page = self.engine.find_page(&digest).await.unwrap().unwrap();
        let price = Money::new(amount, "EUR".parse().unwrap()).ok();
        let product = Product { title: Some("Kettle".to_owned()), price, ..Product::default() };
        let settled = page.value.settle(Found { product, failure: None }, page.value.begin(now), now);
        settled.page.tell(&mut stored.value, now);
        let mut transaction = Transaction::new(self.engine.ids());
        self.engine.keep_visit(&mut transaction, page.revision, &settled, Told::Nobody).unwrap();
        transaction.replace(stored.revision, &stored.value).unwrap();
        transaction.commit(self.engine.table()).await.unwrap();
    }
}

#[tokio::test]
async fn prices_are_listed_newest_first_with_their_summary() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"url": KETTLE})).await;
    let empty = world.get(&format!("{item}/prices")).by(&alice).is(200).await;
    assert_eq!(empty.json(), json!({"items": [], "summary": {"since": "2026-11-22T17:20:00.000Z"}}));
    for amount in ["19.99", "17.99", "18.99"] {
        world.visit_kettle(&item, amount).await;
        world.clock.advance(Duration::from_mins(1));
    }
    let money = |amount| json!({"amount": amount, "currency": "EUR"});
    let at = |minute| format!("2026-11-22T17:2{minute}:00.000Z");
    let point = |amount, minute| json!({"price": money(amount), "seenAt": at(minute)});
    let all = world.get(&format!("{item}/prices")).by(&alice).is(200).await.json();
    let expected = json!({
        "items": [point("18.99", 2), point("17.99", 1), point("19.99", 0)],
        "summary": {
            "now": point("18.99", 2), "lowest": point("17.99", 1), "highest": point("19.99", 0),
            "first": point("19.99", 0), "since": at(0),
        },
    });
    assert_eq!(all, expected);
    let first = world.get(&format!("{item}/prices?limit=2")).by(&alice).is(200).await.json();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = world.get(&format!("{item}/prices?limit=2&cursor={cursor}")).by(&alice).is(200).await.json();
    assert_eq!(second, json!({"items": [point("19.99", 0)], "summary": expected["summary"]}));
    let window = format!("{item}/prices?from={}&to={}", at(1), at(2));
    assert_eq!(world.get(&window).by(&alice).is(200).await.json()["items"], json!([point("17.99", 1)]));
    let other = world.item(&alice, &list, json!({"url": KETTLE})).await;
    let stolen = world.get(&format!("{other}/prices?cursor={cursor}")).by(&alice).is(400).await;
    assert_eq!(stolen.pointers(), ["/cursor"]);
    for (query, pointer) in [("from=yesterday", "/from"), ("to=1", "/to"), ("limit=0", "/limit"), ("x=1", "/x")] {
        assert_eq!(world.get(&format!("{item}/prices?{query}")).by(&alice).is(400).await.pointers(), [pointer]);
    }
}

#[tokio::test]
async fn without_a_link_there_is_nothing_to_tell_or_to_ask() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"title": "Socks"})).await;
    assert_eq!(world.get(&format!("{item}/prices")).by(&alice).is(200).await.json(), json!({"items": []}));
    let refused = world.post(&format!("{item}/refresh")).by(&alice).is(422).await;
    assert_eq!(refused.code(), "unprocessable");
}

#[tokio::test]
async fn a_refresh_is_accepted_and_the_item_shows_what_it_showed() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"url": KETTLE})).await;
    world.visit_kettle(&item, "19.99").await;
    let stands = world.post(&format!("{item}/refresh")).by(&alice).is(202).await;
    assert_eq!((&stands.json()["status"], stands.header("etag")), (&json!("ready"), "\"2\""));
    world.clock.advance(Duration::from_mins(16));
    let pending = world.post(&format!("{item}/refresh")).by(&alice).is(202).await;
    assert_eq!((&pending.json()["status"], &pending.json()["title"]), (&json!("pending"), &json!("Kettle")));
    assert_eq!(pending.header("etag"), "\"3\"");
    assert_eq!(world.get(&item).by(&alice).is(200).await.json(), pending.json());
}

#[tokio::test]
async fn a_link_is_looked_at_before_it_is_a_wish() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let preview = |url: &str| world.post("/v1/products/preview").by(&alice).json(&json!({"url": url}));
    let product = json!({"title": "Kettle", "price": {"amount": "19.99", "currency": "EUR"}});
    let expected = json!({"kind": "product", "product": product, "sources": {"title": "json_ld"}});
    assert_eq!(preview(KETTLE).is(200).await.json(), expected);
    assert_eq!(preview("https://down.example/").is(422).await.code(), "unprocessable");
    let busy = preview("https://busy.example/").is(429).await;
    assert_eq!((busy.code().as_str(), busy.header("retry-after")), ("rate_limited", "3"));
    assert_eq!(preview("kettle").is(400).await.pointers(), ["/url"]);
    world.post("/v1/products/preview").json(&json!({"url": KETTLE})).is(401).await;
}
