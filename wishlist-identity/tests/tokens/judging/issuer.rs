//! The issuer of every table, and the moment at which it is asked.

use std::sync::Arc;

use serde_json::{Value, json};
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_identity::{Algorithm, FixedJwks, Issuer, JwksSource, Verifier};

/// The moment of every case, in seconds since 1970.
pub(crate) const NOW: i64 = 1_795_368_000;
pub(crate) const ISSUER: &str = "https://issuer.example/pool";
pub(crate) const CLIENT: &str = "client";

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1000)))
}

/// A verifier of our issuer at [`NOW`], which publishes `keys`.
pub(crate) fn verifier(algorithm: Algorithm, keys: &[Value]) -> Verifier {
    verifier_of(algorithm, Arc::new(FixedJwks(json!({ "keys": keys }).to_string())), clock())
}

/// A verifier of our issuer, whose keys come from `source`.
pub(crate) fn verifier_of(algorithm: Algorithm, source: Arc<dyn JwksSource>, clock: Arc<ManualClock>) -> Verifier {
    let issuer = Issuer { issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned(), algorithm };
    Verifier::new(issuer, source, clock)
}
