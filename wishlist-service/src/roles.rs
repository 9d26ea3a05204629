//! The roles on AWS, in a program that was built with them.

#[cfg(feature = "aws")]
pub(crate) use crate::aws::{api, create_table, sweep, worker};

#[cfg(not(feature = "aws"))]
pub(crate) use without::{api, create_table, sweep, worker};

#[cfg(not(feature = "aws"))]
mod without {
    use anyhow::{Result, bail};

    use crate::config::{ApiSettings, CreateTableSettings, SweepSettings, WorkerSettings};

    pub(crate) fn api(_: ApiSettings) -> Result<()> {
        not_built()
    }

    pub(crate) fn worker(_: &WorkerSettings) -> Result<()> {
        not_built()
    }

    pub(crate) fn sweep(_: &SweepSettings) -> Result<()> {
        not_built()
    }

    pub(crate) fn create_table(_: &CreateTableSettings) -> Result<()> {
        not_built()
    }

    fn not_built() -> Result<()> {
        bail!("this program was built without AWS; build it with `cargo build --release -p wishlist-service --features aws`")
    }
}
