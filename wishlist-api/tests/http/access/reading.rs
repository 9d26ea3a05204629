//! Reads a case, a line of intent, into what shows it.

use std::future::Future;
use std::pin::Pin;

use serde::Deserialize;

use super::rows::{ROWS, Row, Who};
use super::{effects, hostile, inputs, names, pages, strangers};

/// A case as a file has it; its other members are for people.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) risk: String,
    #[serde(rename = "case")]
    pub(crate) what: String,
    #[serde(default)]
    pub(crate) expect: String,
    #[serde(default = "must")]
    pub(crate) level: String,
}

fn must() -> String {
    "must".to_owned()
}

/// Something that is done to show a case; it ends in a panic where the case does not hold.
pub(crate) type Run = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

/// What a case is read as.
pub(crate) enum Reading {
    Runs(Vec<Run>),
    /// A test of another crate, by its name: what is shown there has no router.
    Tests(&'static [&'static str]),
    /// The feature that does not exist.
    NotYet(&'static str),
    /// What of it nothing here understands.
    Unknown(String),
}

fn run<F: Future<Output = ()> + 'static>(of: impl Fn() -> F + 'static) -> Run {
    Box::new(move || Box::pin(of()))
}

/// What is shown where the server or the scraper is, by a word of the case.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("unfinished headers", &["a_head_that_drips_is_given_up"]),
    ("slow headers", &["a_head_that_drips_is_given_up"]),
    ("headers of", &["a_head_is_bounded"]),
    ("scraped image", &["an_address_that_would_not_be_visited_is_not_shown"]),
    ("changes each fetch", &["only_a_change_of_price_or_availability_is_an_observation"]),
    ("connections", &["a_connection_too_many_waits_for_another_to_end"]),
];

/// What belongs to the whole API, by words of the case.
fn whole(text: &str) -> Vec<Run> {
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    let rows: [(bool, Run); 15] = [
        (has(&["idempotency-key"]) && has(&["same body"]), run(effects::once)),
        (has(&["idempotency-key"]) && (has(&["other"]) || has(&["different"])), run(effects::once)),
        (has(&["key of"]), run(effects::keys)),
        (has(&["24 h"]), run(effects::after_a_day)),
        (has(&["killed"]) || has(&["cut off"]), run(effects::cut_off)),
        (has(&["4xx"]), run(effects::after_a_refusal)),
        (has(&["5xx, then"]), run(effects::after_a_fault)),
        (has(&["path"]) || has(&["trailing slash"]), run(effects::paths)),
        (has(&["method"]), run(effects::methods)),
        (has(&["forwarded"]) || has(&["host"]) || has(&["rewrite"]), run(effects::ignored)),
        (has(&["unconfirmed"]), run(effects::unconfirmed)),
        (has(&["limit: ", "items"]), run(effects::many_items)),
        (has(&["limit: ", "req/s"]), run(effects::many_calls)),
        (has(&["limit: ", "body of"]), run(|| inputs::too_large(10 * (1 << 20) + 1))),
        (has(&["limit: ", "calls"]), run(effects::many_calls)),
    ];
    rows.into_iter().filter(|(is, _)| *is).map(|(_, run)| run).collect()
}

/// What a case says, read into what shows it.
pub(crate) fn read(case: &Case) -> Reading {
    let (what, text) = (case.what.as_str(), case.what.to_lowercase());
    if let Some(name) = what.strip_prefix("mass assignment of ") {
        let name = name.to_owned();
        return Reading::Runs(vec![run(move || inputs::not_taken(name.clone()))]);
    }
    if let Some(feature) = names::not_yet(&format!("{} {what}", case.risk)) {
        return Reading::NotYet(feature);
    }
    if let Some(sent) = what.strip_prefix("input: ") {
        return input(sent);
    }
    if let Some(asked) = what.strip_prefix("pagination: ") {
        return paging(asked);
    }
    if let Some(page) = text.strip_prefix("scraped ").and_then(page) {
        return Reading::Runs(vec![run(move || hostile::seen(page))]);
    }
    if let Some(row) = text.strip_suffix(" after delete").and_then(names::row) {
        return Reading::Runs(vec![run(move || strangers::after_delete(row))]);
    }
    if let Some((row, who)) = text.split_once(": ").and_then(|(phrase, who)| Some((names::row(phrase)?, who))) {
        return by(row, who);
    }
    if let Some((_, tests)) = ELSEWHERE.iter().find(|(words, _)| text.contains(words)) {
        return Reading::Tests(tests);
    }
    runs(whole(&text), what)
}

/// The page of a shop that does so.
fn page(text: &str) -> Option<&'static str> {
    let words = [
        ("javascript", "link"),
        ("script", "script"),
        ("nested", "deep"),
        ("utf-8", "bytes"),
        ("robot", "robot"),
        ("captcha", "robot"),
        ("currency", "currency"),
        ("10^", "price"),
        ("mb", "long"),
        ("mib", "long"),
    ];
    words.iter().find(|(word, _)| text.contains(word)).map(|(_, page)| *page)
}

fn runs(runs: Vec<Run>, what: &str) -> Reading {
    if runs.is_empty() { Reading::Unknown(format!("nothing shows `{what}`")) } else { Reading::Runs(runs) }
}

/// A row by somebody.
fn by(row: &'static Row, who: &str) -> Reading {
    let mut all = Vec::new();
    let has = |words: &[&str]| words.iter().any(|word| who.contains(word));
    if has(&["who may", "owner", "other", "another", "stranger"]) {
        all.push(run(move || strangers::who_may(row)));
    }
    if has(&["other", "another", "stranger", "foreign"]) {
        all.extend((row.who == Who::Owner).then(|| run(move || strangers::strangers(row))));
        let lists = pages::listings().any(|of| of.operation == row.operation);
        all.extend(lists.then(|| run(move || strangers::cursors(row))));
    }
    if has(&["token", "anonymous"]) && row.who != Who::Anybody {
        all.push(run(move || strangers::tokens(row)));
    }
    if has(&["deleted"]) {
        all.push(run(move || strangers::deleted(row)));
    }
    if has(&["wrong parent"]) && row.parameters("path").len() == 2 {
        all.push(run(move || strangers::wrong_parent(row)));
    }
    runs(all, &format!("{}: {who}", row.operation))
}

/// What every write is sent: each part of the text has to be something that is sent.
fn input(text: &str) -> Reading {
    let mut all = Vec::new();
    let lower = text.to_lowercase();
    let field = ["quantity", "targetPrice", "price"].into_iter().find(|field| text.contains(field));
    for part in lower.split(", ") {
        let literal = part.trim_start_matches("quantity ").split(" as ").next().unwrap_or_default();
        if let (Some(field), Some(number)) = (field, number(literal)) {
            all.push(run(move || inputs::number(field, number.clone())));
        } else if let Some(run) = sent(part, text) {
            all.push(run);
        } else {
            return Reading::Unknown(format!("nothing sends `{part}`"));
        }
    }
    runs(all, text)
}

fn sent(part: &str, text: &str) -> Option<Run> {
    let has = |word: &str| part.contains(word);
    let carried = |text: &str| {
        let text = text.to_owned();
        run(move || inputs::text(text.clone()))
    };
    Some(match part {
        _ if has("null for") || part == "null" => run(inputs::nulls),
        _ if has("type/") || has("content-type") => {
            let kind = text.split_whitespace().find(|word| word.contains('/')).unwrap_or("text/plain").to_owned();
            run(move || inputs::of_type(kind.clone()))
        }
        _ if has("duplicate") || has("twice") => run(inputs::twice),
        _ if has("mib") || has("megabyte") => run(|| inputs::long_texts(1 << 20)),
        _ if has("nested") => run(|| inputs::nested(10_000)),
        _ if has("keys") => run(|| inputs::many_keys(10_000)),
        _ if has("unknown field") => run(|| inputs::not_taken("nobodyKnows".to_owned())),
        _ if has("wrong type") || has("other type") || has("instead of") => run(inputs::other_types),
        _ if has("gzip") || has("bomb") || has("compressed") => run(inputs::packed),
        _ if has("empty") => run(|| inputs::broken("empty")),
        _ if has("bom") => run(|| inputs::broken("bom")),
        _ if has("trailing") => run(|| inputs::broken("trailing")),
        _ if has("surrogate") => run(|| inputs::broken("surrogate")),
        _ if has("utf-8") => run(inputs::not_utf8),
        _ if has("nul") => carried("a\u{0}b"),
        _ if has("bidi") => carried("\u{202e}kettle\u{2066}\u{202c}"),
        _ if has("combining") => carried(&format!("a{}", "\u{301}".repeat(1000))),
        _ if has("emoji") => carried("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{1f3f3}\u{fe0f}"),
        _ => return None,
    })
}

/// A number as JSON writes it, of a text like `2^53+1` or `0.1+0.2`.
fn number(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((base, rest)) = text.split_once('^') {
        let (power, more) = rest.split_once('+').unwrap_or((rest, "0"));
        let value = base.parse::<u128>().ok()?.checked_pow(power.parse().ok()?)?;
        return Some((value + more.parse::<u128>().ok()?).to_string());
    }
    if let Some((left, right)) = text.split_once('+').filter(|(left, _)| left.contains('.')) {
        return Some((left.parse::<f64>().ok()? + right.parse::<f64>().ok()?).to_string());
    }
    let is_number = text.parse::<f64>().is_ok() && text.contains(|c: char| c.is_ascii_digit());
    is_number.then(|| text.to_owned())
}

/// What listings are asked.
fn paging(text: &str) -> Reading {
    let lower = text.to_lowercase();
    let has = |word: &str| lower.contains(word);
    let of_another = |row: &'static Row| run(move || strangers::cursors(row));
    Reading::Runs(match () {
        () if has("cursor") && has("another user") => pages::listings().map(of_another).collect(),
        () if has("cursor") && (has("list") || has("sort") || has("order")) => vec![run(pages::misplaced_cursors)],
        () if has("cursor") && (has("bit") || has("trunc") || has("cut")) => vec![run(pages::altered_cursors)],
        () if has("cursor") && has("delete") => {
            let row = Row::of("list_items").unwrap();
            vec![run(move || strangers::after_delete(row))]
        }
        () if has("sort") => vec![run(|| pages::refused_query("sort=nobodyKnows".to_owned()))],
        () if has("parameters") => vec![run(|| pages::refused_query("p=x&".repeat(10_000)))],
        () if has("=") && !has(" ") => {
            let query = text.to_owned();
            vec![run(move || pages::query(query.clone()))]
        }
        () => return Reading::Unknown(format!("nothing asks for `{text}`")),
    })
}

/// Cases of every row, by each caller and of each target, and of what is not of one row.
pub(crate) fn own_cases() -> Vec<Case> {
    let mut lines = Vec::new();
    for row in ROWS {
        let name = row.operation;
        lines.push(format!("{name}: who may"));
        lines.push(format!("{name}: who was deleted"));
        if row.who != Who::Anybody {
            lines.push(format!("{name}: another user"));
            lines.push(format!("{name}: any wrong token"));
        }
        if row.who == Who::Owner {
            lines.push(format!("{name} after delete"));
        }
        if row.parameters("path").len() == 2 {
            lines.push(format!("{name}: wrong parent"));
        }
    }
    lines.extend(WHOLE.iter().map(|line| (*line).to_owned()));
    let case = |(number, what): (usize, String)| Case {
        id: format!("access-{number}"),
        risk: String::new(),
        what,
        expect: "nothing of anybody else's, and no change".to_owned(),
        level: must(),
    };
    lines.into_iter().enumerate().map(case).collect()
}

/// Cases of our own that are not of one row.
const WHOLE: &[&str] = &[
    "an unconfirmed user has no token",
    "mass assignment of ownerId",
    "mass assignment of claimedBy",
    "mass assignment of isPublic",
    "mass assignment of sk",
    "input: null for all",
    "input: a field twice",
    "input: a megabyte of text",
    "input: nested without end",
    "input: 10000 keys",
    "input: wrong type",
    "input: a bomb",
    "input: of content-type application/x-ndjson",
    "input: empty, BOM, trailing, a surrogate, no UTF-8",
    "input: -0.0, 1e999, 2^64, 0.7+0.1 as price",
    "input: quantity -7, 2^33, 0.5",
    "input: combining marks, bidi, NUL, emoji",
    "pagination: limit=101",
    "pagination: limit=1&limit=2",
    "pagination: cursor of another user",
    "pagination: cursor of another list",
    "pagination: cursor less a bit",
    "pagination: sort by nothing",
    "pagination: too many parameters",
    "limit: too many items",
    "limit: too many calls",
    "limit: body of too much",
    "one Idempotency-Key, same body",
    "a key of any length",
    "a key 24 h later",
    "a named call that was cut off",
    "a named call after a 4xx",
    "a named call after a 5xx, then once more",
    "every other path",
    "every other method",
    "a forwarded name",
    "scraped script for a name",
    "scraped javascript for an address",
    "scraped currency of nowhere",
    "scraped price of 10^30",
    "scraped name of a MB",
    "scraped markup nested without end",
    "scraped bytes that are no UTF-8",
    "scraped question for a robot",
    "share: whoever visits",
];
