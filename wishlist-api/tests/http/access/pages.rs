//! Listings: whatever a query or a cursor says, a page holds the caller's own records or the question is refused.

use std::fmt::Write as _;

use super::rows::{ROWS, Row};
use super::stage::{Stage, path};

/// The rows that list.
pub(super) fn listings() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| row.parameters("query").contains(&"cursor"))
}

/// A cursor into a listing of Alice's, where the listing is of more than one record.
pub(super) async fn cursor(stage: &Stage, row: &Row) -> Option<String> {
    let at = path(row.described().1, &stage.alices.list, &stage.alices.item);
    let limit = if row.parameters("query").contains(&"limit") { "?limit=1" } else { "" };
    let page = stage.world.get(&format!("{at}{limit}")).by(&stage.alice).is(200).await.json();
    page["nextCursor"].as_str().map(str::to_owned)
}

/// Asks each listing of Alice's so.
pub(super) async fn query(query: String) {
    let stage = Stage::new().await;
    for row in listings() {
        let at = path(row.described().1, &stage.alices.list, &stage.alices.item);
        let answer = stage.world.get(&format!("{at}?{query}")).by(&stage.alice).send().await;
        match answer.status.as_u16() {
            400 => assert_eq!(answer.code(), "invalid", "{} {query:.60}", row.operation),
            200 => {
                let text = answer.text();
                assert!(stage.bobs.ids().iter().all(|id| !text.contains(id)), "{} {query:.60}", row.operation);
            }
            _ => panic!("{} {query:.60}: {}", row.operation, answer.text()),
        }
    }
}

/// A parameter or a value that no listing has is named.
pub(super) async fn refused_query(query: String) {
    let stage = Stage::new().await;
    for row in listings() {
        let at = path(row.described().1, &stage.alices.list, &stage.alices.item);
        let answer = stage.world.get(&format!("{at}?{query}")).by(&stage.alice).is(400).await;
        assert!(!answer.pointers().is_empty(), "{} {query:.60}", row.operation);
    }
}

/// A cursor that differs in one bit, or in its end, is none.
pub(super) async fn altered_cursors() {
    let stage = Stage::new().await;
    for row in listings() {
        let Some(cursor) = cursor(&stage, row).await else { continue };
        let at = path(row.described().1, &stage.alices.list, &stage.alices.item);
        let flipped = (0..cursor.len() * 8).map(|bit| {
            let mut bytes = cursor.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        });
        let cut = (1..cursor.len()).map(|end| cursor.as_bytes()[..end].to_vec());
        for bytes in flipped.chain(cut) {
            let text = bytes.iter().fold(String::new(), |mut text, byte| {
                write!(text, "%{byte:02x}").unwrap();
                text
            });
            let answer = stage.world.get(&format!("{at}?cursor={text}")).by(&stage.alice).is(400).await;
            assert_eq!(answer.pointers(), ["/cursor"], "{} {text}", row.operation);
        }
    }
}

/// A cursor is good for its listing alone: not for another list, nor for another order.
pub(super) async fn misplaced_cursors() {
    let stage = Stage::new().await;
    let list = |id: &str| format!("/v1/wishlists/{id}/items");
    let cursor = cursor(&stage, Row::of("list_items").unwrap()).await.unwrap();
    for at in [list(&stage.alices.second), "/v1/wishlists".to_owned(), "/v1/me/export".to_owned()] {
        let answer = stage.world.get(&format!("{at}?cursor={cursor}")).by(&stage.alice).is(400).await;
        assert_eq!(answer.pointers(), ["/cursor"], "{at}");
    }
}
