//! What follows the command.

use super::report;

/// What follows `cargo xtask simulate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Another day: what is drawn follows from this number.
    #[arg(long, value_name = "N", default_value_t = report::SEED)]
    seed: u64,
}

impl Arguments {
    pub(crate) fn run(&self) {
        println!("{}", report::table(self.seed));
    }
}
