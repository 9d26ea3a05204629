//! Synthesizes every deployment of `infra/test/deployments.json`, as `cdk` would start the application.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cargo;

/// The deployment that runs a zip; the others run an image.
const OF_A_ZIP: &str = "full";

/// Answers the directory that has one for each deployment.
pub(super) fn all(infra: &Path, directory: &Path) -> Result<PathBuf> {
    let outputs = directory.join("outputs");
    if outputs.exists() {
        fs::remove_dir_all(&outputs).with_context(|| format!("`{}` cannot be emptied", outputs.display()))?;
    }
    fs::create_dir_all(&outputs)?;
    // Its bytes are looked at by nobody before they are uploaded.
    let zip = directory.join("bootstrap.zip");
    fs::write(&zip, "")?;
    let deployments = infra.join("test/deployments.json");
    let deployments = fs::read_to_string(&deployments).with_context(|| format!("`{}`", deployments.display()))?;
    let deployments: serde_json::Map<String, Value> = serde_json::from_str(&deployments)?;
    for (name, mut settings) in deployments {
        if name == OF_A_ZIP {
            settings["zip"] = cargo::text(&zip)?.into();
        }
        let output = outputs.join(&name);
        let variables = [("CDK_OUTDIR", cargo::text(&output)?), ("CDK_CONTEXT_JSON", &settings.to_string())];
        cargo::run_in(infra, "node", &["--import", "tsx", "bin/app.ts"], &variables)?;
    }
    Ok(outputs)
}
