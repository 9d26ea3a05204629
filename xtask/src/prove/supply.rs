//! What of others is shipped.

use anyhow::Result;
use serde_json::Value;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use crate::package::materials::{self, Materials};
use crate::tool::DENY;
use crate::{cargo, check};

/// Holds every crate of others to `deny.toml`, and writes the bills of materials where there is time to.
pub(super) fn run(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    DENY.ensure()?;
    check::deny()?;
    let cases = of_others(&cargo::metadata(&["--locked", "--all-features"])?)?;
    let mut figure = "licences, sources, versions and bans by cargo-deny".to_owned();
    if depth == Depth::Full {
        let listed = materials::list(&cargo::target()?.join("package"))?;
        let crates: Vec<_> = listed.iter().map(|Materials { crates, .. }| crates.to_string()).collect();
        figure = format!("{figure}; {} in the bills of materials of program, wheel and addon", crates.join(", "));
    }
    Ok(Row { promise, counts: Counts { cases, held: cases, ..Counts::default() }, figure })
}

/// How many packages are of others: they have a source.
fn of_others(metadata: &Value) -> Result<usize> {
    Ok(cargo::packages(metadata)?.iter().filter(|package| package["source"].is_string()).count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn our_own_packages_have_no_source() {
        let metadata = json!({ "packages": [{ "source": null }, { "source": "registry+https://example.org" }] });
        assert_eq!(of_others(&metadata).unwrap(), 1);
        assert!(of_others(&json!({})).is_err());
    }
}
