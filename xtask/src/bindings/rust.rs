//! The crates as they are published: laid out without the rest of the workspace, built there, and played.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::Ground;
use crate::cargo;
use crate::directory::{copy, emptied};
use crate::package::crates::{self, Dirty};
use crate::server::Server;

/// The program that plays the scenario, and the one it plays with.
const PLAYER: &str = "scenario-rust";
const SERVER: &str = "wishlist-service";

/// The scenario.
const SCENARIO: &str = "bindings/scenario.json";

/// Packs the crates, builds the player and the server on nothing else of ours, and plays within the process and with the
/// server.
pub(crate) fn run() -> Result<()> {
    let directory = emptied(cargo::target()?.join("crates"))?;
    let packed = crates::pack(Dirty::Allowed)?;
    let empty = directory.join("empty");
    lay_out(&packed, &empty)?;
    let manifest = empty.join("Cargo.toml");
    let choice = ["--manifest-path", cargo::text(&manifest)?, "--bins", "--package", PLAYER, "--package", SERVER];
    // What they depend on is built already.
    let target = cargo::target()?;
    let programs = cargo::programs(&[&choice[..], &["--target-dir", cargo::text(&target)?]].concat(), "bin")?;
    for name in [PLAYER, SERVER] {
        let built = programs.iter().find(|program| program.file_stem().is_some_and(|stem| stem == name));
        let built = built.with_context(|| format!("the build made no `{name}`"))?;
        // Other builds would put theirs in its place.
        fs::copy(built, directory.join(name)).with_context(|| format!("`{}` cannot be copied", built.display()))?;
    }
    let server = Server::start(&directory.join(SERVER), &directory, &["--allow-private-addresses"])?;
    let ground = Ground::with_server(server, &directory)?;
    player(&directory, &ground, &[])?;
    play_by(&directory, &ground)
}

/// Plays the scenario against a server elsewhere, by the leg if it was not run before.
pub(crate) fn play(ground: &Ground) -> Result<()> {
    let directory = cargo::target()?.join("crates");
    if !directory.join(PLAYER).exists() {
        run()?;
    }
    play_by(&directory, ground)
}

fn play_by(directory: &Path, ground: &Ground) -> Result<()> {
    let mut more = vec!["--server", ground.variable("WISHLIST_TEST_SERVER").context("the ground has no server")?];
    if let Some(code) = ground.variable("WISHLIST_TEST_CODE") {
        more.extend(["--code", code]);
    }
    player(directory, ground, &more)
}

fn player(directory: &Path, ground: &Ground, more: &[&str]) -> Result<()> {
    let shop = ground.variable("WISHLIST_TEST_SHOP").context("the ground has no shop")?;
    let arguments = [&[SCENARIO, "--shop", shop], more].concat();
    println!("$ {PLAYER} {}", arguments.join(" "));
    let status = cargo::command(directory.join(PLAYER)).args(&arguments).status()?;
    ensure!(status.success(), "the scenario failed; the step and what came are above");
    Ok(())
}

/// A workspace of the player and the unpacked server alone. What they ask the registry for of ours is what was packed.
fn lay_out(packed: &[PathBuf], empty: &Path) -> Result<()> {
    fs::create_dir_all(empty)?;
    crates::unpack(packed, empty)?;
    let (from, to) = (cargo::root().join("bindings/scenario-rust"), empty.join(PLAYER));
    copy(&from, &to, &|_| true)?;
    fs::copy(cargo::root().join("Cargo.lock"), empty.join("Cargo.lock"))?;
    let mut folders = Vec::new();
    for file in packed {
        let folder = file.file_stem().and_then(|stem| stem.to_str()).context("a crate has no name")?;
        let (name, _) = folder.rsplit_once('-').with_context(|| format!("`{folder}` has no version"))?;
        folders.push((name.to_owned(), folder.to_owned()));
    }
    let ours = fs::read_to_string(cargo::root().join("Cargo.toml"))?;
    fs::write(empty.join("Cargo.toml"), manifest(&ours, &folders)?)?;
    Ok(())
}

/// The manifest of that workspace: our own table of dependencies, in which our crates are those of a registry.
fn manifest(ours: &str, folders: &[(String, String)]) -> Result<String> {
    let (Some(begin), Some(end)) = (ours.find("[workspace.package]"), ours.find("[profile.release]")) else {
        bail!("the manifest of the workspace has no `[workspace.package]` before its `[profile.release]`");
    };
    let table = ours.get(begin..end).context("it is cut within a letter")?;
    let mut lines = Vec::new();
    for line in table.lines() {
        let is_ours = folders.iter().any(|(name, _)| line.starts_with(&format!("{name} = {{ path")));
        match line.split_once("path = ") {
            Some((before, rest)) if is_ours => {
                let (_, rest) = rest.split_once(", ").with_context(|| format!("`{line}` has no version"))?;
                lines.push(format!("{before}{rest}"));
            }
            // Of the others none is asked for here.
            Some(_) => {}
            None => lines.push(line.to_owned()),
        }
    }
    let server = folders.iter().find(|(name, _)| name == SERVER).context("the server is not packed")?;
    let patches: Vec<_> = folders.iter().map(|(name, folder)| format!("{name} = {{ path = \"{folder}\" }}")).collect();
    Ok(format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"{PLAYER}\", \"{}\"]\n\n{}\n\n[patch.crates-io]\n{}\n",
        server.1,
        lines.join("\n"),
        patches.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_crates_are_asked_of_the_registry_and_found_where_they_were_unpacked() {
        let ours = "[workspace]\nmembers = []\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                    wishlist-service = { path = \"wishlist-service\", version = \"0.1.0\", default-features = false }\n\
                    scenario-rust = { path = \"bindings/scenario-rust\" }\nanyhow = \"1.0\"\n\n[profile.release]\nlto = true\n";
        let folders = [(SERVER.to_owned(), "wishlist-service-0.1.0".to_owned())];
        let made = manifest(ours, &folders).unwrap();
        assert!(
            made.contains("\nwishlist-service = { version = \"0.1.0\", default-features = false }\nanyhow"),
            "{made}"
        );
        assert!(made.contains("[patch.crates-io]\nwishlist-service = { path = \"wishlist-service-0.1.0\" }"), "{made}");
        assert!(!made.contains("bindings/") && !made.contains("lto"), "{made}");
        assert!(manifest("[workspace]", &folders).is_err());
    }
}
