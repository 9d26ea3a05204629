//! Lines of the standard input, each with its answer.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wishlist_scraper::fetch::FetchSettings;

use crate::judge::link::{self, Link, Verdict};
use crate::judge::plan::told;
use crate::judge::site::Internet;

#[derive(Deserialize)]
struct Question {
    url: String,
    #[serde(default)]
    dns: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Answer {
    id: Value,
    verdict: Verdict,
    reason: String,
}

/// Answers every line that is not empty, in order, until there are no more.
pub(crate) async fn judge(own_names: Vec<String>) -> anyhow::Result<()> {
    let settings = FetchSettings { own_names, deadline: Duration::from_secs(2), ..FetchSettings::default() };
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            let Link { verdict, reason } = judge_line(&line, &settings).await;
            let answer = Answer { id: id_of(&line), verdict, reason };
            writeln!(output, "{}", serde_json::to_string(&answer)?)?;
        }
        line.clear();
    }
    Ok(())
}

/// What cannot be read is refused, and does not end the run.
async fn judge_line(line: &[u8], settings: &FetchSettings) -> Link {
    let question: Question = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(error) => return Link::blocked(format!("not a question `{{\"id\",\"url\",\"dns\"}}`: {error}")),
    };
    let mut internet = Internet::without_sites();
    for (name, value) in &question.dns {
        match told(value) {
            Ok(told) => internet = internet.telling(name, vec![told]),
            Err(error) => return Link::blocked(format!("`dns` of `{name}`: {error}")),
        }
    }
    link::judge(&question.url, &internet, settings.clone()).await
}

/// The value after the first `"id"`, also of a line that cannot be read as a whole; `null` where there is none.
fn id_of(line: &[u8]) -> Value {
    let text = String::from_utf8_lossy(line);
    let after = text.split_once("\"id\"").map_or("", |(_, after)| after).trim_start();
    let value = after.strip_prefix(':').unwrap_or_default();
    serde_json::Deserializer::from_str(value).into_iter().next().and_then(Result::ok).unwrap_or(Value::Null)
}
