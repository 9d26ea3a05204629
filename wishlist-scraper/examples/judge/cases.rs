//! A file of cases, judged and counted.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use crate::world::World;
use crate::{Verdict, judge as judge_url};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    category: String,
    level: String,
    expect: String,
    url: Option<String>,
    #[serde(default)]
    dns: HashMap<String, Vec<IpAddr>>,
    setup: Option<Setup>,
}

/// What a case says of names, redirects and answers; with any other key it needs a real site, and belongs to the tests.
#[derive(Deserialize)]
struct Setup {
    url: Option<String>,
    #[serde(default)]
    dns: HashMap<String, Value>,
    #[serde(default)]
    dns_sequence: HashMap<String, Vec<Vec<IpAddr>>>,
    #[serde(default)]
    redirects: Vec<Redirect>,
    #[serde(default)]
    redirect_count: usize,
    response: Option<Response>,
    #[serde(rename = "ttl")]
    _ttl: Option<u32>,
    #[serde(flatten)]
    beyond: HashMap<String, Value>,
}

#[derive(Clone, Deserialize)]
struct Redirect {
    status: u16,
    location: Value,
}

#[derive(Clone, Deserialize)]
struct Response {
    status: Option<u16>,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    headers_raw: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(flatten)]
    beyond: HashMap<String, Value>,
}

/// How many cases of one category and level were held.
#[derive(Default)]
struct Count {
    held: usize,
    missed: usize,
    elsewhere: usize,
}

/// Judges every case of `file` that names, redirects and text decide, and prints each miss and the counts.
#[allow(clippy::print_stdout, reason = "a report for whoever runs the example")]
pub(crate) async fn judge(file: &Path, own_names: &[String]) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let file: File = serde_json::from_str(&text)?;
    let mut counts: BTreeMap<(String, String), Count> = BTreeMap::new();
    for case in file.cases {
        let count = counts.entry((case.level.clone(), case.category.clone())).or_default();
        let Some((url, world)) = world_of(&case) else {
            count.elsewhere += 1;
            continue;
        };
        let (verdict, reason) = judge_url(&url, &world, own_names).await?;
        if holds(&case, verdict, &world) {
            count.held += 1;
        } else {
            count.missed += 1;
            println!("missed {} ({}): {url:?} {reason}", case.id, case.level);
        }
    }
    println!("level   category             held  missed  by the tests");
    for ((level, category), count) in counts {
        let Count { held, missed, elsewhere } = count;
        println!("{level:<7} {category:<20} {held:>4}  {missed:>6}  {elsewhere:>12}");
    }
    Ok(())
}

/// The URL of `case` and the world around it, if it can be had in memory.
fn world_of(case: &Case) -> Option<(String, World)> {
    let world = World::default().answering(case.dns.clone());
    let Some(setup) = &case.setup else {
        return Some((case.url.clone()?, world));
    };
    let response = setup.response.as_ref();
    if !setup.beyond.is_empty() || response.is_some_and(|response| !response.beyond.is_empty()) {
        return None;
    }
    let names: HashMap<String, Vec<IpAddr>> =
        setup.dns.iter().map(|(name, answer)| Some((name.clone(), addresses_of(answer)?))).collect::<Option<_>>()?;
    let world = world.answering(names).answering_in_turn(setup.dns_sequence.clone());
    let redirects =
        setup.redirects.iter().cloned().chain(
            (0..setup.redirect_count).map(|count| Redirect { status: 302, location: format!("/{count}").into() }),
        );
    let mut responses: Vec<Vec<u8>> = redirects.map(|redirect| redirect.bytes()).collect();
    match response {
        Some(response) => responses.push(response.bytes()?),
        None if responses.is_empty() => {}
        None => responses.push(PAGE.to_vec()),
    }
    let url = setup.url.clone()?;
    if responses.is_empty() {
        return Some((url, world));
    }
    // The sites in memory have no certificates.
    let url = url.replacen("https:", "http:", 1);
    Some((url, world.sending(responses)))
}

fn addresses_of(answer: &Value) -> Option<Vec<IpAddr>> {
    match answer {
        Value::Array(_) => serde_json::from_value(answer.clone()).ok(),
        Value::String(text) if text == "NXDOMAIN" => Some(Vec::new()),
        _ => None,
    }
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx";

impl Redirect {
    fn bytes(&self) -> Vec<u8> {
        let locations = match &self.location {
            Value::Array(locations) => locations.clone(),
            location => vec![location.clone()],
        };
        let mut head = format!("HTTP/1.1 {} Redirect\r\nContent-Length: 0\r\n", self.status);
        for location in locations.iter().filter_map(Value::as_str) {
            head.extend(["Location: ", location, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

impl Response {
    /// The answer as it is sent, unless its body is only described.
    fn bytes(&self) -> Option<Vec<u8>> {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status.unwrap_or(200));
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        for line in &self.headers_raw {
            head.extend([line, "\r\n"]);
        }
        head.push_str("\r\n");
        let body = match self.body.as_str() {
            "infinite" => vec![b'x'; 8 << 20],
            "x*1MiB" => vec![b'x'; 1 << 20],
            described if described.contains("GiB") => return None,
            body => body.as_bytes().to_vec(),
        };
        Some([head.into_bytes(), body].concat())
    }
}

/// Whether the verdict is the expected one, and nothing but public addresses was connected to.
fn holds(case: &Case, verdict: Verdict, world: &World) -> bool {
    let first_answers: Vec<IpAddr> = match &case.setup {
        Some(setup) => setup.dns_sequence.values().filter_map(|answers| answers.first()).flatten().copied().collect(),
        None => Vec::new(),
    };
    let connected = world.connected();
    let pinned = |address: &SocketAddr| first_answers.contains(&address.ip());
    match case.expect.as_str() {
        "allow" => verdict == Verdict::Allow,
        "block" => verdict == Verdict::Block,
        "allow-pinned" => verdict == Verdict::Allow && connected.iter().all(pinned),
        // A failure of any kind is clean as long as it is one and nothing else was connected to.
        _ => connected.len() <= 1,
    }
}
