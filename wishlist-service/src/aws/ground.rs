//! What the engine stands on here: the table, the queue and the user pool of a deployment.

use std::sync::Arc;

use anyhow::Result;
use wishlist_core::clock::{Clock, Random, SystemClock, SystemRandom};
use wishlist_core::ids::Ids;
use wishlist_core::operations::Engine;
use wishlist_core::queue::Queue;
use wishlist_core::table::{DynamoTable, Table};
use wishlist_identity::cognito::{CognitoIdentity, CognitoSettings};
use wishlist_identity::{Algorithm, HttpJwks, Issuer, Verifier};

use super::clients::Clients;
use super::sqs_queue::SqsQueue;
use crate::config::Pool;
use crate::observe::MeasuredTable;

/// An engine over the table and the queue of these names, whose requests are counted.
pub(super) fn engine(clients: &Clients, table: String, queue: String) -> Engine {
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let table = Arc::new(MeasuredTable::over(self::table(clients, table)));
    Engine::new(table, self::queue(clients, queue), clock, random)
}

/// The queue at this URL.
pub(super) fn queue(clients: &Clients, url: String) -> Arc<dyn Queue> {
    let clients = clients.clone();
    Arc::new(SqsQueue::new(move || clients.sqs(), url))
}

/// The table of this name.
pub(super) fn table(clients: &Clients, name: String) -> Arc<dyn Table> {
    Arc::new(DynamoTable::new(&clients.dynamodb(), name, Arc::new(SystemClock), Arc::new(SystemRandom)))
}

/// The provider on the pool.
pub(super) fn provider(clients: &Clients, pool: &Pool) -> CognitoIdentity {
    let settings = CognitoSettings {
        user_pool_id: pool.id.clone(),
        client_id: pool.client_id.clone(),
        client_secret: pool.client_secret.clone(),
    };
    let ids = Ids::new(Arc::new(SystemClock), Arc::new(SystemRandom));
    let clients = clients.clone();
    CognitoIdentity::with_late_client(move || clients.cognito(), ids, settings)
}

/// What takes the pool's access tokens, and no others.
pub(super) fn verifier(clients: &Clients, pool: Pool) -> Result<Verifier> {
    let issuer = Issuer { issuer: pool.issuer, client_id: pool.client_id, algorithm: Algorithm::Rs256 };
    let keys = HttpJwks::new(&pool.jwks_url.parse()?, clients.tls())?;
    Ok(Verifier::new(issuer, Arc::new(keys), Arc::new(SystemClock)))
}
