//! The order in which a token is checked: what is cheap and needs no key first.

use std::sync::Arc;

use wishlist_core::clock::Clock;
use wishlist_core::error::{Error, Result};

use crate::identity::Identity;
use crate::jwks::{Jwks, JwksSource};
use crate::rejection::Rejection;
use crate::token::{Algorithm, Compact, Expected, Header, check_claims};

/// Whose tokens are accepted, and for which client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The `iss` of its tokens, byte for byte.
    pub issuer: String,
    /// The `client_id` of its access tokens.
    pub client_id: String,
    /// How it signs.
    pub algorithm: Algorithm,
}

/// Accepts access tokens of one issuer for one client, and nothing else.
///
/// The rules are RFC 7519 with the best practices of RFC 8725, and stricter where the issuers allow it: one algorithm,
/// one spelling, unique names, and no key but the issuer's own.
#[derive(Debug)]
pub struct Verifier {
    issuer: Issuer,
    keys: Jwks,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// A verifier that reads the issuer's keys from `source` when the first token comes.
    pub fn new(issuer: Issuer, source: Arc<dyn JwksSource>, clock: Arc<dyn Clock>) -> Self {
        let keys = Jwks::new(source, issuer.algorithm, Arc::clone(&clock));
        Self { issuer, keys, clock }
    }

    /// Who the access token `token` speaks for: the text behind `Bearer `.
    ///
    /// Costs one signature check, and a fetch of the issuer's keys for the first token, for a key id not seen before (at
    /// most one in ten seconds) and once an hour. Clocks may differ by 30 seconds. Has to be called on a tokio runtime with
    /// its timer.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`](wishlist_core::Kind::Unauthenticated) with one message whatever is wrong;
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) while the issuer's keys could never be read, with the time
    /// until they are asked for again. The source is the [`Rejection`].
    pub async fn verify(&self, token: &str) -> Result<Identity> {
        self.examine(token).await.map_err(|rejection| {
            tracing::debug!(reason = rejection.code(), "an access token was refused");
            match rejection {
                Rejection::KeysUnavailable => Error::from(rejection).with_retry_after(self.keys.cools_down_for()),
                _ => rejection.into(),
            }
        })
    }

    /// As [`verify`](Self::verify), with the reason.
    ///
    /// # Errors
    /// The [`Rejection`] of the first check that fails.
    pub async fn examine(&self, token: &str) -> Result<Identity, Rejection> {
        let compact = Compact::split(token)?;
        let header = Header::read(&compact.header, self.issuer.algorithm)?;
        let key_id = header.key_id.ok_or(Rejection::KeyId)?;
        let keys = self.keys.with_key(&key_id).await?;
        if !keys.verifies(&key_id, compact.signed, &compact.signature) {
            return Err(Rejection::Signature);
        }
        let Issuer { issuer, client_id, .. } = &self.issuer;
        check_claims(&compact.payload, Expected { issuer, client_id, now: self.clock.now() })
    }
}
