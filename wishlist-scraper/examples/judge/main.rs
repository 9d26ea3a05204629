//! Judges links by the fetcher's own code, with names resolved from the input and no socket opened.
//!
//! Reads lines `{"id", "url", "dns": {"host": ["ip", …]}}` and answers each with `{"id", "verdict", "reason"}`, the verdict
//! being `allow` where the fetcher would have connected and `block` where it would not. A name that is not in `dns`
//! resolves to 93.184.215.14. With `--cases FILE` it judges a file of cases instead and prints what was held.
//!
//! ```sh
//! echo '{"id":"1","url":"http://2130706433/"}' | cargo run -p wishlist-scraper --example judge
//! ```

mod cases;
mod world;

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use serde::{Deserialize, Serialize};
use url::Url;
use wishlist_core::model::PageUrl;
use wishlist_scraper::fetch::{FetchFailure, read_url};

use world::World;

/// Judges links by the fetcher's own code, without opening a socket.
#[derive(Parser)]
struct Arguments {
    /// A URL under which the service itself is reached; may be repeated.
    #[arg(long = "public-url", value_name = "URL", env = "WISHLIST_PUBLIC_URL")]
    public_urls: Vec<Url>,
    /// A file of cases to judge instead of the lines of the standard input.
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    url: String,
    #[serde(default)]
    dns: HashMap<String, Vec<std::net::IpAddr>>,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    verdict: Verdict,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Allow,
    Block,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let own_names: Vec<String> =
        arguments.public_urls.iter().filter_map(|url| url.host_str().map(str::to_owned)).collect();
    match arguments.cases {
        Some(file) => cases::judge(&file, &own_names).await,
        None => judge_lines(&own_names).await,
    }
}

async fn judge_lines(own_names: &[String]) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let question: Question = serde_json::from_str(&line).with_context(|| format!("not a question: {line}"))?;
        let world = World::default().answering(question.dns);
        let (verdict, reason) = judge(&question.url, &world, own_names).await?;
        let answer = Answer { id: question.id, verdict, reason };
        writeln!(output, "{}", serde_json::to_string(&answer)?)?;
    }
    Ok(())
}

/// What the product does with `text` as somebody typed it: page URL, then fetch.
async fn judge(text: &str, world: &World, own_names: &[String]) -> anyhow::Result<(Verdict, String)> {
    if let Err(error) = text.parse::<PageUrl>() {
        return Ok((Verdict::Block, error.to_string()));
    }
    let Ok(url) = read_url(text, None) else {
        return Ok((Verdict::Block, FetchFailure::Forbidden.to_string()));
    };
    let outcome = world.fetcher(own_names)?.fetch(&url).await;
    Ok(match (world.connected().last(), outcome) {
        // Where the world sends nothing, a connection that was tried is refused.
        (Some(address), Ok(_) | Err(FetchFailure::Unreachable)) => (Verdict::Allow, format!("connects to {address}")),
        (_, Err(failure)) => (Verdict::Block, failure.to_string()),
        (None, Ok(_)) => (Verdict::Block, "answered without a connection".to_owned()),
    })
}
