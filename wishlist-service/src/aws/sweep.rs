//! The role `sweep`: a schedule calls it, and it sends again what is due.

use anyhow::Result;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::time::Instant;
use wishlist_scraper::sweep_once;

use super::clients::{Clients, Credentials};
use super::function::{Function, left};
use super::ground;
use crate::config::{Faults, Ground, SweepSettings};
use crate::function_limits::SWEEP_ANSWER_MARGIN as ANSWER_MARGIN;

pub(crate) fn run(settings: &SweepSettings) -> Result<()> {
    let mut faults = Faults::default();
    let Ground { name, place, table, queue } = settings.read(&mut faults);
    faults.none("the role `sweep`")?;
    let function = Function::start(&name, &settings.logs)?;
    function.block_on(async {
        let clients = Clients::new(place, Credentials::OfTheFunction).await?;
        let (engine, calls) = (ground::engine(&clients, table, queue), function.calls());
        // Whatever the schedule says in its event, there is one thing to do.
        let answer = |event: LambdaEvent<Value>| {
            let (engine, calls) = (engine.clone(), calls.clone());
            async move {
                let left = left(&event.context);
                if left <= ANSWER_MARGIN {
                    tracing::error!(
                        timeout_s = left.as_secs(),
                        "the function's timeout is too short to sweep; give it a minute"
                    );
                }
                let until = Instant::now() + left.saturating_sub(ANSWER_MARGIN);
                let sent = Box::pin(calls.note(&event.context, sweep_once(&engine, Some(until)))).await?;
                Ok::<_, lambda_runtime::Error>(json!({ "sent": sent }))
            }
        };
        lambda_runtime::run(service_fn(answer)).await.map_err(anyhow::Error::from_boxed)
    })
}
