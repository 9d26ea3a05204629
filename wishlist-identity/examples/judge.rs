//! Judges tokens by the verifier's own code: one JSON object a line in, one a line out.
//!
//! `{"id","token","jwks","now","issuer","clientId"}` gives `{"id","verdict","reason"}`, where the verdict is `allow` or
//! `reject` and `now` is a time in RFC 3339 or in seconds since 1970. With `--signature`, lines `{"id","jws","jwk"}` are
//! judged by the signature alone. The issuer's one algorithm is RS256, with `--es256` ES256.

use std::io::{BufRead, Write};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_identity::{Algorithm, FixedJwks, Issuer, Rejection, Verifier, check_signature};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenLine {
    id: Value,
    token: String,
    jwks: Value,
    now: Value,
    issuer: String,
    client_id: String,
}

#[derive(Deserialize)]
struct SignatureLine {
    id: Value,
    jws: Value,
    jwk: Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (mut signature_alone, mut algorithm) = (false, Algorithm::Rs256);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--signature" => signature_alone = true,
            "--es256" => algorithm = Algorithm::Es256,
            other => bail!("`{other}` is not an option; there are `--signature` and `--es256`"),
        }
    }
    let mut answers = std::io::stdout().lock();
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.context("a line could not be read")?;
        let judged = if signature_alone { signature(&line, algorithm) } else { token(&line, algorithm).await };
        let (id, outcome) = judged.with_context(|| format!("line {}", number + 1))?;
        let (verdict, reason) = outcome.map_or_else(|rejection| ("reject", rejection.code()), |()| ("allow", "valid"));
        writeln!(answers, "{}", json!({ "id": id, "verdict": verdict, "reason": reason }))?;
    }
    Ok(())
}

async fn token(line: &str, algorithm: Algorithm) -> Result<(Value, Result<(), Rejection>)> {
    let line: TokenLine = serde_json::from_str(line)?;
    let clock = Arc::new(ManualClock::new(moment(&line.now)?));
    let issuer = Issuer { issuer: line.issuer, client_id: line.client_id, algorithm };
    let verifier = Verifier::new(issuer, Arc::new(FixedJwks(text(&line.jwks))), clock);
    Ok((line.id, verifier.examine(&line.token).await.map(|_| ())))
}

fn signature(line: &str, algorithm: Algorithm) -> Result<(Value, Result<(), Rejection>)> {
    let line: SignatureLine = serde_json::from_str(line)?;
    Ok((line.id, check_signature(&text(&line.jws), &text(&line.jwk), algorithm)))
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
