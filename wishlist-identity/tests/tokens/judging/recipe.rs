//! How a recipe becomes a token and the key that is published.

#![allow(clippy::unwrap_used, reason = "the table is ours; a row that cannot be read is a fault of it")]

use serde::Deserialize;
use serde_json::{Map, Value, json};
use wishlist_identity::Algorithm;

use super::issuer::{CLIENT, ISSUER, NOW};
use super::keys::{Owner, encode, jwk, sign};

/// What to change of a good token. In changed members `{"absent": true}` removes, `{"now": seconds}` is a time and
/// `{"repeat": [text, times]}` a long text; `<issuer>`, `<client>` and the like are filled in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    /// The rule or the attack that it comes from.
    pub(crate) source: String,
    /// `valid`, or the code of the rejection.
    pub(crate) expect: String,
    /// The one algorithm that it is about.
    pub(crate) only: Option<String>,
    #[serde(default)]
    header: Map<String, Value>,
    #[serde(default)]
    claims: Map<String, Value>,
    /// Instead of the header; `<header>` is its members.
    header_text: Option<Value>,
    /// Instead of the claims; `<claims>` is their members.
    claims_text: Option<Value>,
    #[serde(default)]
    sign: Signer,
    /// Instead of the token.
    token: Option<String>,
    /// What to change of the published key.
    #[serde(default)]
    key: Map<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Signer {
    #[default]
    Issuer,
    Stranger,
    Nobody,
    Flipped,
    Zeros,
    #[serde(rename = "another token")]
    AnotherToken,
    #[serde(rename = "other algorithm")]
    OtherAlgorithm,
    #[serde(rename = "public key as a secret")]
    PublicKey,
}

/// The claims of a good token.
pub(crate) fn good_claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "5f0c7d1e-9f2a-4c55-8a57-0d6c2f1d9b11", "client_id": CLIENT, "token_use": "access",
        "iat": NOW - 10, "exp": NOW + 3590, "jti": "1",
    })
}

impl Recipe {
    /// The token, and the key that the issuer publishes.
    pub(crate) fn cook(&self, algorithm: Algorithm) -> (String, Value) {
        let header = change(json!({ "alg": algorithm.name(), "kid": "k1" }), &self.header, algorithm);
        let claims = change(good_claims(), &self.claims, algorithm);
        let header = text_of(self.header_text.as_ref(), "<header>", &header);
        let claims = text_of(self.claims_text.as_ref(), "<claims>", &claims);
        let (header, payload) = (encode(header), encode(claims));
        let signature = encode(self.sign.sign(algorithm, format!("{header}.{payload}").as_bytes()));
        let token = format!("{header}.{payload}.{signature}");
        let token = self.token.as_ref().map_or_else(
            || token.clone(),
            |form| {
                form.replace("<token>", &token)
                    .replace("<header>", &header)
                    .replace("<payload>", &payload)
                    .replace("<signature, other trailing bits>", &other_trailing_bits(&signature))
                    .replace("<signature>", &signature)
                    .replace("<pad>", &"A".repeat(16 * 1024))
            },
        );
        (token, change(jwk(Owner::Issuer, algorithm), &self.key, algorithm))
    }
}

impl Signer {
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Issuer => sign(Owner::Issuer, algorithm, message),
            Self::Stranger => sign(Owner::Stranger, algorithm, message),
            Self::Nobody => Vec::new(),
            Self::Flipped => {
                let mut signature = sign(Owner::Issuer, algorithm, message);
                signature[0] ^= 0x80;
                signature
            }
            Self::Zeros => vec![0; sign(Owner::Issuer, algorithm, message).len()],
            Self::AnotherToken => sign(Owner::Issuer, algorithm, b"another"),
            Self::OtherAlgorithm => sign(Owner::Issuer, other(algorithm), message),
            Self::PublicKey => {
                let secret = jwk(Owner::Issuer, algorithm).to_string();
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
                ring::hmac::sign(&key, message).as_ref().to_vec()
            }
        }
    }
}

fn change(mut good: Value, changes: &Map<String, Value>, algorithm: Algorithm) -> Value {
    let members = good.as_object_mut().unwrap();
    for (name, value) in changes {
        if value.get("absent").is_some() {
            members.remove(name);
        } else {
            members.insert(name.clone(), fill(value, algorithm));
        }
    }
    good
}

fn fill(value: &Value, algorithm: Algorithm) -> Value {
    match value {
        Value::String(text) if text == "<stranger's key>" => jwk(Owner::Stranger, algorithm),
        Value::String(text) => Value::String(
            text.replace("<issuer>", ISSUER)
                .replace("<client>", CLIENT)
                .replace("<algorithm>", algorithm.name())
                .replace("<other algorithm>", other(algorithm).name()),
        ),
        Value::Array(values) => values.iter().map(|value| fill(value, algorithm)).collect(),
        Value::Object(members) => match (members.get("now"), members.get("repeat")) {
            (Some(seconds), _) => json!(NOW + seconds.as_i64().unwrap()),
            (_, Some(repeat)) => {
                let times = usize::try_from(repeat[1].as_u64().unwrap()).unwrap();
                json!(repeat[0].as_str().unwrap().repeat(times))
            }
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

/// `form` with the members of `object` in it; `{"nested": depth}` is the object with a deep one behind its members.
fn text_of(form: Option<&Value>, place: &str, object: &Value) -> String {
    let whole = object.to_string();
    let members = whole.trim_start_matches('{').trim_end_matches('}');
    match form {
        None => whole,
        Some(Value::String(form)) => form.replace(place, members),
        Some(form) => {
            let depth = usize::try_from(form["nested"].as_u64().unwrap()).unwrap();
            format!("{{{members},\"a\":{}1{}}}", "{\"a\":".repeat(depth), "}".repeat(depth))
        }
    }
}

fn other(algorithm: Algorithm) -> Algorithm {
    match algorithm {
        Algorithm::Rs256 => Algorithm::Es256,
        Algorithm::Es256 => Algorithm::Rs256,
    }
}

/// The same bytes in another spelling: the last character carries bits that belong to no byte.
fn other_trailing_bits(signature: &str) -> String {
    let last = signature.chars().last().unwrap();
    let next = char::from(u8::try_from(last).unwrap() + 1);
    format!("{}{next}", signature.strip_suffix(last).unwrap())
}
