//! What reads templates, the image's file and the workflows as their own tools do.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{cargo, python};

const REQUIREMENTS: &str = "xtask/infra/requirements.txt";

/// The file that makes the image.
const IMAGE: &str = "wishlist-service/Dockerfile";

const WORKFLOWS: &str = ".github/workflows";

/// The tools, installed.
pub(super) struct Lints {
    programs: PathBuf,
}

/// Installs them into an environment of their own.
pub(super) fn install(directory: &Path) -> Result<Lints> {
    Ok(Lints { programs: python::ensure(directory, REQUIREMENTS)? })
}

impl Lints {
    /// Fails with what any of them finds.
    pub(super) fn run(&self, outputs: &Path) -> Result<()> {
        self.templates(outputs)?;
        self.lint("hadolint", &["--failure-threshold", "style", IMAGE])?;
        self.workflows()
    }

    fn templates(&self, outputs: &Path) -> Result<()> {
        let templates = templates(outputs)?;
        if templates.is_empty() {
            bail!("no template was synthesized to `{}`", outputs.display());
        }
        // A dependency that is named beside the reference that makes it does no harm, and the CDK writes such (W3005).
        let mut arguments = vec!["--ignore-checks", "W3005", "--"];
        arguments.extend(templates.iter().map(String::as_str));
        self.lint("cfn-lint", &arguments)
    }

    fn workflows(&self) -> Result<()> {
        let workflows = cargo::root().join(WORKFLOWS);
        let is_there = workflows.is_dir() && fs::read_dir(&workflows)?.next().is_some();
        if !is_there {
            bail!("there are no workflows in `{WORKFLOWS}`, and with them no pipeline; put them back");
        }
        self.lint("zizmor", &["--offline", "--persona", "pedantic", "--no-progress", WORKFLOWS])
    }

    fn lint(&self, tool: &str, arguments: &[&str]) -> Result<()> {
        let program = self.programs.join(tool);
        cargo::run_in(cargo::root(), cargo::text(&program)?, arguments, &[])
    }
}

/// Every template below the outputs.
fn templates(outputs: &Path) -> Result<Vec<String>> {
    let mut templates = Vec::new();
    for deployment in fs::read_dir(outputs).with_context(|| format!("`{}` cannot be read", outputs.display()))? {
        for file in fs::read_dir(deployment?.path())? {
            let file = file?;
            if is_template(&file.file_name()) {
                templates.push(cargo::text(&file.path())?.to_owned());
            }
        }
    }
    templates.sort_unstable();
    Ok(templates)
}

fn is_template(name: &OsString) -> bool {
    name.to_str().is_some_and(|name| name.ends_with(".template.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_found_below_each_deployment() {
        let outputs = tempfile::tempdir().unwrap();
        for deployment in ["dev", "prod"] {
            fs::create_dir(outputs.path().join(deployment)).unwrap();
            for file in ["a.template.json", "manifest.json"] {
                fs::write(outputs.path().join(deployment).join(file), "{}").unwrap();
            }
        }
        let found = templates(outputs.path()).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("dev/a.template.json") && found[1].ends_with("prod/a.template.json"), "{found:?}");
    }
}
