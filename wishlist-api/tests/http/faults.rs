//! Faults behind the face: nothing of them is told.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::queue::{Message, NoQueue, Queue};
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Query, Record, Table};

use crate::world::{Answer, World};

const CANARY: &str = "canary";

/// A store that answers every call by the same fault.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) Kind);

impl Broken {
    fn fault<T>(&self) -> Result<T> {
        Err(Error::new(self.0, format!("{CANARY} in the message")).with_source(format!("{CANARY} in the source")))
    }
}

#[async_trait]
impl Table for Broken {
    async fn get(&self, _: &[Key]) -> Result<Vec<Option<Record>>> {
        self.fault()
    }

    async fn query(&self, _: &Query) -> Result<Page<Record>> {
        self.fault()
    }

    async fn commit(&self, _: Vec<Change>) -> Result<()> {
        self.fault()
    }
}

/// A queue with a bug.
#[derive(Debug)]
pub(crate) struct Panicking;

#[async_trait]
impl Queue for Panicking {
    async fn send(&self, _: Message, _: Duration) -> Result<()> {
        panic!("{CANARY}")
    }
}

fn accounts() -> Arc<EmbeddedTable> {
    Arc::new(EmbeddedTable::in_memory(World::clock()).unwrap())
}

async fn answer_over(kind: Kind) -> Answer {
    let world = World::over(World::clock(), Arc::new(Broken(kind)), accounts(), Arc::new(NoQueue)).await;
    let new = json!({"email": "alice@example.com", "password": "correct horse"});
    world.post("/v1/auth/sign-up").json(&new).header("x-request-id", "r-1").send().await
}

#[tokio::test]
async fn a_fault_of_ours_tells_nothing() {
    let answer = answer_over(Kind::Internal).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "internal"));
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn a_passing_fault_says_when_to_come_again() {
    let answer = answer_over(Kind::Unavailable).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn a_panic_is_a_problem_of_that_request_alone() {
    let table = accounts();
    let world = World::over(World::clock(), table.clone(), table, Arc::new(Panicking)).await;
    let alice = world.person("alice").await;
    let items = format!("{}/items", world.list(&alice).await);
    let link = json!({"url": "https://shop.example/kettle"});
    let answer = world.post(&items).by(&alice).json(&link).is(500).await;
    assert_eq!(answer.code(), "internal");
    assert!(!answer.text().contains(CANARY));
    assert_eq!(world.get(&items).by(&alice).is(200).await.json()["items"][0]["url"], link["url"]);
}
