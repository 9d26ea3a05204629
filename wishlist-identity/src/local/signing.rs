//! The key that signs: made once per table, published as a JWK Set.

use std::fmt;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;
use serde_json::json;
use wishlist_core::clock::Clock;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::Ids;
use wishlist_core::table::{Query, Stored, Table, Transaction, keys, query_all};

use super::records::SigningRecord;
use crate::token::{Algorithm, decode, encode};

/// The first key's number; a newer key takes the next.
const FIRST: u32 = 1;

/// A key pair that signs tokens (ES256). Its private half is shown nowhere.
pub(super) struct SigningKey {
    pair: EcdsaKeyPair,
    kid: String,
}

impl SigningKey {
    /// The newest key of the table, made where there is none. Processes that start at once end with the same key: they
    /// write it under one number, the first keeps its own, and the others read that.
    pub(super) async fn load_or_create(table: &dyn Table, clock: &dyn Clock, ids: &Ids) -> Result<Self> {
        if let Some(key) = Self::newest(table).await? {
            return Ok(key);
        }
        let mut transaction = Transaction::new(ids);
        transaction.create(&generate(clock)?)?;
        match transaction.commit(table).await {
            Err(error) if error.kind() != Kind::Conflict => return Err(error),
            _ => {}
        }
        let missing = || Error::new(Kind::Unavailable, "the signing key vanished while it was made");
        Self::newest(table).await?.ok_or_else(missing)
    }

    async fn newest(table: &dyn Table) -> Result<Option<Self>> {
        let newest = table.query(&all().backward().limit(1)).await?;
        newest.items.first().map(|record| Self::read(&Stored::read(record)?.value)).transpose()
    }

    fn read(record: &SigningRecord) -> Result<Self> {
        let pair = record.pair()?;
        Ok(Self { kid: record.kid.clone(), pair })
    }

    /// Signs `claims` as a JWT in the compact form.
    pub(super) fn sign<T: Serialize>(&self, claims: &T) -> Result<String> {
        let header = json!({ "alg": Algorithm::Es256.name(), "kid": self.kid, "typ": "JWT" });
        let payload = serde_json::to_vec(claims).map_err(failed)?;
        let mut token = format!("{}.{}", encode(header.to_string()), encode(payload));
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(failed)?;
        token.push('.');
        token.push_str(&encode(signature));
        Ok(token)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningRecord {
    fn pair(&self) -> Result<EcdsaKeyPair> {
        let der = decode(&self.pkcs8).ok_or_else(|| failed("the stored key is not base64url"))?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &SystemRandom::new()).map_err(failed)
    }
}

/// The public halves of the table's keys as the text of a JWK Set (RFC 7517).
pub(super) async fn published(table: &dyn Table) -> Result<String> {
    let mut published = Vec::new();
    for record in query_all(table, all()).await? {
        let record: SigningRecord = Stored::read(&record)?.value;
        let pair = record.pair()?;
        let (x, y) = coordinates(&pair);
        published.push(json!({
            "alg": Algorithm::Es256.name(), "crv": "P-256", "kid": record.kid, "kty": "EC", "use": "sig", "x": x, "y": y,
        }));
    }
    Ok(json!({ "keys": published }).to_string())
}

fn all() -> Query {
    Query::prefix(keys::signing(FIRST).pk, keys::prefix::KEY)
}

fn generate(clock: &dyn Clock) -> Result<SigningRecord> {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).map_err(failed)?;
    Ok(SigningRecord { number: FIRST, kid: thumbprint(&pair), pkcs8: encode(pkcs8), created_at: clock.now() })
}

/// The name of a key by what it is (RFC 7638, section 3): no two keys share it, so no cache mistakes one for another.
fn thumbprint(pair: &EcdsaKeyPair) -> String {
    let (x, y) = coordinates(pair);
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    encode(ring::digest::digest(&ring::digest::SHA256, members.as_bytes()))
}

/// The two halves of the uncompressed point behind its first byte (SEC 1, section 2.3.3).
fn coordinates(pair: &EcdsaKeyPair) -> (String, String) {
    let point = pair.public_key().as_ref();
    let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
    (encode(x), encode(y))
}

/// The errors of the cryptography implement `Display` only.
fn failed(source: impl fmt::Display) -> Error {
    Error::new(Kind::Internal, "the signing key could not be used").with_source(source.to_string())
}
