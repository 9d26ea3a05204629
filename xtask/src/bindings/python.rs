//! The leg of the Python package: its wheel, in an empty environment, and what is shown there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use super::Ground;
use crate::{cargo, python};

/// Every package and its version that builds the wheel or looks at it; made by `pip freeze`.
const REQUIREMENTS: &str = "xtask/python/requirements.txt";

/// Where the package is.
const PACKAGE: &str = "bindings/python";

/// The most bytes of a wheel.
const MOST: u64 = 8_000_000;

/// Builds the wheel, and has its tests and the readers of its types pass where nothing else of ours is.
pub(crate) fn run() -> Result<()> {
    let directory = python::directory("python")?;
    let ground = Ground::here(&directory)?;
    let variables = ground.variables();
    let tools = python::ensure(&directory, REQUIREMENTS)?;
    let wheel = build(&tools, &directory)?;
    let size = fs::metadata(&wheel)?.len();
    println!("{}: {} KB", wheel.display(), size / 1000);
    ensure!(size <= MOST, "the wheel has {size} bytes, at most {MOST}; see what is in it with `unzip -v`");
    let programs = install(&wheel, &directory)?;
    let python = cargo::text(&programs.join("python"))?.to_owned();
    let settings = "bindings/python/pyproject.toml";
    let tests = "bindings/python/tests";
    let examples = ["examples/quickstart-python", "examples/embed-in-your-app/python"];
    for (program, arguments) in [
        ("pytest", ["-c", settings, "--rootdir", PACKAGE, tests].as_slice()),
        ("mypy", ["--config-file", settings, "-p", "smart_wishlist"].as_slice()),
        ("mypy", ["--config-file", settings, tests, examples[0], examples[1]].as_slice()),
        ("pyright", ["--project", PACKAGE, "--pythonpath", &python].as_slice()),
        // Measured last, where nothing else runs.
        ("python", ["bindings/python/tests/figures.py"].as_slice()),
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

/// The wheel of what the source is now.
fn build(tools: &Path, directory: &Path) -> Result<PathBuf> {
    let wheels = directory.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let maturin = tools.join("maturin");
    let arguments = ["build", "--profile", "wheel", "--locked", "--out", cargo::text(&wheels)?];
    println!("$ {} {}", maturin.display(), arguments.join(" "));
    let mut command = cargo::command(&maturin);
    command.current_dir(cargo::root().join(PACKAGE)).args(arguments);
    command.args(["--interpreter", cargo::text(&tools.join("python"))?]);
    ensure!(command.stderr(std::io::stdout()).status()?.success(), "the wheel could not be built");
    let made = fs::read_dir(&wheels)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    match made.as_slice() {
        [wheel] => Ok(wheel.clone()),
        _ => bail!("maturin made {} wheels, expected one", made.len()),
    }
}

/// Installs the wheel into an empty environment, sees that it loads there with what it asks for itself, and adds what tests it.
fn install(wheel: &Path, directory: &Path) -> Result<PathBuf> {
    let environment = directory.join("empty");
    let programs = environment.join("bin");
    let python = programs.join("python");
    let make = ["-m", "venv", "--clear", cargo::text(&environment)?];
    ensure!(cargo::succeeds("python3", &make), "`python3 {}` failed", make.join(" "));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    for arguments in [["--constraint", REQUIREMENTS, cargo::text(wheel)?].as_slice(), ["-r", REQUIREMENTS].as_slice()] {
        println!("$ {} {} {}", python.display(), pip.join(" "), arguments.join(" "));
        let status = cargo::command(&python).args(pip).args(arguments).status()?;
        ensure!(status.success(), "the packages could not be installed");
        let price = "import smart_wishlist; print(smart_wishlist.parse_price('19.99 €'))";
        println!("{}", cargo::output_of(cargo::text(&python)?, &["-c", price])?.trim());
    }
    Ok(programs)
}
