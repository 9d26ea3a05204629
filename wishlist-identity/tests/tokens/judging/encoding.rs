//! Other spellings of a good token.

use anyhow::{Result, bail};
use serde_json::json;

use super::keys::encode;

/// The longest token that anybody is asked to look at.
const PAD_BYTES: usize = 10_000_000;

/// A signed token in its three parts.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) header: String,
    pub(crate) payload: String,
    pub(crate) signature: String,
}

impl Parts {
    fn token(&self) -> String {
        format!("{}.{}.{}", self.header, self.payload, self.signature)
    }

    fn part(&mut self, place: usize) -> &mut String {
        [&mut self.header, &mut self.payload, &mut self.signature]
            .into_iter()
            .nth(place)
            .unwrap_or_else(|| unreachable!())
    }
}

/// Whether the words are about a token that does not come in `Authorization`.
pub(crate) fn is_beside_the_header(raw: &str) -> bool {
    let raw = raw.to_lowercase();
    raw.starts_with("cookie") || raw.starts_with("query") || raw.contains("access_token=")
}

/// The spellings that `raw` may stand for.
///
/// `tok` is the token, `h`, `p` and `s` are its parts, `seg` is each of them in turn; quoted text is itself. `about`
/// tells which part a change is of, where the words do not; `sign` makes a good token of a header and a payload that
/// are spelt so.
pub(crate) fn forms(
    raw: &str,
    about: &str,
    texts: (&str, &str),
    sign: &dyn Fn(String, String) -> Result<Parts>,
) -> Result<Vec<String>> {
    let good = sign(encode(texts.0), encode(texts.1))?;
    // The verifier gets what stands behind the scheme.
    let (scheme, behind) = raw.split_at_checked("Bearer ".len()).unwrap_or(("", raw));
    let raw = if scheme.eq_ignore_ascii_case("Bearer ") { behind } else { raw };
    Ok(match raw {
        "" => vec![String::new()],
        "pad" => vec![good.token() + &"A".repeat(PAD_BYTES)],
        "last char +1" => return other_trailing_bits(about, texts, sign),
        "a, b" => vec![format!("{0}, {0}", good.token())],
        json if json.starts_with('{') => serialized(&good),
        _ if raw.contains('+') => return (0..3).map(|place| sum(raw, &good, place)).collect(),
        _ if raw.contains('.') || raw.len() == 1 => vec![dotted(raw, &good)],
        _ if raw.split(' ').any(|word| word == "tok") => vec![raw.replace("tok", &good.token())],
        _ => bail!("`{raw}` is no spelling that is known here"),
    })
}

/// RFC 7515, sections 7.2.1 and 7.2.2.
fn serialized(good: &Parts) -> Vec<String> {
    let one = json!({ "protected": good.header, "signature": good.signature });
    let mut flattened = one.clone();
    flattened["payload"] = json!(good.payload);
    vec![flattened.to_string(), json!({ "payload": good.payload, "signatures": [one] }).to_string()]
}

fn dotted(raw: &str, good: &Parts) -> String {
    let part = |word: &str| match word {
        "h" => good.header.clone(),
        "p" => good.payload.clone(),
        "s" => good.signature.clone(),
        other => other.to_owned(),
    };
    raw.split('.').map(part).collect::<Vec<_>>().join(".")
}

fn sum(raw: &str, good: &Parts, place: usize) -> Result<String> {
    let (mut text, mut changed) = (String::new(), good.clone());
    let of_part = raw.contains("seg");
    for word in raw.split('+') {
        match word.trim() {
            "tok" => text += &good.token(),
            "seg" => text += changed.part(place).as_str(),
            quoted if quoted.starts_with('"') => text += &serde_json::from_str::<String>(word)?,
            other => bail!("`{other}` is no part of a token"),
        }
    }
    if !of_part {
        return Ok(text);
    }
    *changed.part(place) = text;
    Ok(changed.token())
}

/// The same bytes with other bits behind them. A text whose bytes leave no such bits is made longer first.
fn other_trailing_bits(
    about: &str,
    (header, payload): (&str, &str),
    sign: &dyn Fn(String, String) -> Result<Parts>,
) -> Result<Vec<String>> {
    let loose = |text: &str| encode(if text.len().is_multiple_of(3) { format!("{text} ") } else { text.to_owned() });
    let next = |text: String| {
        let last = text.bytes().last().unwrap_or_default();
        text.chars().take(text.len() - 1).chain([char::from(last + 1)]).collect::<String>()
    };
    let names: Vec<_> = ["header", "payload", "signature"].into_iter().filter(|name| about.contains(name)).collect();
    let names = if names.is_empty() { vec!["header", "payload", "signature"] } else { names };
    let spelt = |name: &str| match name {
        "header" => sign(next(loose(header)), encode(payload)),
        "payload" => sign(encode(header), next(loose(payload))),
        _ => {
            sign(encode(header), encode(payload)).map(|good| Parts { signature: next(good.signature.clone()), ..good })
        }
    };
    names.into_iter().map(|name| spelt(name).map(|parts| parts.token())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spellings(raw: &str, about: &str) -> Vec<String> {
        let sign = |header, payload| Ok(Parts { header, payload, signature: "QQ".to_owned() });
        forms(raw, about, ("{}", "[]"), &sign).unwrap()
    }

    #[test]
    fn words_become_the_spelling_they_say() {
        let good = format!("{}.{}.QQ", encode("{}"), encode("[]"));
        assert_eq!(spellings("\" \"+tok", ""), vec![format!(" {good}"); 3]);
        assert_eq!(spellings("seg+\"=\"", "")[2], format!("{good}="));
        assert_eq!((spellings("h", ""), spellings("..", "")), (vec![encode("{}")], vec!["..".to_owned()]));
        assert_eq!(spellings("h.p.s.x", ""), [format!("{good}.x")]);
        assert_eq!(spellings("Basic tok", ""), [format!("Basic {good}")]);
        assert_eq!(spellings("bearer tok", ""), std::slice::from_ref(&good));
        assert_eq!(spellings("Bearer Bearer tok", ""), [format!("Bearer {good}")]);
        assert_eq!(spellings("a, b", ""), [format!("{good}, {good}")]);
        assert_eq!(spellings("last char +1", "of the signature"), [format!("{}.{}.QR", encode("{}"), encode("[]"))]);
        assert_eq!(spellings("last char +1", "").len(), 3);
    }
}
