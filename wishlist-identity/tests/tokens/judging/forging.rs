//! From words to tokens.

use anyhow::Result;
use serde_json::{Value, json};
use wishlist_identity::Algorithm;

use super::case::{Case, Words};
use super::claims::{changed, good, object};
use super::encoding::{self, Parts};
use super::keys::{Owner, encode, jwk, sign};
use super::{json_text, signing};

/// The tokens that a case may stand for: all of them have to get its verdict.
pub(crate) fn tokens(case: &Case) -> Result<Vec<String>> {
    let words = &case.recipe;
    if words.claims.as_deref() == Some("opaque") {
        return Ok(vec![encode(sign(Owner::Stranger, Algorithm::Es256, b"a refresh token is no token of this form"))]);
    }
    let header = header(words);
    let claims = object(&words.claims.as_deref().map_or_else(|| Ok(good()), changed)?);
    let header_text = header.to_string();
    let sign = |header_part, payload| signed(words, &header["alg"], header_part, payload);
    match &words.raw {
        Some(raw) if case.group == "json" || words.sign.is_some() => json_text::forms(raw, &header_text, &claims)
            .into_iter()
            .map(|(header, payload)| Ok(token(&sign(encode(header), encode(payload))?)))
            .collect(),
        Some(raw) => encoding::forms(raw, &case.name, (&header_text, &claims), &sign),
        None => Ok(vec![token(&sign(encode(header_text), encode(claims))?)]),
    }
}

/// A good token by `owner`, whose header names the key `id`.
pub(crate) fn token_by(owner: Owner, id: &str) -> String {
    let header = json!({ "alg": "RS256", "kid": id }).to_string();
    let message = format!("{}.{}", encode(header), encode(object(&good())));
    format!("{message}.{}", encode(sign(owner, Algorithm::Rs256, message.as_bytes())))
}

fn token(Parts { header, payload, signature }: &Parts) -> String {
    format!("{header}.{payload}.{signature}")
}

/// A good header with the changed members. A key that the header brings along is the attacker's, which signs.
fn header(words: &Words) -> Value {
    let mut header = json!({ "alg": "RS256", "kid": "k1" });
    for (name, value) in &words.header {
        let brings_key = name == "jwk" && !value.is_object();
        header[name] = if brings_key { jwk(Owner::Stranger, Algorithm::Rs256) } else { value.clone() };
    }
    header
}

fn signed(words: &Words, algorithm: &Value, header: String, payload: String) -> Result<Parts> {
    let message = format!("{header}.{payload}");
    let signature = signing::sign(words.sign.as_deref(), algorithm, message.as_bytes())?;
    let kept = || {
        let good = format!("{}.{payload}", encode(json!({ "alg": "RS256", "kid": "k1" }).to_string()));
        sign(Owner::Issuer, Algorithm::Rs256, good.as_bytes())
    };
    let signature = match &words.sig {
        None => encode(signature),
        Some(words) => signing::replaced(words, signature, &kept())?,
    };
    Ok(Parts { header, payload, signature })
}
