//! Cargo, called from the root of the workspace.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

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

/// Runs cargo, its output shown.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    run_with(arguments, &[])
}

/// Runs cargo with these variables, all its output shown on our standard output, so that a log keeps its order.
pub(crate) fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let line = line(arguments);
    println!("$ {line}");
    let status = command("cargo")
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

/// What cargo prints on its standard output.
pub(crate) fn output(arguments: &[&str]) -> Result<String> {
    output_of("cargo", arguments)
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

fn line(arguments: &[&str]) -> String {
    format!("cargo {}", arguments.join(" "))
}
