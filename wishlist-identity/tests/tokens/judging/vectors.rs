//! Fixed signatures under fixed keys, in Wycheproof's form, judged by the signature alone.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use wishlist_identity::{Algorithm, check_signature};

use super::report::{Level, Miss, Outcome, Report};

/// The publisher whose mistakes are known.
const WYCHEPROOF: &str = "google-wycheproof";

/// Vectors of Wycheproof that are wrong in themselves, and why. None of them is under a key for RS256.
const FAULTY: [(u64, &str); 8] = [
    (346, "called valid: the key is for PS256, the header says PS384"),
    (347, "called valid: the key's `alg` is `ES521`, a name that does not exist"),
    (350, "called valid: the key is for PS256, the header says PS384"),
    (351, "called valid: the key's `alg` is `ES521`, a name that does not exist"),
    (367, "called invalid for its padding, and has none: it is vector 357"),
    (370, "called invalid for its padding, and has none: it is vector 357"),
    (372, "called valid with a `?` within its header (RFC 7515, section 2)"),
    (373, "called valid with a `?` within its payload (RFC 7515, section 2)"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    source: Value,
    public: Option<Value>,
    private: Option<Value>,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    tc_id: u64,
    comment: String,
    jws: Value,
    result: String,
}

/// Judges every vector of a file's text. Under a key for another algorithm than RS256 every signature is to be refused,
/// valid or not.
pub(crate) fn judge(text: &str) -> Result<Report> {
    let file: File = serde_json::from_str(text).context("this is no file of vectors of signatures")?;
    let mut report = Report::default();
    for group in file.test_groups {
        let key = group.public.or(group.private).context("a group has no key")?;
        for vector in &group.tests {
            let (level, outcome) = outcome(&group.source, &key, vector);
            report.add(json!(vector.tc_id), level, outcome);
        }
    }
    Ok(report)
}

fn outcome(source: &Value, key: &Value, vector: &Vector) -> (Level, Outcome) {
    if source["name"] == WYCHEPROOF && FAULTY.iter().any(|(id, _)| *id == vector.tc_id) {
        return (Level::Either, Outcome::Unscored);
    }
    let judged = check_signature(&text(&vector.jws), &key.to_string(), Algorithm::Rs256);
    let expected = match vector.result.as_str() {
        _ if !is_ours(key) => "reject",
        "valid" => "allow",
        "acceptable" => return (Level::Either, Outcome::Unscored),
        _ => "reject",
    };
    let got = if judged.is_ok() { "allow" } else { "reject" };
    if got == expected {
        return (Level::Must, Outcome::Held);
    }
    let got = judged.map_or_else(|rejection| format!("reject: {rejection}"), |()| "allow".to_owned());
    (Level::Must, Outcome::Missed(Miss { expected: expected.to_owned(), got, why: vector.comment.clone() }))
}

/// Whether the key may verify RS256 as far as its type and its `alg` go.
fn is_ours(key: &Value) -> bool {
    key["kty"] == "RSA" && key.get("alg").is_none_or(|alg| alg == "RS256")
}

/// A token as text, or as the JSON that stands in its place.
fn text(jws: &Value) -> String {
    jws.as_str().map_or_else(|| jws.to_string(), str::to_owned)
}
