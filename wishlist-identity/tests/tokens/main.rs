//! Every way we know to pass a token that is none, as a table of recipes: `tests/cases/tokens.json`.
//!
//! The two RSA keys beside it were made for these tests and sign nothing else.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod keys;
mod mutations;
mod recipe;

use std::sync::Arc;

use serde_json::json;
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_identity::{Algorithm, FixedJwks, Issuer, Rejection, Verifier};

use self::recipe::Recipe;

/// The moment of every test, in seconds since 1970.
const NOW: i64 = 1_795_368_000;
const ISSUER: &str = "https://issuer.example/pool";
const CLIENT: &str = "client";

/// A verifier of our issuer at [`NOW`], which publishes `key`.
fn verifier(algorithm: Algorithm, key: &serde_json::Value) -> Verifier {
    let issuer = Issuer { issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned(), algorithm };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1000)));
    Verifier::new(issuer, Arc::new(FixedJwks(json!({ "keys": [key] }).to_string())), clock)
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
            let outcome = verifier(algorithm, &key).examine(&token).await;
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
