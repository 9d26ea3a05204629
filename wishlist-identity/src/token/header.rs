//! The header (RFC 7515, section 4): which key, and nothing that a stranger could choose.

use serde_json::Value;

use super::{Algorithm, Object};
use crate::rejection::Rejection;

/// The most bytes of a key's id; ours have 43, Cognito's 44.
const MAX_KEY_ID_BYTES: usize = 256;

/// What we take from a header. Everything that would bring its own key (`jwk`, `jku`, `x5c`, `x5u`) is left unread.
#[derive(Debug)]
pub(crate) struct Header {
    /// The name of the issuer's key that signed.
    pub(crate) key_id: Option<String>,
}

impl Header {
    /// Reads a header and holds it to the issuer's one `algorithm`.
    pub(crate) fn read(bytes: &[u8], algorithm: Algorithm) -> Result<Self, Rejection> {
        let object = Object::parse(bytes).ok_or(Rejection::Header)?;
        if object.text("alg") != Some(algorithm.name()) {
            return Err(Rejection::Algorithm);
        }
        if object.get("crit").is_some() {
            return Err(Rejection::Critical);
        }
        let key_id = match object.get("kid") {
            None => None,
            Some(Value::String(id)) if (1..=MAX_KEY_ID_BYTES).contains(&id.len()) => Some(id.clone()),
            Some(_) => return Err(Rejection::KeyId),
        };
        if !object.get("typ").is_none_or(is_jwt) {
            return Err(Rejection::Type);
        }
        Ok(Self { key_id })
    }
}

/// Whether a `typ` names a JWT, or the access token of RFC 9068; a media type's name has no case (RFC 7515, section 4.1.9).
fn is_jwt(typ: &Value) -> bool {
    let name = typ.as_str().unwrap_or_default().to_ascii_lowercase();
    matches!(name.strip_prefix("application/").unwrap_or(&name), "jwt" | "at+jwt")
}
