//! What `serve` stands on where its settings choose AWS, so that a process of one's own can use the data of the functions.

use std::sync::Arc;

use anyhow::{Result, bail};
use wishlist_core::clock::SystemRandom;

use super::clients::{Clients, Credentials};
use super::ground;
use super::sqs_receiver::SqsReceiver;
use crate::config::{Faults, IdentityChoice, Place, QueueChoice, ServeSettings, TableChoice};
use crate::standing::{Accounts, Elsewhere, Work};

/// The table, the queue and the people, each where it is chosen to be on AWS.
pub(crate) async fn elsewhere(settings: &ServeSettings) -> Result<Elsewhere> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let table = (settings.table == TableChoice::Dynamodb).then(|| aws.table(&mut faults));
    let queue = (settings.queue == QueueChoice::Sqs).then(|| aws.queue(&mut faults));
    let pool = (settings.identity == IdentityChoice::Cognito).then(|| aws.pool(&mut faults));
    if table.is_none() && queue.is_none() && pool.is_none() {
        return Ok(Elsewhere::default());
    }
    let place: Place = aws.place(&mut faults);
    faults.none("`serve`")?;
    if pool.is_some() && settings.confirming.confirm.is_some() {
        bail!("a user pool mails its codes by itself; leave out `--confirm`, or choose `--identity local`");
    }
    let clients = Clients::new(place, Credentials::AsToolsDo).await?;
    let at_once = usize::from(settings.background.visits_at_once);
    Ok(Elsewhere {
        table: table.map(|name| ground::table(&clients, name)),
        messages: queue.map(|url| {
            let receiver = SqsReceiver::new(clients.sqs(), url.clone(), at_once, Arc::new(SystemRandom));
            let work = Work(Box::new(move |visitor, stop| Box::pin(receiver.work(visitor, stop))));
            (ground::queue(&clients, url), work)
        }),
        people: pool.map(|pool| {
            let provider = Arc::new(ground::provider(&clients, &pool));
            let verifier = Arc::new(ground::verifier(&clients, pool));
            Accounts { provider: provider.clone(), identities: provider, verifier }
        }),
    })
}
