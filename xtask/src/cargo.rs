//! Cargo, called from the root of the workspace.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A command that starts at the root and does not inherit what `cargo run` told this program about itself: build
/// scripts that watch those variables (ring's does) would run again whenever cargo is called the other way.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let told =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if told {
            command.env_remove(name);
        }
    }
    command
}

/// Chooses the whole workspace, and one target that has dev-dependencies: cargo builds a dependency with the features that all that is
/// chosen asks for, so what is chosen with less of it builds most dependencies again. Choices of tests, examples and benches have the
/// latter already.
pub(crate) const WHOLE: [&str; 3] = ["--workspace", "--example", "document"];

/// Runs cargo, its output shown.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    run_with(arguments, &[])
}

/// Runs cargo with these variables, all its output shown on our standard output, so that a log keeps its order.
pub(crate) fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    run_in(root(), "cargo", arguments, variables)
}

/// Runs any program in a directory, the same way.
pub(crate) fn run_in(directory: &Path, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let line = format!("{program} {}", arguments.join(" "));
    println!("$ {line}");
    let status = command(program)
        .current_dir(directory)
        .args(arguments)
        .envs(variables.iter().copied())
        .stderr(std::io::stdout())
        .status()
        .with_context(|| format!("`{line}` does not start"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// What cargo knows of the packages of the workspace alone.
pub(crate) fn workspace() -> Result<Value> {
    metadata(&["--no-deps"])
}

/// What cargo knows of packages, chosen by arguments of `cargo metadata`.
pub(crate) fn metadata(chosen: &[&str]) -> Result<Value> {
    let metadata = output(&[&["metadata", "--format-version", "1"], chosen].concat())?;
    serde_json::from_str(&metadata).context("cargo prints what is not JSON")
}

/// The packages that it knows of.
pub(crate) fn packages(metadata: &Value) -> Result<&[Value]> {
    metadata["packages"].as_array().map(Vec::as_slice).context("`cargo metadata` names no packages")
}

/// The target directory, which people may have elsewhere.
pub(crate) fn target() -> Result<PathBuf> {
    workspace()?["target_directory"].as_str().map(PathBuf::from).context("cargo names no target directory")
}

/// The directories of all packages of the workspace.
pub(crate) fn members() -> Result<Vec<PathBuf>> {
    let metadata = workspace()?;
    let manifests = packages(&metadata)?.iter().filter_map(|package| package["manifest_path"].as_str());
    Ok(manifests.filter_map(|manifest| Path::new(manifest).parent()).map(Path::to_owned).collect())
}

/// A path below the target directory, or to it, as an argument.
pub(crate) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the target directory's name is not UTF-8")
}

/// What cargo prints on its standard output.
pub(crate) fn output(arguments: &[&str]) -> Result<String> {
    output_of("cargo", arguments)
}

/// A program that a build made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Built {
    /// The manifest of its package.
    pub(crate) manifest: PathBuf,
    pub(crate) program: PathBuf,
}

/// Builds what `arguments` choose and answers the programs of one kind (`bin`, `example`) among it.
pub(crate) fn programs(arguments: &[&str], kind: &str) -> Result<Vec<PathBuf>> {
    Ok(build(arguments, kind)?.into_iter().map(|built| built.program).collect())
}

/// The same, with the package of each.
pub(crate) fn build(arguments: &[&str], kind: &str) -> Result<Vec<Built>> {
    let build = [&["build"], arguments, &["--message-format", "json-render-diagnostics"]].concat();
    made(&output(&build)?, kind)
}

fn made(messages: &str, kind: &str) -> Result<Vec<Built>> {
    let mut programs = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("cargo prints what is not JSON")?;
        let is_of_kind = message["target"]["kind"][0] == kind;
        if let (true, Some(program)) = (is_of_kind, message["executable"].as_str()) {
            let manifest = message["manifest_path"].as_str().context("cargo names no manifest of what it built")?;
            programs.push(Built { manifest: manifest.into(), program: program.into() });
        }
    }
    Ok(programs)
}

/// What a program prints on its standard output, at the root.
pub(crate) fn output_of(program: &str, arguments: &[&str]) -> Result<String> {
    let line = format!("{program} {}", arguments.join(" "));
    let output = command(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{line}` does not start"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` prints what is not UTF-8"))
}

/// Whether cargo answers to these arguments at all.
pub(crate) fn answers(arguments: &[&str]) -> bool {
    command("cargo")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program starts and succeeds; nothing of it is shown.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let run = command(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// Whether this runs as the user who may install programs.
pub(crate) fn is_root() -> bool {
    output_of("id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_examples_are_run_as_examples() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"kind":["lib"]},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml","target":{"kind":["example"]},"executable":"/t/a"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let built = Built { manifest: "/a/Cargo.toml".into(), program: "/t/a".into() };
        assert_eq!(made(messages, "example").unwrap(), [built]);
    }
}
