//! What is not the caller's is as what never was: byte for byte, the request's id aside.

use axum::http::Method;
use serde_json::{Value, json};

use crate::contract::operations;
use crate::world::{Answer, Person, World};

const NEVER: &str = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f";

/// Ways of writing an id that is none.
const MALFORMED: [&str; 9] = [
    "x",
    "1",
    "%00",
    "%ff",
    "%2e%2e",
    "0199d3c87f2a7c319d6e2a4b8c1d5e6f",
    "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6g",
    "%7B0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f%7D",
    "00000000-0000-0000-0000-000000000000",
];

/// Bodies that are right, wrong, mistyped and broken.
fn bodies(operation: &str, own: &str) -> Vec<String> {
    let right = match operation {
        "update_wishlist" => json!({"name": "x"}),
        "add_items" => json!({"items": [{"title": "x"}]}),
        "move_item" | "copy_item" => json!({"wishlistId": own}),
        "place_item" => json!({"after": NEVER}),
        _ => json!({"title": "x"}),
    };
    let wrong = match operation {
        "update_wishlist" => json!({"name": ""}),
        "add_items" => json!({"items": []}),
        "move_item" | "copy_item" => json!({"wishlistId": "x"}),
        "place_item" => json!({}),
        _ => json!({"url": "x"}),
    };
    [right, wrong, json!({"what": 1}), Value::Null].iter().map(Value::to_string).chain(["{".to_owned()]).collect()
}

/// A world in which Bob asks for what is Alice's.
struct Strangers {
    world: World,
    alice: Person,
    bob: Person,
    /// Of Alice's list and the item in it.
    foreign: [String; 2],
    /// Of Bob's own list.
    own: String,
}

impl Strangers {
    async fn new() -> Self {
        let world = World::new().await;
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let list = world.list(&alice).await;
        let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
        let own = last(&world.list(&bob).await);
        Self { foreign: [last(&list), last(&item)], own, world, alice, bob }
    }

    /// Every path of a template that leads to nothing of Bob's.
    fn paths(&self, template: &str) -> Vec<String> {
        let [list, item] = [self.foreign[0].as_str(), self.foreign[1].as_str()];
        let mut ids = vec![[NEVER, NEVER], [list, item], [list, NEVER], [NEVER, item]];
        ids.extend(MALFORMED.iter().flat_map(|id| [[id, NEVER], [NEVER, id], [id, id]]));
        if template.contains("{itemId}") {
            ids.extend([[self.own.as_str(), item], [self.own.as_str(), NEVER]]);
        }
        let path = |[list, item]: [&str; 2]| template.replace("{wishlistId}", list).replace("{itemId}", item);
        ids.into_iter().map(path).collect()
    }

    async fn ask(&self, method: &Method, path: &str, body: Option<&str>) -> Answer {
        let call = self.world.call(method, path).by(&self.bob).header("if-match", "\"1\"");
        match body {
            Some(body) => call.raw(body).send().await,
            None => call.send().await,
        }
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_foreign_an_unknown_and_a_malformed_id_are_one_answer() {
    let strangers = Strangers::new().await;
    let mut compared = 0;
    for (method, template, operation) in operations() {
        if !template.contains("{wishlistId}") {
            continue;
        }
        let name = operation["operationId"].as_str().unwrap();
        let sent = bodies(name, &strangers.own);
        for body in sent.iter().filter(|_| operation["requestBody"].is_object()).map(Some).chain([None]) {
            let paths = strangers.paths(template);
            let unknown = strangers.ask(&method, &paths[0], body.map(String::as_str)).await;
            assert!(matches!(unknown.status.as_u16(), 400 | 404 | 415), "{name}: {}", unknown.text());
            for path in &paths {
                let answer = strangers.ask(&method, path, body.map(String::as_str)).await;
                assert_eq!(answer.seen(), unknown.seen(), "{name} {path} {body:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
    let [list, item] = &strangers.foreign;
    let kept = strangers.world.get(&format!("/v1/wishlists/{list}/items/{item}")).by(&strangers.alice).is(200).await;
    assert_eq!((&kept.json()["title"], kept.header("etag")), (&json!("Kettle"), "\"1\""));
}

#[tokio::test]
async fn an_id_in_a_body_leads_no_further_than_one_in_a_path() {
    let strangers = Strangers::new().await;
    let Strangers { world, bob, .. } = &strangers;
    let own = world.item(bob, &format!("/v1/wishlists/{}", strangers.own), json!({"title": "Boots"})).await;
    let [list, item] = &strangers.foreign;
    let (alices, bobs) = (world.state(&strangers.alice).await, world.state(bob).await);
    for (operation, field, foreign) in [
        ("move", "wishlistId", list),
        ("copy", "wishlistId", list),
        ("place", "after", item),
        ("place", "before", item),
    ] {
        let ask = |id: &str| world.post(&format!("{own}/{operation}")).by(bob).json(&json!({field: id})).is(422);
        assert_eq!(ask(foreign).await.seen(), ask(NEVER).await.seen(), "{operation} {field}");
    }
    assert_eq!((world.state(&strangers.alice).await, world.state(bob).await), (alices, bobs));
}

#[tokio::test]
async fn what_was_deleted_is_as_what_never_was() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
    world.delete(&list).by(&alice).is(204).await;
    let never = format!("/v1/wishlists/{NEVER}");
    for (path, unknown) in [
        (list.clone(), never.clone()),
        (format!("{list}/items"), format!("{never}/items")),
        (item.clone(), format!("{never}/items/{NEVER}")),
        (format!("{item}/prices"), format!("{never}/items/{NEVER}/prices")),
    ] {
        let answer = world.get(&path).by(&alice).is(404).await;
        assert_eq!(answer.seen(), world.get(&unknown).by(&alice).is(404).await.seen(), "{path}");
    }
}
