//! Carries every text of a file, a JSON array of strings, through every field that takes text and back, byte for byte.
//!
//! ```sh
//! cargo run -p wishlist-api --example texts -- ../shared/cases/naughty-strings.json
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a judge ends where it is surprised, as the tests do whose code it runs"
)]

#[path = "../tests/http/carrying.rs"]
mod carrying;
#[path = "../tests/http/contract.rs"]
mod contract;
#[path = "../tests/http/world.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod world;

use carrying::{Carrier, Counts};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let file = std::env::args().nth(1).expect("expected a file: a JSON array of strings");
    let texts: Vec<String> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut carrier = Carrier::new().await;
    for text in &texts {
        carrier.carry(text).await;
    }
    let Counts { kept, refused } = carrier.counts;
    let told = json!({"texts": texts.len(), "keptAsSent": kept, "refusedAtTheirField": refused});
    println!("{told}");
}
