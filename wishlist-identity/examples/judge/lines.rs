//! One JSON object a line in, one a line out.

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_identity::{Algorithm, FixedJwks, Issuer, Rejection, Verifier, check_signature};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenLine {
    token: String,
    jwks: Value,
    now: Value,
    issuer: String,
    client_id: String,
}

#[derive(Deserialize)]
struct SignatureLine {
    jws: Value,
    jwk: Value,
}

/// Answers every line. One that asks nothing is refused with what is wrong with it, and the others go on.
pub(crate) async fn judge(signature_alone: bool, algorithm: Algorithm) -> Result<()> {
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.context("the input could not be read")?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (verdict, reason) = match examine(&line, signature_alone, algorithm).await {
            Ok(Ok(())) => ("allow", "valid".to_owned()),
            Ok(Err(rejection)) => ("reject", rejection.code().to_owned()),
            Err(error) => ("reject", format!("not a line that can be judged: {error:#}")),
        };
        let id = serde_json::from_slice::<Value>(&line).map_or(Value::Null, |line| line["id"].clone());
        writeln!(answers, "{}", json!({ "id": id, "verdict": verdict, "reason": reason }))?;
    }
    Ok(())
}

async fn examine(line: &[u8], signature_alone: bool, algorithm: Algorithm) -> Result<Result<(), Rejection>> {
    if signature_alone {
        let line: SignatureLine = serde_json::from_slice(line)?;
        return Ok(check_signature(&text(&line.jws), &text(&line.jwk), algorithm));
    }
    let line: TokenLine = serde_json::from_slice(line)?;
    let clock = Arc::new(ManualClock::new(moment(&line.now)?));
    let issuer = Issuer { issuer: line.issuer, client_id: line.client_id, algorithm };
    let verifier = Verifier::new(issuer, Arc::new(FixedJwks(text(&line.jwks))), clock);
    Ok(verifier.examine(&line.token).await.map(|_| ()))
}

fn moment(now: &Value) -> Result<Timestamp> {
    match now {
        Value::String(text) => Ok(text.parse()?),
        other => {
            let seconds = other.as_i64().context("`now` is neither a time in RFC 3339 nor whole seconds")?;
            Ok(Timestamp::from_millis(seconds.saturating_mul(1000)))
        }
    }
}

/// A document as its text, or as it stands in the line.
fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}
