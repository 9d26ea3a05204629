//! A case that tells in words how to make its token.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::report::Level;

/// A file of cases.
#[derive(Deserialize)]
pub(crate) struct File {
    pub(crate) cases: Vec<Case>,
}

/// What is asked of the verifier, and what it has to answer.
#[derive(Clone, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: Value,
    #[serde(default)]
    pub(crate) group: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) recipe: Words,
    /// `allow`, `reject`, `either`; of a `setup`, a sentence.
    pub(crate) expect: String,
    level: String,
}

/// What differs from a good token of the issuer.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// Members of the header instead of the good ones.
    #[serde(default)]
    pub(crate) header: Map<String, Value>,
    /// One claim: `exp=NOW-61`, `iss absent`.
    pub(crate) claims: Option<String>,
    /// A text instead of the claims or of the token.
    pub(crate) raw: Option<String>,
    /// What stands in place of the signature.
    pub(crate) sig: Option<String>,
    /// Who signs.
    pub(crate) sign: Option<String>,
    /// What the issuer's server does.
    pub(crate) setup: Option<String>,
}

impl Case {
    pub(crate) fn level(&self) -> Level {
        match self.level.as_str() {
            _ if self.expect == "either" => Level::Either,
            "either" => Level::Either,
            "strict" => Level::Strict,
            // A level that is not known decides: it is not for us to be lenient with it.
            _ => Level::Must,
        }
    }
}
