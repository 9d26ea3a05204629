//! What is on AWS, in a program that was built with it: the roles, and what `serve` may stand on there.

#[cfg(feature = "aws")]
pub(crate) use crate::aws::{api, create_table, elsewhere, sweep, worker};

#[cfg(not(feature = "aws"))]
pub(crate) use without::{api, create_table, elsewhere, sweep, worker};

#[cfg(not(feature = "aws"))]
mod without {
    use anyhow::{Result, bail};

    use crate::config::{
        ApiSettings, CreateTableSettings, IdentityChoice, QueueChoice, ServeSettings, SweepSettings, TableChoice,
        WorkerSettings,
    };
    use crate::standing::Elsewhere;

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

    pub(crate) async fn elsewhere(settings: &ServeSettings) -> Result<Elsewhere> {
        match (settings.table, settings.queue, settings.identity) {
            (TableChoice::Embedded, QueueChoice::Local, IdentityChoice::Local) => Ok(Elsewhere::default()),
            _ => not_built(),
        }
    }

    fn not_built<T>() -> Result<T> {
        bail!(
            "this program was built without AWS; build it with `cargo build --release -p wishlist-service --features aws`"
        )
    }
}
