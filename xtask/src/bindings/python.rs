//! The leg of the Python package: its wheel, in an empty environment, and what is shown there.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::Ground;
use crate::package::wheel::{self, PACKAGE, REQUIREMENTS};
use crate::{cargo, python};

/// Builds the wheel, and has its tests and the readers of its types pass where nothing else of ours is.
pub(crate) fn run() -> Result<()> {
    let directory = python::directory("python")?;
    let ground = Ground::here(&directory)?;
    let variables = ground.variables();
    let wheel = wheel::build("dev", &directory.join("wheels"))?;
    let programs = wheel::install(&wheel, &directory.join("empty"))?;
    wheel::add(&programs, &["-r", REQUIREMENTS])?;
    wheel::loads(&programs)?;
    let python = cargo::text(&programs.join("python"))?.to_owned();
    let settings = "bindings/python/pyproject.toml";
    let tests = "bindings/python/tests";
    let examples = ["examples/quickstart-python", "examples/embed-in-your-app/python"];
    for (program, arguments) in [
        ("pytest", ["-c", settings, "--rootdir", PACKAGE, tests].as_slice()),
        ("mypy", ["--config-file", settings, "-p", "smart_wishlist"].as_slice()),
        ("mypy", ["--config-file", settings, tests, examples[0], examples[1]].as_slice()),
        ("pyright", ["--project", PACKAGE, "--pythonpath", &python].as_slice()),
    ] {
        let program = programs.join(program);
        println!("$ {} {}", program.display(), arguments.join(" "));
        let mut command = cargo::command(&program);
        command.args(arguments);
        // What is compiled or noted beside the sources would be found by those who read folders.
        command.envs([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTEST_ADDOPTS", "-p no:cacheprovider")]);
        command.envs([("MYPY_CACHE_DIR", directory.join("mypy"))]).envs(variables.iter().copied());
        ensure!(command.status()?.success(), "`{}` found something", program.display());
    }
    Ok(())
}

/// The environment where the wheel is installed that the leg tests, by the leg if it was not run before.
pub(crate) fn installed() -> Result<PathBuf> {
    let environment = python::directory("python")?.join("empty");
    if !environment.join("bin/pytest").exists() {
        run()?;
    }
    Ok(environment)
}

/// Plays the scenario with what was installed, against a server elsewhere.
pub(crate) fn play(ground: &Ground) -> Result<()> {
    let pytest = installed()?.join("bin/pytest");
    let mut command = cargo::command(&pytest);
    command.args(["bindings/python/tests/test_scenario.py", "--rootdir", PACKAGE]).envs(ground.variables());
    command.envs([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTEST_ADDOPTS", "-p no:cacheprovider")]);
    ensure!(command.status()?.success(), "`{}` found something", pytest.display());
    Ok(())
}
