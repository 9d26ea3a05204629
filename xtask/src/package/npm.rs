//! The npm packages: the face, and the native part of this platform.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::artifact::Artifact;
use crate::cargo;
use crate::directory::{copy, emptied};
use crate::node::{self, NPM};

/// The most that the native part may be that is shipped, in bytes.
const MOST: u64 = 10_000_000;

/// What the package's own directory has that is not for its users.
const OURS: &[&str] = &["Cargo.toml", "build.rs", "src", "test", "tools", "npm"];

/// The profile of what is shipped; cargo's `dev` is for what is tested, for it builds on what other legs built.
const SHIPPED: &str = "addon";

/// Builds what is shipped, and sees that it loads where nothing else of ours is.
pub(super) fn ship(directory: &Path) -> Result<(Artifact, Vec<PathBuf>)> {
    node::ensure()?;
    let packages = pack(SHIPPED, directory)?;
    let app = emptied(directory.join("app"))?;
    let quiet = ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    let files = packages.iter().map(|package| cargo::text(package)).collect::<Result<Vec<_>>>()?;
    cargo::run_in(&app, NPM, &[&quiet[..], &files].concat(), &[])?;
    let price = "import('smart-wishlist').then(({ parsePrice }) => console.log(parsePrice('19.99 €')))";
    cargo::run_in(&app, "node", &["--eval", price], &[])?;
    let shipped = packages.iter().map(|package| {
        let shipped = directory.join(package.file_name().context("a package has a name")?);
        fs::rename(package, &shipped)?;
        Ok(shipped)
    });
    let shipped = shipped.collect::<Result<_>>()?;
    // What remains was for the making.
    for left in ["app", "packages", "staged"] {
        fs::remove_dir_all(directory.join(left))?;
    }
    Ok((Artifact::weigh(built(SHIPPED)?, MOST)?, shipped))
}

/// Builds the native part and packs both packages. Answers their files.
pub(crate) fn pack(profile: &str, directory: &Path) -> Result<Vec<PathBuf>> {
    // With its like, so that nothing is built again with other features.
    let choice = if profile == SHIPPED { ["--package", "wishlist-node"].as_slice() } else { &cargo::WHOLE };
    cargo::run(&[&["build", "--profile", profile, "--locked", "--lib"], choice].concat())?;
    let built = built(profile)?;
    let (source, platform) = (cargo::root().join("bindings/node"), platform(OS, ARCH)?);
    let staged = emptied(directory.join("staged"))?;
    let (face, native) = (staged.join("smart-wishlist"), staged.join("native"));
    copy(&source, &face, &|name| !OURS.contains(&name))?;
    copy(&source.join("npm").join(platform), &native, &|_| true)?;
    fs::copy(&built, native.join(format!("smart-wishlist.{platform}.node")))?;
    let packages = emptied(directory.join("packages"))?;
    let to = cargo::text(&packages)?;
    for package in [&face, &native] {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            fs::copy(cargo::root().join(licence), package.join(licence))?;
        }
        cargo::run_in(package, NPM, &["pack", "--silent", "--pack-destination", to], &[])?;
    }
    let packed = fs::read_dir(&packages)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    for package in &packed {
        println!("{}  {} bytes", package.display(), fs::metadata(package)?.len());
    }
    Ok(packed)
}

/// Where cargo puts the native part.
fn built(profile: &str) -> Result<PathBuf> {
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(cargo::target()?.join(folder).join(format!("{DLL_PREFIX}wishlist_node{DLL_SUFFIX}")))
}

/// The platform as npm's packages name it.
fn platform(os: &str, arch: &str) -> Result<&'static str> {
    Ok(match (os, arch) {
        ("linux", "x86_64") => "linux-x64-gnu",
        ("linux", "aarch64") => "linux-arm64-gnu",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        ("windows", "x86_64") => "win32-x64-msvc",
        _ => bail!("there is no package for {os} on {arch}; `bindings/node/npm` has those that there are"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str) -> serde_json::Value {
        let text = fs::read_to_string(cargo::root().join("bindings/node").join(path)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn every_platform_is_a_package_that_fits_the_one_above() {
        let face = package("package.json");
        let optional = face["optionalDependencies"].as_object().unwrap();
        let rows = [
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("macos", "x86_64"),
            ("macos", "aarch64"),
            ("windows", "x86_64"),
        ];
        assert_eq!(optional.len(), rows.len());
        let loader = fs::read_to_string(cargo::root().join("bindings/node/runtime/native.cjs")).unwrap();
        for (os, arch) in rows {
            let platform = platform(os, arch).unwrap();
            let native = package(&format!("npm/{platform}/package.json"));
            assert_eq!(native["name"], format!("smart-wishlist-{platform}"));
            assert_eq!(native["main"], format!("smart-wishlist.{platform}.node"));
            for of in ["version", "license", "engines"] {
                assert_eq!(native[of], face[of], "{of} of {platform}");
            }
            assert_eq!(optional[&format!("smart-wishlist-{platform}")], native["version"]);
            assert!(loader.contains(&format!("'{platform}'")), "{platform}");
        }
        assert_eq!(face["version"], env!("CARGO_PKG_VERSION"));
        assert!(platform("plan9", "x86_64").is_err());
    }
}
