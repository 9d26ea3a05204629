//! Two people with lists of their own, one who has deleted the account, and calls of theirs.

use serde_json::{Value, json};

use super::rows::{Row, Who};
use crate::world::{Call, Person, World};

/// An id of nothing.
pub(crate) const NEVER: &str = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f";

/// What somebody has: two lists, and in the first of them two items.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) list: String,
    pub(crate) second: String,
    pub(crate) item: String,
    pub(crate) other: String,
}

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) alice: Person,
    pub(crate) bob: Person,
    /// Who has deleted the account a moment ago, and still has the token.
    pub(crate) gone: Person,
    pub(crate) alices: Shelf,
    pub(crate) bobs: Shelf,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::in_world(World::new().await).await
    }

    /// The same people in a world that is given.
    pub(crate) async fn in_world(world: World) -> Self {
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let gone = world.person("gone").await;
        world.delete("/v1/me").by(&gone).is(202).await;
        let alices = Shelf::of(&world, &alice, "alice").await;
        let bobs = Shelf::of(&world, &bob, "bob").await;
        Self { world, alice, bob, gone, alices, bobs }
    }

    /// The call of a row as who owns this shelf makes it, without a token.
    pub(crate) fn call(&self, row: &Row, shelf: &Shelf, refresh: &Person) -> Call {
        let (method, template, _) = row.described();
        let call = self.world.call(&method, &path(template, &shelf.list, &shelf.item));
        let body = shelf.body(row.right).replace("REFRESH", refresh.session["refreshToken"].as_str().unwrap());
        if body.is_empty() { call } else { call.raw(&body) }
    }

    /// The call as Alice makes it of what is hers.
    pub(crate) fn alices_call(&self, row: &Row) -> Call {
        let call = self.call(row, &self.alices, &self.alice);
        if row.who == Who::Anybody { call } else { call.by(&self.alice) }
    }

    /// What the two have.
    pub(crate) async fn state(&self) -> [Value; 2] {
        [self.world.state(&self.alice).await, self.world.state(&self.bob).await]
    }
}

impl Shelf {
    async fn of(world: &World, person: &Person, name: &str) -> Self {
        let (list, second) = (world.list(person).await, world.list(person).await);
        let link = json!({"url": format!("https://shop.example/{name}"), "title": format!("{name} wants this")});
        let item = world.item(person, &list, link).await;
        let other = world.item(person, &list, json!({"title": format!("{name} likes that")})).await;
        let [list, second, item, other] = [list, second, item, other].map(|path| id(&path));
        Self { list, second, item, other }
    }

    /// A body of a row with the ids that stand in it.
    pub(crate) fn body(&self, template: &str) -> String {
        template.replace("LIST", &self.second).replace("ITEM", &self.other)
    }

    pub(crate) fn ids(&self) -> [&str; 4] {
        [&self.list, &self.second, &self.item, &self.other]
    }
}

pub(crate) fn path(template: &str, list: &str, item: &str) -> String {
    template.replace("{wishlistId}", list).replace("{itemId}", item)
}

fn id(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}
