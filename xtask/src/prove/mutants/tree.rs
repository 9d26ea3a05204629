//! A copy of the last commit, which is changed in place of the tree that people work in.

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo;

/// The copy, and which commit it is of.
pub(super) struct Tree {
    pub(super) directory: PathBuf,
    pub(super) commit: String,
}

impl Tree {
    /// Makes the copy, or brings it up to the last commit and undoes whatever a run that was broken off left changed. It stays in one place
    /// and keeps the times of what is unchanged, so that what was built of it is not built again.
    pub(super) fn at_head() -> Result<Self> {
        let directory = cargo::target()?.join("mutants").join("tree");
        let (root, tree) = (cargo::text(cargo::root())?, cargo::text(&directory)?);
        if !directory.join(".git").exists() {
            cargo::run_in(cargo::root(), "git", &["clone", "--quiet", "--shared", "--no-checkout", root, tree], &[])?;
        }
        let head = cargo::output_of("git", &["rev-parse", "HEAD"])?;
        cargo::run_in(&directory, "git", &["fetch", "--quiet", root, "HEAD"], &[])?;
        cargo::run_in(&directory, "git", &["checkout", "--quiet", "--force", "--detach", head.trim()], &[])?;
        if !cargo::output_of("git", &["status", "--porcelain"])?.is_empty() {
            println!("what is not committed is not looked at: the copy is of the last commit");
        }
        Ok(Self { directory, commit: head.trim().chars().take(12).collect() })
    }
}
