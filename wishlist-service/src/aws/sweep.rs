//! The role `sweep`: a schedule calls it, and it sends again what is due.

use anyhow::Result;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use wishlist_scraper::sweep_once;

use super::clients::{Clients, Credentials};
use super::function::Function;
use super::ground;
use crate::config::{Faults, SweepSettings};

pub(crate) fn run(settings: &SweepSettings) -> Result<()> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let name = settings.function.name(&mut faults);
    let (place, table, queue) = (aws.place(&mut faults), aws.table(&mut faults), aws.queue(&mut faults));
    faults.none("the role `sweep`")?;
    let function = Function::start(&name, &settings.logs)?;
    function.block_on(async {
        let clients = Clients::new(place, Credentials::OfTheFunction).await?;
        let (engine, calls) = (ground::engine(&clients, table, queue), function.calls());
        // Whatever the schedule says in its event, there is one thing to do.
        let answer = |event: LambdaEvent<Value>| {
            let (engine, calls) = (engine.clone(), calls.clone());
            async move {
                let sent = Box::pin(calls.note(&event.context, sweep_once(&engine))).await?;
                Ok::<_, lambda_runtime::Error>(json!({ "sent": sent }))
            }
        };
        lambda_runtime::run(service_fn(answer)).await.map_err(anyhow::Error::from_boxed)
    })
}
