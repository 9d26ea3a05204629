//! Carries every text of a file or of standard input, a JSON array of strings, through every field that takes text and back, byte for byte;
//! with `--own` the project's own texts, with `--every 8` each eighth.
//!
//! ```sh
//! cargo run -p wishlist-api --example texts -- --own
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
#[path = "../tests/http/hostile.rs"]
mod hostile;
#[path = "../tests/http/world.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod world;

use carrying::{Carrier, Counts, own_texts};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let every = match arguments.iter().position(|argument| argument == "--every") {
        Some(at) => arguments.drain(at..at + 2).next_back().unwrap().parse().unwrap(),
        None => 1,
    };
    let texts = match arguments.first().map(String::as_str) {
        Some("--own") => own_texts(),
        Some(file) => read(&std::fs::read_to_string(file).unwrap()),
        None => read(&std::io::read_to_string(std::io::stdin()).unwrap()),
    };
    let texts: Vec<_> = texts.into_iter().step_by(every).collect();
    let mut carrier = Carrier::new().await;
    for text in &texts {
        carrier.carry(text).await;
    }
    let Counts { kept, refused } = carrier.counts;
    let told = json!({"texts": texts.len(), "keptAsSent": kept, "refusedAtTheirField": refused});
    println!("proof: {told}");
}

fn read(json: &str) -> Vec<String> {
    if json.is_empty() { Vec::new() } else { serde_json::from_str(json).unwrap() }
}
