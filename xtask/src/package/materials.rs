//! The bill of materials of what is shipped as a program: every crate in it, with its version, licence and checksum, as `CycloneDX` has it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::cargo;
use crate::directory::emptied;
use crate::tool::CYCLONEDX;

/// What is shipped with other people's code in it: the name of its list, the directory of its package, and its features.
const SHIPPED: [(&str, &str, &str); 3] = [
    ("wishlist-service", "wishlist-service", "aws,otel"),
    ("python", "bindings/python", ""),
    ("node", "bindings/node", ""),
];

/// The list of one program.
#[derive(Debug)]
pub(crate) struct Materials {
    pub(crate) file: PathBuf,
    /// How many crates of others it has.
    pub(crate) crates: usize,
}

/// Writes the lists into the directory.
///
/// # Errors
/// Where a crate is in one that does not say where it is from, what it may be used for, or what its package's checksum is.
pub(crate) fn list(directory: &Path) -> Result<Vec<Materials>> {
    CYCLONEDX.ensure()?;
    let directory = emptied(directory.join("materials"))?;
    SHIPPED.iter().map(|shipped| of(shipped, &directory)).collect()
}

fn of((name, package, features): &(&str, &str, &str), directory: &Path) -> Result<Materials> {
    let manifest = format!("{package}/Cargo.toml");
    let mut arguments = vec!["cyclonedx", "--quiet", "--format", "json", "--all", "--override-filename", "materials"];
    arguments.extend(["--manifest-path", &manifest]);
    if !features.is_empty() {
        arguments.extend(["--features", features]);
    }
    let file = directory.join(format!("{name}.cdx.json"));
    let written = cargo::run(&arguments).and_then(|()| {
        let written = cargo::root().join(package).join("materials.json");
        fs::copy(&written, &file).with_context(|| format!("`{}` was not written", written.display()))
    });
    // It writes beside every manifest of the workspace, whichever is named, and nothing of that is to stay.
    for member in cargo::members()? {
        let _ = fs::remove_file(member.join("materials.json"));
    }
    written?;
    let list = serde_json::from_slice(&fs::read(&file)?).context("the list is not JSON")?;
    let crates = checked(&list).with_context(|| format!("in `{}`", file.display()))?;
    Ok(Materials { file, crates })
}

/// How many crates of others are in a list, each whole.
fn checked(list: &Value) -> Result<usize> {
    let components = list["components"].as_array().context("the list has no `components`")?;
    let mut crates = 0;
    for component in components {
        let (name, purl) = (&component["name"], component["purl"].as_str().unwrap_or_default());
        ensure!(purl.starts_with("pkg:cargo/"), "{name} does not say where it is from");
        ensure!(component["licenses"][0].is_object(), "{name} has no licence");
        // Our own are of this tree, and have no package to check.
        if purl.contains("download_url=file") {
            continue;
        }
        ensure!(component["hashes"][0]["content"].is_string(), "{name} has no checksum");
        crates += 1;
    }
    ensure!(crates > 0, "the list is empty");
    Ok(crates)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(change: &[(&str, Value)]) -> Value {
        let mut of_others = json!({
            "name": "url", "purl": "pkg:cargo/url@2.5.0", "licenses": [{ "expression": "MIT" }], "hashes": [{ "content": "00" }],
        });
        for (member, value) in change {
            of_others[*member] = value.clone();
        }
        let own = json!({
            "name": "core", "purl": "pkg:cargo/core@0.1.0?download_url=file://.", "licenses": [{ "expression": "MIT" }],
        });
        json!({ "components": [own, of_others] })
    }

    #[test]
    fn every_crate_of_others_is_whole() {
        assert_eq!(checked(&list(&[])).unwrap(), 1);
        for member in ["purl", "licenses", "hashes"] {
            assert!(checked(&list(&[(member, Value::Null)])).is_err(), "{member}");
        }
        assert!(checked(&json!({ "components": [] })).is_err());
        assert!(checked(&json!({})).is_err());
    }
}
