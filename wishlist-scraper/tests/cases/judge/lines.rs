//! Links by the line, each with its answer.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wishlist_scraper::fetch::FetchSettings;

use super::link::{self, Link, Verdict};
use super::plan::told;
use super::site::Internet;

#[derive(Deserialize)]
struct Question {
    url: String,
    dns: Option<BTreeMap<String, Value>>,
}

#[derive(Serialize)]
struct Answer {
    id: Value,
    verdict: Verdict,
    reason: String,
}

/// Answers every line of `input` that is not empty, in order.
pub(crate) async fn judge(
    mut input: impl BufRead,
    mut output: impl Write,
    own_names: Vec<String>,
) -> anyhow::Result<()> {
    let settings = FetchSettings { own_names, deadline: Duration::from_secs(2), ..FetchSettings::default() };
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
        Err(error) => return Link::blocked(&format!("not a question `{{\"id\",\"url\",\"dns\"}}`: {error}")),
    };
    let mut internet = Internet::without_sites();
    for (name, value) in question.dns.iter().flatten() {
        match told(value) {
            Ok(told) => internet = internet.telling(name, vec![told]),
            Err(error) => return Link::blocked(&format!("`dns` of `{name}`: {error}")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_line_has_its_answer_whatever_is_in_it() {
        let rows: [(&[u8], &str, &str); 14] = [
            (br#"{"id":1,"url":"https://shop.example/"}"#, "1", "allow"),
            (br#"{"id":"a","url":"https://shop.example/","dns":null,"more":{}}"#, "\"a\"", "allow"),
            (br#"{"id":"b","url":"http://2130706433/"}"#, "\"b\"", "block"),
            (br#"{"id":"c","url":"https://WISHES.example./v1/me"}"#, "\"c\"", "block"),
            (
                "{\"id\":\"d\",\"url\":\"https://möbel.example/\",\"dns\":{\"MÖBEL.example.\":[\"10.0.0.1\"]}}"
                    .as_bytes(),
                "\"d\"",
                "block",
            ),
            (
                "{\"id\":\"e\",\"url\":\"https://xn--mbel-5qa.example/\",\"dns\":{\"möbel.example\":[\"1.0.0.1\"]}}"
                    .as_bytes(),
                "\"e\"",
                "allow",
            ),
            (br#"{"id":"f","url":"http://a.example/","dns":{"a.example":["fe80::1%eth0"]}}"#, "\"f\"", "block"),
            (br#"{"id":"g","url":"http://a.example/","dns":{"a.example":{"a":1}}}"#, "\"g\"", "block"),
            (br#"{"id":"h","url":"http://a.example/","dns":{"a.example":"10.0.0.1"}}"#, "\"h\"", "block"),
            (br#"{"id":"i","url":"http://\ud800.example/"}"#, "\"i\"", "block"),
            (b"{\"id\":\"j\",\"url\":\"http://a\xff.example/\"}", "\"j\"", "block"),
            (br#"{"url": 7, "id" : {"k":[1]}}"#, r#"{"k":[1]}"#, "block"),
            (br#"{"id":"l""#, "\"l\"", "block"),
            (b"no JSON at all", "null", "block"),
        ];
        let lines: Vec<u8> = rows.iter().flat_map(|(line, ..)| [line, b"\n \n".as_slice()].concat()).collect();
        let mut output = Vec::new();
        judge(&*lines, &mut output, vec!["wishes.example".to_owned()]).await.unwrap();
        let output = String::from_utf8(output).unwrap();
        assert_eq!(output.lines().count(), rows.len(), "{output}");
        for (answer, (line, id, verdict)) in output.lines().zip(rows) {
            let answer: Value = serde_json::from_str(answer).unwrap();
            let line = String::from_utf8_lossy(line);
            assert_eq!((answer["id"].to_string().as_str(), &answer["verdict"]), (id, &Value::from(verdict)), "{line}");
            assert!(answer["reason"].as_str().is_some_and(|reason| reason.len() > 10), "{answer}");
        }
    }
}
