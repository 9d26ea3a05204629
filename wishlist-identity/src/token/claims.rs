//! The claims (RFC 7519, section 4): which issuer, for which client, for whom, and until when.

use std::time::Duration;

use serde_json::Value;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::UserId;

use super::Object;
use crate::identity::Identity;
use crate::rejection::Rejection;

/// How far the issuer's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(30);
/// The end of the year 9999: a greater time is in another unit, and such a token would never end.
const MAX_SECONDS: i64 = 253_402_300_799;

/// What the claims have to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) now: Timestamp,
}

/// Reads the claims of a token whose signature holds.
pub(crate) fn check_claims(payload: &[u8], expected: Expected<'_>) -> Result<Identity, Rejection> {
    let claims = Object::parse(payload).ok_or(Rejection::Claims)?;
    if claims.text("iss") != Some(expected.issuer) {
        return Err(Rejection::Issuer);
    }
    if claims.text("token_use") != Some("access") {
        return Err(Rejection::TokenUse);
    }
    if claims.text("client_id") != Some(expected.client_id) {
        return Err(Rejection::Client);
    }
    if !claims.get("aud").is_none_or(|audience| names(audience, expected.client_id)) {
        return Err(Rejection::Audience);
    }
    let expires_at = check_times(&claims, expected.now)?;
    let user = claims.text("sub").and_then(|sub| sub.parse::<UserId>().ok()).ok_or(Rejection::Subject)?;
    Ok(Identity { user, expires_at })
}

fn check_times(claims: &Object, now: Timestamp) -> Result<Timestamp, Rejection> {
    let expires_at = claims.get("exp").and_then(moment).ok_or(Rejection::Expiry)?;
    if expires_at + LEEWAY <= now {
        return Err(Rejection::Expired);
    }
    let has_come = |claim: &Value| moment(claim).is_some_and(|at| at <= now + LEEWAY);
    if !claims.get("nbf").is_none_or(has_come) {
        return Err(Rejection::NotBefore);
    }
    if !claims.get("iat").is_none_or(has_come) {
        return Err(Rejection::IssuedAt);
    }
    Ok(expires_at)
}

/// A `NumericDate`. RFC 7519, section 2, allows fractions; no issuer of ours writes them.
fn moment(claim: &Value) -> Option<Timestamp> {
    let seconds = claim.as_i64().filter(|seconds| (0..=MAX_SECONDS).contains(seconds))?;
    Some(Timestamp::from_millis(seconds * 1000))
}

/// Whether an `aud`, one name or a list of names, holds `client_id`.
fn names(audience: &Value, client_id: &str) -> bool {
    match audience {
        Value::Array(names) => names.iter().all(Value::is_string) && names.iter().any(|name| name == client_id),
        one => one == client_id,
    }
}
