//! Carries every text of a file or of standard input, a JSON array of strings, through every field that takes text and back, byte for byte.
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
    let json = match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(file).unwrap(),
        None => std::io::read_to_string(std::io::stdin()).unwrap(),
    };
    let texts: Vec<String> = if json.is_empty() { Vec::new() } else { serde_json::from_str(&json).unwrap() };
    let mut carrier = Carrier::new().await;
    for text in &texts {
        carrier.carry(text).await;
    }
    let Counts { kept, refused } = carrier.counts;
    let told = json!({"texts": texts.len(), "keptAsSent": kept, "refusedAtTheirField": refused});
    println!("{told}");
}
