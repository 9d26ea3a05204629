//! Judges a file of cases by the verifier.

use anyhow::{Context as _, Result};
use wishlist_identity::Algorithm;

use super::case::{Case, File};
use super::issuer::verifier;
use super::keys::{Owner, jwk};
use super::report::{Miss, Outcome, Report};
use super::{encoding, forging, setup};

/// Judges every case of a file's text.
pub(crate) async fn judge(text: &str) -> Result<Report> {
    let file: File = serde_json::from_str(text).context("this is no file of cases of tokens")?;
    let mut report = Report::default();
    for case in file.cases {
        let outcome = outcome(&case).await;
        report.add(case.id.clone(), case.level(), outcome);
    }
    Ok(report)
}

async fn outcome(case: &Case) -> Outcome {
    if let Some(reason) = needs(case) {
        return Outcome::NotYet(reason.to_owned());
    }
    if let Some(text) = &case.recipe.setup {
        return setup::outcome(text, &case.expect).await;
    }
    if case.recipe.raw.as_deref().is_some_and(encoding::is_beside_the_header) {
        return Outcome::Elsewhere("wishlist-api: trust::a_token_beside_the_header_is_none");
    }
    match forging::tokens(case) {
        Ok(tokens) => judge_all(case, &tokens).await,
        Err(error) => {
            let got = format!("not built: {error}");
            Outcome::Missed(Miss { expected: case.expect.clone(), got, why: case.name.clone() })
        }
    }
}

/// What the case needs that is not built.
fn needs(case: &Case) -> Option<&'static str> {
    let words = &case.recipe;
    let of_scope = |claims: &String| claims.split(['=', ' ']).next() == Some("scope");
    if words.claims.as_ref().is_some_and(of_scope) && case.expect == "reject" {
        return Some("no operation asks for a scope: every access token of the client may do what its person may");
    }
    let of_shares = |setup: &String| setup.split(|other: char| !other.is_alphabetic()).any(|word| word == "share");
    words.setup.as_ref().is_some_and(of_shares).then_some("there are no shares, and so no share tokens")
}

/// All forms that the words leave open have to get the verdict.
async fn judge_all(case: &Case, tokens: &[String]) -> Outcome {
    let verifier = verifier(Algorithm::Rs256, &[jwk(Owner::Issuer, Algorithm::Rs256)]);
    for token in tokens {
        let outcome = verifier.examine(token).await;
        let verdict = if outcome.is_ok() { "allow" } else { "reject" };
        if verdict != case.expect {
            let got = outcome.map_or_else(|rejection| format!("reject: {rejection}"), |_| "allow".to_owned());
            return Outcome::Missed(Miss { expected: case.expect.clone(), got, why: case.name.clone() });
        }
    }
    Outcome::Held
}
