//! What `serve` stands on where its settings choose AWS, so that a process of one's own can use the data of the functions.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use wishlist_core::queue::Queue;
use wishlist_scraper::handle;

use super::clients::{Clients, Credentials};
use super::ground;
use super::sqs_receiver::SqsReceiver;
use crate::config::{Faults, IdentityChoice, Place, QueueChoice, ServeSettings, TableChoice};
use crate::standing::{Accounts, Elsewhere, Work};

/// The table, the queue and the people, each where it is chosen to be on AWS.
pub(crate) async fn elsewhere(settings: &ServeSettings) -> Result<Elsewhere> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let place: Place = aws.place(&mut faults);
    let table = (settings.table == TableChoice::Dynamodb).then(|| aws.table(&mut faults));
    let queue = (settings.queue == QueueChoice::Sqs).then(|| aws.queue(&mut faults));
    let pool = (settings.identity == IdentityChoice::Cognito).then(|| aws.pool(&mut faults));
    if table.is_none() && queue.is_none() && pool.is_none() {
        return Ok(Elsewhere::default());
    }
    if queue.is_some() && table.is_none() {
        bail!(
            "`--queue sqs` needs `--table dynamodb`: messages of the hosted queue are about records of the hosted table, and \
             would be taken from those who have them"
        );
    }
    faults.none("`serve`")?;
    if pool.is_some() && settings.confirming.confirm.is_some() {
        bail!("a user pool mails its codes by itself; leave out `--confirm`, or choose `--identity local`");
    }
    let clients = Clients::new(place, Credentials::AsToolsDo).await?;
    let at_once = usize::from(settings.background.visits_at_once);
    let messages = match queue {
        Some(url) => Some(messages(&clients, url, at_once).await?),
        None => None,
    };
    let people = match pool {
        Some(pool) => {
            let provider = Arc::new(ground::provider(&clients, &pool));
            let verifier = Arc::new(ground::verifier(&clients, pool)?);
            Some(Accounts { provider: provider.clone(), identities: provider, verifier })
        }
        None => None,
    };
    Ok(Elsewhere { table: table.map(|name| ground::table(&clients, name)), messages, people })
}

/// The queue at this URL, and what takes messages from it.
async fn messages(clients: &Clients, url: String, at_once: usize) -> Result<(Arc<dyn Queue>, Work)> {
    let receiver =
        SqsReceiver::open(clients.polling_sqs(), url.clone()).await.with_context(|| format!("no queue at `{url}`"))?;
    let work = Work(Box::new(move |visitor, stop| {
        Box::pin(receiver.work(move |message| handle(visitor.clone(), message), at_once, stop))
    }));
    Ok((ground::queue(clients, url), work))
}
