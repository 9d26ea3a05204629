//! Judges tokens by the verifier's own code.
//!
//! Without an option it reads lines `{"id","token","jwks","now","issuer","clientId"}` and answers each with
//! `{"id","verdict","reason"}`, where the verdict is `allow` or `reject` and `now` is a time in RFC 3339 or in seconds
//! since 1970. With `--signature`, lines `{"id","jws","jwk"}` are judged by the signature alone. The issuer's one
//! algorithm is RS256, with `--es256` ES256.
//!
//! With `--cases FILE` it judges a file of cases, or of vectors in Wycheproof's form, and with `--report` alone the
//! tables of this project; it ends with 1 where a case that decides was missed.
//!
//! ```sh
//! cargo run -p wishlist-identity --example judge -- --report json
//! ```

#[path = "../../tests/tokens/judging/mod.rs"]
mod judging;
mod lines;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use serde_json::Value;
use wishlist_identity::Algorithm;

use judging::report::Report;
use judging::{cases, own, vectors};

/// Judges tokens by the verifier's own code.
#[derive(Parser)]
struct Arguments {
    /// Judge lines by their signature alone.
    #[arg(long)]
    signature: bool,
    /// Judge lines of an issuer that signs by ES256.
    #[arg(long)]
    es256: bool,
    /// A file of cases, or of vectors in Wycheproof's form, instead of lines.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["signature", "es256"])]
    cases: Option<PathBuf>,
    /// How to tell what was held; without `--cases`, of this project's own tables.
    #[arg(long, conflicts_with_all = ["signature", "es256"])]
    report: Option<Form>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// One line at the end: `proof: ` and JSON.
    Json,
    /// For people.
    Text,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let Arguments { signature, es256, cases, report } = Arguments::parse();
    let held = match (&cases, report) {
        (Some(file), _) => judge(file).await?,
        (None, Some(_)) => own::judge().await?,
        (None, None) => {
            lines::judge(signature, if es256 { Algorithm::Es256 } else { Algorithm::Rs256 }).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let told = match report {
        // As what proves finds it among other lines.
        Some(Form::Json) => format!("proof: {}", serde_json::to_string(&held)?),
        _ => held.to_string(),
    };
    writeln!(std::io::stdout(), "{told}")?;
    Ok(if held.passes() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Judges a file in the form that it has.
async fn judge(file: &Path) -> Result<Report> {
    let text = fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let form: Value = serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", file.display()))?;
    if form.get("testGroups").is_some() { vectors::judge(&text) } else { cases::judge(&text).await }
}
