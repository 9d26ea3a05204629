//! The contract against the one that was last published under a tag.

use std::fs;

use anyhow::{Context, Result, bail};

use super::contract::{Contract, breaking};
use crate::cargo;

/// Tags of releases.
const RELEASES: &str = "v[0-9]*";

/// Fails with each change of `openapi.json` that breaks callers of the last release and that the changelog does not name.
pub(crate) fn check() -> Result<()> {
    let Some(tag) = last_release() else {
        println!("no release is tagged `{RELEASES}` yet, so nothing is promised");
        return Ok(());
    };
    let before = cargo::output_of("git", &["show", &format!("{tag}:openapi.json")])?;
    let changelog = fs::read_to_string(cargo::root().join("CHANGELOG.md")).context("the changelog cannot be read")?;
    let after = fs::read_to_string(cargo::root().join("openapi.json")).context("the contract cannot be read")?;
    let before = Contract::read(&before).with_context(|| format!("the contract of `{tag}`"))?;
    let broken = breaking(&before, &Contract::read(&after)?);
    let untold = untold(&broken, &changelog);
    if !untold.is_empty() {
        bail!(
            "callers of `{tag}` break:\n{}\nname each in CHANGELOG.md under `## [Unreleased]`, `### Breaking`, or take it back",
            untold.join("\n")
        );
    }
    println!("{} changes since `{tag}` break callers, all of them in the changelog", broken.len());
    Ok(())
}

/// None where there is no release, and where the source is no clone.
fn last_release() -> Option<String> {
    let told = cargo::output_of("git", &["describe", "--tags", "--abbrev=0", "--match", RELEASES]).ok()?;
    Some(told.trim().to_owned()).filter(|tag| !tag.is_empty())
}

/// Those of which a name in backticks, of an operation, a type or a member, is not under the heading for them.
fn untold(broken: &[String], changelog: &str) -> Vec<String> {
    let unreleased = changelog.split("\n## ").find(|section| section.starts_with("[Unreleased]")).unwrap_or_default();
    let section = unreleased.split("\n### ").find(|section| section.starts_with("Breaking")).unwrap_or_default();
    let is_told = |line: &&String| {
        let mut names = line.split('`').skip(1).step_by(2);
        names.all(|name| section.contains(&format!("`{name}`")))
    };
    broken.iter().filter(|line| !is_told(line)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_told_where_its_place_is_under_the_heading() {
        let broken = ["`Item`: `brand` is gone".to_owned(), "`find_health`: the operation is gone".to_owned()];
        let changelog = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `find_health`.\n\n### Breaking\n\n- `Item` has no \
                         `brand`.\n\n## [0.1.0]\n\n### Breaking\n\n- `find_health`.\n";
        assert_eq!(untold(&broken, changelog), [broken[1].clone()]);
        assert_eq!(untold(&broken, "# Changelog\n").len(), 2);
        assert_eq!(untold(&[], ""), [""; 0]);
    }
}
