//! An id of somebody else's in a body.

use serde_json::json;

use crate::world::World;

/// An id of nothing.
const NEVER: &str = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f";

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn an_id_in_a_body_leads_no_further_than_one_in_a_path() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
    let own = world.item(&bob, &world.list(&bob).await, json!({"title": "Boots"})).await;
    let (alices, bobs) = (world.state(&alice).await, world.state(&bob).await);
    for (operation, field, foreign) in [
        ("move", "wishlistId", last(&list)),
        ("copy", "wishlistId", last(&list)),
        ("place", "after", last(&item)),
        ("place", "before", last(&item)),
    ] {
        let ask = |id: &str| world.post(&format!("{own}/{operation}")).by(&bob).json(&json!({field: id})).is(422);
        assert_eq!(ask(foreign).await.seen(), ask(NEVER).await.seen(), "{operation} {field}");
    }
    assert_eq!((world.state(&alice).await, world.state(&bob).await), (alices, bobs));
}
