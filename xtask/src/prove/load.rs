//! The real program under load: at half of what it answers, at four times that, and beside thousands of silent connections.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::cargo;

/// What the program tells.
#[derive(Deserialize)]
struct Told {
    #[serde(flatten)]
    counts: Counts,
    figures: Vec<String>,
}

/// Runs it with as many open files as this process may have: each connection is one.
pub(super) fn run(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    // What is shipped is what has figures; that no call is lost is true of any build.
    let build: &[&str] = match depth {
        Depth::Quick => &["--workspace"],
        Depth::Full => &["--package", "wishlist-service", "--release"],
    };
    let programs = cargo::programs(&[build, &["--bench", "load"]].concat(), "bench")?;
    let program = programs.first().context("cargo built no bench `load`")?;
    let mut command = cargo::command("sh");
    command.args(["-c", r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#]).arg(program);
    if depth == Depth::Quick {
        command.arg("--quick");
    }
    let Told { counts, figures } = told::by(command)?;
    Ok(Row { promise, counts, figure: figures.join("; ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_tells_is_counts_and_figures() {
        let told = r#"{"cases": 2, "held": 1, "missed": [{"id": "soak: calls", "expected": "a", "got": "b"}], "figures": ["p99 1 ms"]}"#;
        let Told { counts, figures } = serde_json::from_str(told).unwrap();
        assert_eq!((counts.cases, counts.held, counts.missed.len()), (2, 1, 1));
        assert_eq!(figures, ["p99 1 ms"]);
    }
}
