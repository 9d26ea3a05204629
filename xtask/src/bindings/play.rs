//! The scenario with what the legs of the packages installed, elsewhere than on a server of this machine.

use anyhow::Result;

use super::{Ground, node, python, rust};

/// Plays the scenario with the packages that the legs `crates`, `python` and `node` test.
pub(crate) fn play(ground: &Ground) -> Result<()> {
    rust::play(ground)?;
    python::play(ground)?;
    node::play(ground)
}
