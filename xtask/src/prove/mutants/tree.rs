//! A copy of the last commit, which is changed in place of the tree that people work in.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// The copy, and which commit it is of.
pub(super) struct Tree {
    pub(super) directory: PathBuf,
    pub(super) commit: String,
    /// Two that change one tree would see each other's changes.
    _lock: File,
}

impl Tree {
    /// Makes the copy, or brings it up to the last commit and undoes whatever a run that was broken off left changed. It stays in one place
    /// and keeps the times of what is unchanged, so that what was built of it is not built again.
    pub(super) fn at_head() -> Result<Self> {
        let mutants = cargo::target()?.join("mutants");
        let lock = locked(&mutants)?;
        let directory = mutants.join("tree");
        let (root, tree) = (cargo::text(cargo::root())?, cargo::text(&directory)?);
        if !directory.join(".git").exists() {
            cargo::run_in(cargo::root(), "git", &["clone", "--quiet", "--shared", "--no-checkout", root, tree], &[])?;
        }
        let head = cargo::output_of("git", &["rev-parse", "HEAD"])?;
        cargo::run_in(&directory, "git", &["fetch", "--quiet", root, "HEAD"], &[])?;
        cargo::run_in(&directory, "git", &["checkout", "--quiet", "--force", "--detach", head.trim()], &[])?;
        cargo::run_in(&directory, "git", &["clean", "--quiet", "--force", "-d"], &[])?;
        if !cargo::output_of("git", &["status", "--porcelain"])?.is_empty() {
            println!("what is not committed is not looked at: the copy is of the last commit");
        }
        Ok(Self { directory, commit: head.trim().chars().take(12).collect(), _lock: lock })
    }

    /// Whether a file was at that commit what it is now. At one that is not known it was not.
    pub(super) fn is_same(&self, commit: &str, file: &str) -> bool {
        let mut command = cargo::command("git");
        command.current_dir(&self.directory).args(["diff", "--quiet", commit, "HEAD", "--", file]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.directory.join(file).is_file()
    }
}

fn locked(directory: &Path) -> Result<File> {
    fs::create_dir_all(directory)?;
    let lock = File::create(directory.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => bail!("another `cargo xtask prove mutants` runs; it is one at a time"),
        Err(fs::TryLockError::Error(error)) => Err(error).context("the lock of the mutants cannot be taken"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let first = locked(place.path()).unwrap();
        assert!(locked(place.path()).unwrap_err().to_string().starts_with("another"));
        drop(first);
        assert!(locked(place.path()).is_ok());
    }
}
