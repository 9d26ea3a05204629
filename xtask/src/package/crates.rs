//! The crates, as the registry is given them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cargo;

/// Packs every crate that is published into the target directory, and answers the files. Cargo refuses what is not committed
/// unless it is allowed, because what is published has a commit. Nothing is built: the leg `crates` builds on what was packed, and
/// `cargo publish` each once more.
pub(crate) fn pack(dirty: Dirty) -> Result<Vec<PathBuf>> {
    let names = published()?;
    let mut arguments = vec!["package", "--locked", "--no-verify"];
    if dirty == Dirty::Allowed {
        arguments.push("--allow-dirty");
    }
    for (name, _) in &names {
        arguments.extend(["--package", name]);
    }
    cargo::run(&arguments)?;
    let directory = cargo::target()?.join("package");
    Ok(names.iter().map(|(name, version)| directory.join(format!("{name}-{version}.crate"))).collect())
}

/// Whether what is not committed may be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dirty {
    Allowed,
    Refused,
}

/// Unpacks them below a directory, each under the name of its crate.
pub(crate) fn unpack(crates: &[PathBuf], directory: &Path) -> Result<()> {
    for file in crates {
        let (file, directory) = (cargo::text(file)?, cargo::text(directory)?);
        if !cargo::succeeds("tar", &["--extract", "--gzip", "--file", file, "--directory", directory]) {
            bail!("`tar --extract --file {file}` failed");
        }
    }
    Ok(())
}

/// The names and versions of the crates that are published.
fn published() -> Result<Vec<(String, String)>> {
    let metadata = cargo::workspace()?;
    // `publish = false` is a list of no registries.
    let packages = cargo::packages(&metadata)?.iter().filter(|package| package["publish"].is_null());
    packages.map(|package| Ok((text(package, "name")?, text(package, "version")?))).collect()
}

fn text(package: &serde_json::Value, of: &str) -> Result<String> {
    package[of].as_str().map(str::to_owned).with_context(|| format!("a package has no `{of}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_what_others_build_on() {
        let published = published().unwrap();
        let names: Vec<_> = published.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"wishlist-core") && names.contains(&"wishlist-bridge"), "{names:?}");
        assert!(!names.iter().any(|name| ["xtask", "canned", "wishlist-node", "scenario-rust"].contains(name)));
    }
}
