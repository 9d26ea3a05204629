//! The table and the real program on machines that break: without power, room, writes, memory, files, or the right
//! time.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::cargo;
use crate::system::Needs;

/// What the tests of the machine call, and what they preload to set a clock.
const NEEDS: Needs = Needs {
    what: "mount, mkfs.ext4, prlimit and libfaketime",
    packages: &["mount", "util-linux", "e2fsprogs", "libfaketime"],
};

/// What a test tells.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// Losses of power, failures that were met, pages that mean harm.
    cases: usize,
    /// Calls that were acknowledged meanwhile, all of which were found again.
    #[serde(default)]
    done: usize,
    /// The most memory that the program had.
    #[serde(default)]
    peak_kib: u64,
}

/// Losses of power at any moment, and starts that are cut off at each of their steps.
pub(super) fn power(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    let losses = if depth == Depth::Quick { "25" } else { "1000" };
    let mut command = cargo::command("cargo");
    command.env("WISHLIST_TEST_LOSSES", losses);
    let (cases, done, _) = sums(&told(command, "power", &[], "all()")?);
    let figure = format!("{losses} losses at any moment; {done} acknowledged calls, none lost, none by half");
    Ok(row(promise, cases, figure))
}

/// Who may mount what the tests are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mounts {
    /// Root, or whoever may be root without being asked.
    Any,
    /// Anybody, within a user namespace: file systems in memory.
    InMemory,
}

impl Mounts {
    /// What begins a command that runs in a user namespace of its own, with mounts of its own.
    const APART: [&str; 4] = ["unshare", "--user", "--map-root-user", "--mount"];

    /// The one test whose file system is ext4, which root alone mounts.
    const OF_ROOT: &str = "test(=machine::read_only::while_a_disk_takes_no_writes_any_more_reads_go_on_and_what_was_acknowledged_is_there_once_it_is_mended)";

    /// # Errors
    /// Where this user may mount nothing.
    fn allowed() -> Result<Self> {
        if cargo::is_root() || cargo::succeeds("sudo", &["-n", "true"]) {
            return Ok(Self::Any);
        }
        let in_memory = [&Self::APART[1..], &["mount", "-t", "tmpfs", "tmpfs", "/tmp"]].concat();
        ensure!(
            cargo::succeeds(Self::APART[0], &in_memory),
            "this proof mounts file systems: run it as root, as somebody whom `sudo -n` lets, or where user namespaces are allowed"
        );
        Ok(Self::InMemory)
    }

    /// The tests that can be run, the command that runs them, and what is to be said of those that cannot.
    fn tests(self) -> (Command, String, &'static str) {
        const ALL: &str = "test(/^machine::/)";
        match self {
            Self::Any => (cargo::command("cargo"), ALL.to_owned(), ""),
            Self::InMemory => {
                let mut command = cargo::command(Self::APART[0]);
                command.args(&Self::APART[1..]).arg("cargo");
                (
                    command,
                    format!("{ALL} and not {}", Self::OF_ROOT),
                    "; without the disk that fails, which root alone mounts",
                )
            }
        }
    }
}

/// What the machine of the program does not have.
pub(super) fn machine(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    NEEDS.ensure(|| {
        faketime().is_some() && ["mount", "mkfs.ext4", "prlimit"].iter().all(|of| cargo::succeeds(of, &["-V"]))
    })?;
    let rounds = if depth == Depth::Quick { "5" } else { "40" };
    let (mut command, tests, without) = Mounts::allowed()?.tests();
    command.env("WISHLIST_TEST_ROUNDS", rounds).env("WISHLIST_TEST_FAKETIME", faketime().context("it is installed")?);
    let (cases, done, peak) = sums(&told(command, "program", &["--profile", "machine"], &tests)?);
    let peak = peak >> 10;
    let figure =
        format!("{done} acknowledged calls, none lost; at most {peak} MB resident under hostile pages{without}");
    Ok(row(promise, cases, figure))
}

/// Runs tests one after the other, which tell a line each.
fn told(mut command: Command, binary: &str, choice: &[&str], tests: &str) -> Result<Vec<Told>> {
    command.args(["nextest", "run", "--workspace", "--test", binary, "--no-capture", "--no-fail-fast"]);
    command.args(choice).args(["--filterset", tests]);
    told::each(command)
}

fn sums(told: &[Told]) -> (usize, usize, u64) {
    let peak = told.iter().map(|told| told.peak_kib).max().unwrap_or_default();
    (told.iter().map(|told| told.cases).sum(), told.iter().map(|told| told.done).sum(), peak)
}

/// A test that fails ends the proof, so that all cases held.
fn row(promise: &'static str, cases: usize, figure: String) -> Row {
    Row { promise, counts: Counts { cases, held: cases, ..Counts::default() }, figure }
}

/// What is preloaded to set a clock: each system has a directory of libraries of its own.
fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|folder| folder.path());
    let places = folders.chain(["/usr/lib", "/usr/local/lib"].map(PathBuf::from));
    places.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|library| library.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_root_runs_all_but_what_root_alone_mounts_and_says_so() {
        let (command, tests, without) = Mounts::Any.tests();
        assert_eq!((command.get_program(), &*tests, without), ("cargo".as_ref(), "test(/^machine::/)", ""));
        let (command, tests, without) = Mounts::InMemory.tests();
        assert_eq!(command.get_program(), "unshare");
        assert!(tests.ends_with(Mounts::OF_ROOT) && without.contains("root alone"), "{tests} {without}");
        let name = Mounts::OF_ROOT.rsplit("::").next().unwrap().trim_end_matches(')');
        let source = cargo::root().join("wishlist-service/tests/program/machine/read_only.rs");
        assert!(fs::read_to_string(source).unwrap().contains(&format!("async fn {name}()")), "{name}");
    }

    #[test]
    fn cases_are_added_up_and_the_most_memory_counts() {
        let told: Vec<Told> = serde_json::from_str(
            r#"[{"cases": 2, "done": 5, "peakKib": 7}, {"cases": 3, "peakKib": 4}, {"cases": 1}]"#,
        )
        .unwrap();
        assert_eq!(sums(&told), (6, 5, 7));
        assert!(row("nothing is lost", 6, String::new()).holds() && !row("nothing is lost", 0, String::new()).holds());
    }
}
