//! Every way we know to pass a token that is none, as a table of recipes: `tests/cases/tokens.json`.
//!
//! The two RSA keys beside it were made for these tests and sign nothing else.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod keys;
mod mutations;
mod recipe;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_core::error::{Error, Kind, Result};
use wishlist_identity::{Algorithm, FixedJwks, Issuer, JwksSource, Rejection, Verifier, check_signature};

use self::keys::{Owner, jwk};
use self::recipe::{Recipe, good_token};

/// The moment of every test, in seconds since 1970.
const NOW: i64 = 1_795_368_000;
const ISSUER: &str = "https://issuer.example/pool";
const CLIENT: &str = "client";

/// A verifier of our issuer at [`NOW`], which publishes `keys`.
fn verifier(algorithm: Algorithm, keys: &[Value]) -> Verifier {
    let issuer = Issuer { issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned(), algorithm };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1000)));
    Verifier::new(issuer, Arc::new(FixedJwks(json!({ "keys": keys }).to_string())), clock)
}

#[tokio::test]
async fn every_recipe_gets_its_verdict() {
    let recipes: Vec<Recipe> = serde_json::from_str(include_str!("../cases/tokens.json")).unwrap();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for recipe in &recipes {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            if recipe.only.as_ref().is_some_and(|only| only != algorithm.name()) {
                continue;
            }
            let (token, key) = recipe.cook(algorithm);
            let outcome = verifier(algorithm, &[key]).examine(&token).await;
            let verdict = outcome.map_or_else(Rejection::code, |_| "valid");
            judged += 1;
            if verdict != recipe.expect {
                wrong.push(format!("{} ({}): {verdict}, not {}", recipe.name, algorithm.name(), recipe.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 300, "only {judged}");
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
    let issuer = Issuer { issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned(), algorithm: Algorithm::Es256 };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1000)));
    let (verifier, token) = (Verifier::new(issuer, Arc::new(Down), clock.clone()), good_token(Algorithm::Es256));
    for left in [10, 6, 2] {
        let error = verifier.verify(&token).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (Kind::Unavailable, Some(Duration::from_secs(left))));
        clock.advance(Duration::from_secs(4));
    }
}
