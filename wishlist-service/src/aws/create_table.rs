//! `create-table`: the table as the program needs it, where there is none.

use std::io::Write;

use anyhow::{Context, Result};
use wishlist_core::table::{Creation, create_table};

use super::clients::{Clients, Credentials};
use crate::config::{CreateTableSettings, Faults};
use crate::telemetry;

pub(crate) fn run(settings: &CreateTableSettings) -> Result<()> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let (place, name) = (aws.place(&mut faults), aws.table(&mut faults));
    faults.none("`create-table`")?;
    telemetry::start(&settings.logs)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let clients = Clients::new(place, Credentials::AsToolsDo).await?;
        let created = create_table(&clients.dynamodb(), &name).await;
        let said = match created.with_context(|| format!("the table `{name}` cannot be made"))? {
            Creation::Made => "was made",
            Creation::Found => "was there already",
        };
        writeln!(std::io::stdout(), "the table `{name}` {said}")?;
        Ok(())
    })
}
