//! A case as a file has it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::setup::Setup;

/// One line of intent: what is met, and what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) level: Level,
    pub(crate) expect: Expect,
    /// A link that is judged with the names of `dns`, without a site.
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) dns: BTreeMap<String, Value>,
    /// Names and sites that are built.
    pub(crate) setup: Option<Setup>,
    #[serde(rename = "case")]
    _title: Option<IgnoredAny>,
    #[serde(rename = "category")]
    _category: Option<IgnoredAny>,
    #[serde(rename = "why")]
    _why: Option<IgnoredAny>,
    #[serde(rename = "source")]
    _source: Option<IgnoredAny>,
    #[serde(rename = "split")]
    _split: Option<IgnoredAny>,
    #[serde(rename = "whatwg_host")]
    _whatwg_host: Option<IgnoredAny>,
}

/// How much a miss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// A miss reaches what it must not, or breaks an ordinary link.
    Must,
    /// Hygiene, counted apart.
    Strict,
    /// Both answers are safe: not scored.
    Either,
}

/// What a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Expect {
    /// The page is read, over as many connections as it has hops.
    Allow,
    /// It is refused, and what is refused is not connected to.
    Block,
    /// The page is read from the addresses that its name had first.
    AllowPinned,
    /// One of the two.
    BlockOrPinned,
    /// It comes to no product, in bounded time, bytes and memory.
    FailClean,
}

/// A case, or why it could not be read, with what is known of it all the same.
pub(crate) struct Read {
    pub(crate) id: String,
    pub(crate) level: Level,
    pub(crate) case: Result<Case, String>,
}

/// The cases of a file `{"cases": […]}`.
pub(crate) fn cases_of(file: &Path) -> anyhow::Result<Vec<Read>> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the cases in `{}`", file.display()))?;
    let json: Value = serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", file.display()))?;
    let cases = json["cases"].as_array().with_context(|| format!("`{}` has no list `cases`", file.display()))?;
    Ok(cases.iter().map(read).collect())
}

fn read(json: &Value) -> Read {
    let id = json["id"].as_str().map_or_else(|| json["id"].to_string(), str::to_owned);
    let level = serde_json::from_value(json["level"].clone()).unwrap_or(Level::Must);
    Read { id, level, case: serde_json::from_value(json.clone()).map_err(|error| error.to_string()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_that_is_not_known_fails_its_case_by_name() {
        let setups = [
            json!({"id": "x", "level": "strict", "expect": "block", "url": "http://a.example/", "surprise": 1}),
            json!({"id": "x", "level": "strict", "expect": "block", "setup": {"surprise": 1}}),
            json!({"id": "x", "level": "strict", "expect": "block", "setup": {"response": {"surprise": 1}}}),
            json!({"id": "x", "level": "strict", "expect": "block", "setup": {"assert_headers": {"surprise": []}}}),
        ];
        for setup in setups {
            let Read { id, level, case } = read(&setup);
            let why = case.err().expect("the case should not be read");
            assert!(id == "x" && level == Level::Strict && why.contains("`surprise`"), "{why}");
        }
    }
}
