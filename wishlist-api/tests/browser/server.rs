//! A service of its own for each test, on a free port of loopback.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use wishlist_api::{Api, router};
use wishlist_core::clock::{SystemClock, SystemRandom};
use wishlist_core::model::PageUrl;
use wishlist_core::operations::{Engine, Preview, Previewed};
use wishlist_core::queue::NoQueue;
use wishlist_core::table::EmbeddedTable;
use wishlist_core::{Error, Kind};
use wishlist_identity::LogMailer;
use wishlist_identity::local::{Confirmation, HashingCost, LocalProvider, LocalSettings};

/// A network without shops.
#[derive(Debug)]
struct NoShops;

#[async_trait]
impl Preview for NoShops {
    async fn preview(&self, _: &PageUrl) -> wishlist_core::Result<Previewed> {
        Err(Error::new(Kind::Unprocessable, "the shop could not be reached"))
    }
}

/// A running service; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) origin: String,
    _runtime: Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let service = router(runtime.block_on(api()));
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { origin, _runtime: runtime }
    }
}

async fn api() -> Api {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
    let engine =
        Engine::new(table.clone(), Arc::new(NoQueue), clock.clone(), random.clone()).with_preview(Arc::new(NoShops));
    let settings = LocalSettings {
        issuer: "http://127.0.0.1".to_owned(),
        client_id: "wishlist".to_owned(),
        hashing: HashingCost::LEAST,
        confirmation: Confirmation::AtOnce,
        key_life: LocalSettings::KEY_LIFE,
    };
    let (ids, mailer) = (engine.ids().clone(), Arc::new(LogMailer));
    let provider = Arc::new(LocalProvider::open(table, clock, ids, random, mailer, settings).await.unwrap());
    let verifier = Arc::new(provider.verifier());
    Api { engine, provider, verifier }
}
