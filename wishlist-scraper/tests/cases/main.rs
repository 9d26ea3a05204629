//! What the guard promises, as cases in a file: links by their text and names, and sites on loopback that do what sites
//! should not.
//!
//! The cases are in `addresses.json`; `judge` is how one is played, by the tests and by the example of that name.

#![allow(clippy::unwrap_used, reason = "a test fails where its surroundings do")]

#[allow(dead_code, reason = "the example uses the rest of it")]
mod judge;

use std::path::Path;

use judge::Player;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[tokio::test]
async fn every_case_of_the_table_is_held() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/addresses.json");
    let alone = ["--exact", "a_page_is_read_whatever_proxies_the_environment_names", "--nocapture"];
    let player = Player::new(vec!["api.wishlist.example".to_owned()], alone.map(Into::into).to_vec(), MEMORY);
    let report = player.play(judge::cases_of(&file).unwrap()).await;
    let lines = report.lines();
    assert!(report.missed.is_empty() && report.strict.missed.is_empty(), "{}", lines.join("\n"));
    assert!(report.cases >= 150 && report.strict.cases > 0 && report.unscored > 0, "{lines:?}");
}

/// The cases with an environment of their own start this program again for this test alone.
#[tokio::test]
async fn a_page_is_read_whatever_proxies_the_environment_names() {
    judge::alone::read().await.unwrap();
}
