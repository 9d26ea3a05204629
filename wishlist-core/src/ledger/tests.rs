//! What the ledger has to show.

use std::sync::Arc;

use super::{Row, measure};
use crate::clock::{ManualClock, SeededRandom, Timestamp};
use crate::model::{ItemDraft, Viewer, WishlistDraft};
use crate::operations::Engine;
use crate::queue::NoQueue;
use crate::table::cost::CountingTable;
use crate::table::{EmbeddedTable, Table};

fn world() -> (Arc<dyn Table>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    (Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap()), clock)
}

async fn rows(size: usize) -> Vec<Row> {
    let (table, clock) = world();
    measure(Arc::new(CountingTable::over(table)), &clock, size).await.unwrap().rows
}

fn row<'a>(rows: &'a [Row], operation: &str) -> &'a Row {
    rows.iter().find(|row| row.call.operation == operation).unwrap()
}

#[tokio::test]
async fn reads_are_one_round_trip_and_additions_two_and_a_message() {
    for size in [10, 100] {
        let rows = rows(size).await;
        let expected = [
            ("find_wishlist", 1, 0),
            ("list_items", 1, 0),
            ("find_item", 1, 0),
            ("list_wishlists", 2, 0),
            ("add_item", 2, 1),
            ("create_wishlist", 2, 0),
            ("update_item", 2, 0),
            ("remove_item", 2, 0),
            ("delete_wishlist", 2, 1),
        ];
        for (operation, round_trips, messages) in expected {
            let row = row(&rows, operation);
            assert_eq!((row.spent.round_trips, row.messages), (round_trips, messages), "{operation} of {size}");
        }
    }
}

/// What is the same in every run: those of one round trip are begun in any order.
pub(crate) fn summary(row: &Row) -> String {
    let mut requests: Vec<_> = row.spent.requests.iter().map(|request| format!("{request:?}")).collect();
    requests.sort_unstable();
    let call = &row.call;
    format!("{call:?}: {} round trips, {} messages: {}", row.spent.round_trips, row.messages, requests.join(", "))
}

#[tokio::test]
async fn a_row_is_the_same_in_every_run() {
    for (one, other) in rows(10).await.iter().zip(rows(10).await) {
        assert_eq!(summary(one), summary(&other));
    }
}

#[tokio::test]
async fn nothing_costs_more_because_there_are_more_people() {
    let (few, many) = (rows_among(2).await, rows_among(40).await);
    for (few, many) in few.iter().zip(&many) {
        assert_eq!(summary(few), summary(many));
    }
}

/// The rows where so many others have a list, with an item of the same page as one of the items that are worked on.
async fn rows_among(others: usize) -> Vec<Row> {
    let (table, clock) = world();
    let engine = Engine::new(table.clone(), Arc::new(NoQueue), clock.clone(), Arc::new(SeededRandom::new(2)));
    for number in 0..others {
        let other = Viewer { user: format!("other-{number}").parse().unwrap() };
        let list = WishlistDraft { name: "List".to_owned(), ..WishlistDraft::default() };
        let list = engine.create_wishlist(&other, &list, None).await.unwrap().id;
        let draft = ItemDraft { url: Some("https://shop.example/new".to_owned()), ..ItemDraft::default() };
        engine.add_item(&other, list, &draft, None).await.unwrap();
    }
    measure(Arc::new(CountingTable::over(table)), &clock, 10).await.unwrap().rows
}
