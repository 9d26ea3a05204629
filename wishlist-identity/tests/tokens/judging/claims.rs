//! The claims of a good token with one of them changed, as JSON text: some changes are none that JSON allows.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::issuer::{CLIENT, ISSUER, NOW};
use super::recipe::good_claims;

/// Members of an object: name and value, each as JSON text.
pub(crate) type Members = Vec<(String, String)>;

/// Those of a good token.
pub(crate) fn good() -> Members {
    let claims = good_claims();
    claims.as_object().into_iter().flatten().map(|(name, value)| (format!("\"{name}\""), value.to_string())).collect()
}

/// An object of these members.
pub(crate) fn object(members: &Members) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// A good token's claims, changed as `words` say: `exp=NOW-61`, `sub absent`, `aud=["<ours>"] on id token`.
pub(crate) fn changed(words: &str) -> Result<Members> {
    let mut claims = good();
    if let Some(name) = words.strip_suffix(" absent") {
        let name = format!("\"{name}\"");
        claims.retain(|(of, _)| *of != name);
        return Ok(claims);
    }
    let (name, value) = words.split_once('=').with_context(|| format!("`{words}` changes no claim"))?;
    let (value, of_id_token) = value.strip_suffix(" on id token").map_or((value, false), |value| (value, true));
    if of_id_token {
        set(&mut claims, "token_use", "\"id\"".to_owned());
    }
    set(&mut claims, name, value_of(value)?);
    Ok(claims)
}

fn set(claims: &mut Members, name: &str, value: String) {
    let name = format!("\"{name}\"");
    claims.retain(|(of, _)| *of != name);
    claims.push((name, value));
}

/// A value as JSON text: a time, JSON with our names in it, a number that JSON has not, or the words themselves.
fn value_of(words: &str) -> Result<String> {
    if let Some(moment) = moment(words) {
        return Ok(moment);
    }
    if let Some((text, times)) = words.split_once('*').filter(|(text, _)| text.starts_with('"')) {
        let text: String = serde_json::from_str(text).with_context(|| format!("`{text}` is not text"))?;
        let times: usize = times.parse().with_context(|| format!("`{times}` is not a number"))?;
        return Ok(Value::String(text.repeat(times)).to_string());
    }
    if let Ok(value) = serde_json::from_str::<Value>(words) {
        return Ok(fill(&value).to_string());
    }
    let quoted = words.replace("<iss>", "\"<iss>\"").replace("<ours>", "\"<ours>\"");
    if let Ok(value) = serde_json::from_str::<Value>(&quoted) {
        return Ok(fill(&value).to_string());
    }
    // No JSON, and yet what some parsers read as a number.
    if words.parse::<f64>().is_ok() {
        return Ok(words.to_owned());
    }
    Ok(fill(&Value::String(words.to_owned())).to_string())
}

/// `NOW`, with a number behind it or not.
fn moment(words: &str) -> Option<String> {
    let offset = words.strip_prefix("NOW")?;
    if offset.is_empty() {
        return Some(NOW.to_string());
    }
    let (sign, number) = offset.split_at_checked(1).filter(|(sign, _)| matches!(*sign, "+" | "-"))?;
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let whole: i64 = whole.parse().ok()?;
    let seconds = if sign == "-" { NOW - whole } else { NOW + whole };
    Some(fraction.map_or_else(|| seconds.to_string(), |fraction| format!("{seconds}.{fraction}")))
}

/// Our names in the place of those that stand for them, and times as text where times are text.
pub(crate) fn fill(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            Value::String(moment(text).unwrap_or_else(|| text.replace("<iss>", ISSUER).replace("<ours>", CLIENT)))
        }
        Value::Array(values) => values.iter().map(fill).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), fill(value))).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(words: &str) -> String {
        changed(words).unwrap().pop().unwrap().1
    }

    #[test]
    fn words_become_the_claim_they_say() {
        assert_eq!(claim("exp=NOW-61"), (NOW - 61).to_string());
        assert_eq!(claim("exp=NOW+60.5"), format!("{}.5", NOW + 60));
        assert_eq!(claim("nbf=\"NOW+1\""), format!("\"{}\"", NOW + 1));
        assert_eq!(claim("iss=<iss>/"), format!("\"{ISSUER}/\""));
        assert_eq!(claim("iss=[<iss>,\"x\"]"), format!("[\"{ISSUER}\",\"x\"]"));
        assert_eq!(claim("aud=[\"<ours>\"]"), format!("[\"{CLIENT}\"]"));
        assert_eq!(claim("sub=\"ab\"*2"), "\"abab\"");
        assert_eq!((claim("exp=NaN"), claim("exp=1e999")), ("NaN".to_owned(), "1e999".to_owned()));
        assert_eq!((claim("sub=null"), claim("sub=anna")), ("null".to_owned(), "\"anna\"".to_owned()));
    }

    #[test]
    fn a_claim_is_taken_away_and_never_stands_twice() {
        assert_eq!(changed("sub absent").unwrap().len(), good().len() - 1);
        assert_eq!(changed("sub=1").unwrap().len(), good().len());
        let id_token = object(&changed("aud=x on id token").unwrap());
        assert!(id_token.contains("\"token_use\":\"id\"") && !id_token.contains("access"));
        assert!(changed("sub").is_err());
    }
}
