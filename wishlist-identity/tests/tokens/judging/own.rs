//! The tables of this project.

use anyhow::{Context as _, Result};
use serde_json::json;
use wishlist_identity::{Algorithm, Rejection};

use super::issuer::verifier;
use super::recipe::Recipe;
use super::report::{Level, Miss, Outcome, Report};
use super::{cases, vectors};

/// Judges all of them.
pub(crate) async fn judge() -> Result<Report> {
    let mut report = recipes().await?;
    report.join(cases::judge(include_str!("../../cases/attacks.json")).await?);
    report.join(vectors::judge(include_str!("../../cases/signatures.json"))?);
    Ok(report)
}

/// Judges the recipes, each in both algorithms, down to the reason.
async fn recipes() -> Result<Report> {
    let recipes: Vec<Recipe> =
        serde_json::from_str(include_str!("../../cases/tokens.json")).context("the table of recipes cannot be read")?;
    let mut report = Report::default();
    for recipe in &recipes {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            if recipe.only.as_ref().is_some_and(|only| only != algorithm.name()) {
                continue;
            }
            let (token, key) = recipe.cook(algorithm);
            let verdict = verifier(algorithm, &[key]).examine(&token).await.map_or_else(Rejection::code, |_| "valid");
            let outcome = if verdict == recipe.expect {
                Outcome::Held
            } else {
                let (expected, got) = (recipe.expect.clone(), verdict.to_owned());
                Outcome::Missed(Miss { expected, got, why: recipe.source.clone() })
            };
            report.add(json!(format!("{} ({})", recipe.name, algorithm.name())), Level::Must, outcome);
        }
    }
    Ok(report)
}
