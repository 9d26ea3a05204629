//! The dependencies of the workspace, compared with the table of those allowed.
//!
//! A crate's own dependencies come from `cargo metadata`; what it reaches through them from `cargo tree`, asked for that
//! crate alone: within the whole workspace every crate has every feature that any other one asks for.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo;

/// What one crate of the workspace may depend on. In names of other people's crates a `*` at the end stands for any end.
struct Allowed {
    name: &'static str,
    /// Crates of ours, in builds; tests may use more, but never [`ENDS`].
    ours: &'static [&'static str],
    /// Crates that it never names in its manifest.
    never_names: &'static [&'static str],
    /// Crates that it never reaches with its default features.
    never_reaches: &'static [&'static str],
}

#[rustfmt::skip]
const ALLOWED: &[Allowed] = &[
    Allowed { name: "wishlist-core",     ours: &[],                                                     never_names: &[],          never_reaches: &["axum*", "hyper*", "reqwest", "aws-*", "lambda*"] },
    Allowed { name: "wishlist-extract",  ours: &["wishlist-core"],                                      never_names: &[],          never_reaches: &["tokio", "hyper*", "reqwest", "axum*", "aws-*", "lambda*", "rusqlite"] },
    Allowed { name: "wishlist-scraper",  ours: &["wishlist-core", "wishlist-extract"],                  never_names: &["axum*"],   never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "wishlist-identity", ours: &["wishlist-core"],                                      never_names: &["axum*"],   never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "wishlist-api",      ours: &["wishlist-core", "wishlist-identity"],                 never_names: &["reqwest"], never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "wishlist-service",  ours: &["wishlist-core", "wishlist-extract", "wishlist-scraper", "wishlist-identity", "wishlist-api"], never_names: &[], never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "wishlist-client",   ours: &[],                                                     never_names: &["axum*"],   never_reaches: &["axum*", "aws-*", "lambda*", "rusqlite", "progenitor*"] },
    Allowed { name: "wishlist-bridge",   ours: &["wishlist-core", "wishlist-extract", "wishlist-scraper", "wishlist-identity", "wishlist-api", "wishlist-client"], never_names: &[], never_reaches: &["aws-*", "lambda*", "clap"] },
    Allowed { name: "scenario-rust",        ours: &["wishlist-bridge", "wishlist-client"],                  never_names: &["axum*"],   never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "quickstart-rust",      ours: &["wishlist-bridge", "wishlist-client"],                  never_names: &[],          never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "embed-in-your-app",    ours: &["wishlist-bridge", "wishlist-client"],                  never_names: &[],          never_reaches: &["aws-*", "lambda*"] },
    Allowed { name: "core-in-your-program", ours: &["wishlist-core"],                                       never_names: &[],          never_reaches: &["axum*", "hyper*", "reqwest", "aws-*", "lambda*"] },
    Allowed { name: "wishlist-python",   ours: &["wishlist-bridge", "wishlist-client"],                 never_names: &[],          never_reaches: &["aws-*", "lambda*", "clap"] },
    Allowed { name: "wishlist-node",     ours: &["wishlist-bridge"],                                    never_names: &["tokio"],   never_reaches: &["aws-*", "lambda*", "clap"] },
    Allowed { name: "canned",            ours: &[],                                                     never_names: &[],          never_reaches: &["tokio", "hyper*", "reqwest", "axum*", "aws-*", "lambda*"] },
    Allowed { name: "xtask",             ours: &["wishlist-core"],                                      never_names: &[],          never_reaches: &["aws-*", "lambda*"] },
];

/// Crates on which nothing of ours depends, not even a test.
const ENDS: &[&str] = &[
    "wishlist-service",
    "wishlist-python",
    "wishlist-node",
    "canned",
    "xtask",
    "quickstart-rust",
    "embed-in-your-app",
    "core-in-your-program",
];

/// Crates that are nowhere in the tree, whatever the feature: ring is the one provider of cryptography, and `rsa` leaks
/// its key through timing (RUSTSEC-2023-0071).
const NOWHERE: &[&str] = &["aws-lc*", "boring*", "mbedtls*", "native-tls", "openssl", "openssl-sys", "rsa"];

/// Fails with every edge that the table does not allow.
pub(super) fn check() -> Result<()> {
    let crates = Manifest::all(&cargo::workspace()?)?;
    let mut faults = own_faults(&crates);
    for allowed in ALLOWED.iter().filter(|allowed| crates.iter().any(|of| of.name == allowed.name)) {
        let reached = tree(&["--package", allowed.name, "--edges", "normal"])?;
        faults.extend(matches(&reached, allowed.never_reaches).map(|found| {
            let name = allowed.name;
            format!("`{name}` reaches `{found}`; see `cargo tree --package {name} --edges normal --invert {found}`")
        }));
    }
    let everything = tree(&["--workspace", "--all-features", "--target", "all"])?;
    faults.extend(matches(&everything, NOWHERE).map(|found| {
        format!("`{found}` is in the tree; see `cargo tree --workspace --all-features --target all --invert {found}`")
    }));
    if !faults.is_empty() {
        bail!("{}\nthe table of what is allowed is {}", faults.join("\n"), file!());
    }
    println!("{} crates, {} in the whole tree", crates.len(), everything.len());
    Ok(())
}

/// What a crate's manifest says.
struct Manifest {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    is_for_tests: bool,
    is_ours: bool,
}

impl Manifest {
    fn all(metadata: &Value) -> Result<Vec<Self>> {
        cargo::packages(metadata)?.iter().map(Self::read).collect()
    }

    fn read(package: &Value) -> Result<Self> {
        let name = |of: &Value| of["name"].as_str().map(str::to_owned).context("a package has no name");
        let dependencies = package["dependencies"].as_array().context("a package has no dependencies")?.iter();
        let dependencies = dependencies.map(|dependency| {
            let (is_for_tests, is_ours) = (dependency["kind"] == "dev", dependency["path"].is_string());
            Ok(Dependency { name: name(dependency)?, is_for_tests, is_ours })
        });
        Ok(Self { name: name(package)?, dependencies: dependencies.collect::<Result<_>>()? })
    }
}

fn own_faults(crates: &[Manifest]) -> Vec<String> {
    let mut faults = Vec::new();
    for Manifest { name, dependencies } in crates {
        let Some(allowed) = ALLOWED.iter().find(|allowed| allowed.name == name) else {
            faults.push(format!("`{name}` has no row in the table of what is allowed"));
            continue;
        };
        for dependency in dependencies {
            if let Some(why) = fault(allowed, dependency) {
                faults.push(format!("`{name}` depends on `{}`: {why}", dependency.name));
            }
        }
    }
    faults
}

fn fault(allowed: &Allowed, dependency: &Dependency) -> Option<&'static str> {
    let name = dependency.name.as_str();
    if dependency.is_ours && ENDS.contains(&name) {
        return Some("nothing depends on it");
    }
    if dependency.is_for_tests {
        return None;
    }
    if dependency.is_ours && !allowed.ours.contains(&name) {
        return Some("dependencies run one way");
    }
    allowed.never_names.iter().any(|pattern| fits(name, pattern)).then_some("never here")
}

fn matches<'a>(names: &'a BTreeSet<String>, patterns: &'a [&str]) -> impl Iterator<Item = &'a String> {
    names.iter().filter(|name| patterns.iter().any(|pattern| fits(name, pattern)))
}

fn fits(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

/// The names of all crates in a tree.
fn tree(arguments: &[&str]) -> Result<BTreeSet<String>> {
    let lines = cargo::output(&[&["tree", "--prefix", "none", "--format", "{p}"], arguments].concat())?;
    Ok(lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(metadata: &str) -> Vec<String> {
        own_faults(&Manifest::all(&serde_json::from_str(metadata).unwrap()).unwrap())
    }

    #[test]
    fn an_edge_against_the_one_way_is_a_fault() {
        let upward = r#"{"packages":[{"name":"wishlist-core","dependencies":[
            {"name":"serde","kind":null},
            {"name":"wishlist-api","kind":null,"path":"…"}]}]}"#;
        assert_eq!(faults(upward), ["`wishlist-core` depends on `wishlist-api`: dependencies run one way"]);
    }

    #[test]
    fn a_test_may_use_what_the_build_may_not_but_never_the_program() {
        let tests = r#"{"packages":[{"name":"wishlist-api","dependencies":[
            {"name":"reqwest","kind":"dev"},
            {"name":"wishlist-scraper","kind":"dev","path":"…"},
            {"name":"wishlist-service","kind":"dev","path":"…"}]}]}"#;
        assert_eq!(faults(tests), ["`wishlist-api` depends on `wishlist-service`: nothing depends on it"]);
    }

    #[test]
    fn a_name_that_never_belongs_is_a_fault() {
        let client = r#"{"packages":[{"name":"wishlist-api","dependencies":[{"name":"reqwest","kind":null}]}]}"#;
        assert_eq!(faults(client), ["`wishlist-api` depends on `reqwest`: never here"]);
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        let new = r#"{"packages":[{"name":"wishlist-gossip","dependencies":[]}]}"#;
        assert_eq!(faults(new), ["`wishlist-gossip` has no row in the table of what is allowed"]);
    }

    #[test]
    fn a_star_stands_for_any_end() {
        let rows =
            [("aws-lc-rs", "aws-lc*", true), ("rsa", "rsa", true), ("rsa-keys", "rsa", false), ("laws", "aws*", false)];
        for (name, pattern, expected) in rows {
            assert_eq!(fits(name, pattern), expected, "{name} {pattern}");
        }
    }
}
