//! Every way we know to pass a token that is none, as tables: those in `tests/cases`, which `examples/judge` reports on
//! too.
//!
//! The RSA keys beside them were made for these tests and sign nothing else.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod judging;
mod mutations;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_identity::{Algorithm, JwksSource, Rejection, check_signature};

use self::judging::issuer::{clock, verifier, verifier_of};
use self::judging::keys::{Owner, encode, jwk, sign};
use self::judging::own;
use self::judging::recipe::good_claims;

/// `header.payload.signature` of the issuer.
pub(crate) fn good_token(algorithm: Algorithm) -> String {
    let header = json!({ "alg": algorithm.name(), "kid": "k1" }).to_string();
    let message = format!("{}.{}", encode(header), encode(good_claims().to_string()));
    format!("{message}.{}", encode(sign(Owner::Issuer, algorithm, message.as_bytes())))
}

#[tokio::test]
async fn every_row_of_our_tables_gets_its_verdict() {
    let report = own::judge().await.unwrap();
    assert!(report.missed.is_empty(), "{report}");
    assert!(report.cases > 400, "only {}", report.cases);
}

#[tokio::test]
async fn a_token_is_checked_by_the_key_that_it_names_and_no_other() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let (mut ours, mut strangers) = (jwk(Owner::Issuer, algorithm), jwk(Owner::Stranger, algorithm));
        strangers["kid"] = json!("k2");
        let published = [strangers.clone(), ours.clone()];
        assert!(verifier(algorithm, &published).verify(&good_token(algorithm)).await.is_ok());
        (ours["kid"], strangers["kid"]) = (json!("k2"), json!("k1"));
        let outcome = verifier(algorithm, &[strangers, ours]).examine(&good_token(algorithm)).await;
        assert_eq!(outcome, Err(Rejection::Signature));
    }
}

#[test]
fn a_signature_alone_is_judged_by_the_same_rules() {
    let (token, key) = (good_token(Algorithm::Es256), jwk(Owner::Issuer, Algorithm::Es256).to_string());
    assert_eq!(check_signature(&token, &key, Algorithm::Es256), Ok(()));
    assert_eq!(check_signature(&token, &key, Algorithm::Rs256), Err(Rejection::Algorithm));
    let stranger = jwk(Owner::Stranger, Algorithm::Es256).to_string();
    assert_eq!(check_signature(&token, &stranger, Algorithm::Es256), Err(Rejection::Signature));
    let other_type = jwk(Owner::Issuer, Algorithm::Rs256).to_string();
    assert_eq!(check_signature(&token, &other_type, Algorithm::Es256), Err(Rejection::UnknownKey));
}

/// An issuer whose keys cannot be read.
#[derive(Debug)]
struct Down;

#[async_trait]
impl JwksSource for Down {
    async fn fetch(&self) -> Result<String> {
        Err(Error::new(Kind::Unavailable, "down"))
    }
}

#[tokio::test]
async fn while_no_keys_can_be_read_the_time_until_they_are_asked_for_again_is_told() {
    let (clock, token) = (clock(), good_token(Algorithm::Es256));
    let verifier = verifier_of(Algorithm::Es256, Arc::new(Down), clock.clone());
    for left in [10, 6, 2] {
        let error = verifier.verify(&token).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (Kind::Unavailable, Some(Duration::from_secs(left))));
        clock.advance(Duration::from_secs(4));
    }
}
