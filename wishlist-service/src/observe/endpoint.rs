//! The address for operators: `/metrics` and `/ready`.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use wishlist_core::table::keys;

use super::recorder;
use super::sampled::Sampled;

/// The version of the text format (Prometheus, "Exposition formats").
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How often the recorder tidies up what nobody asks for: samples are kept one by one until then.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// How long the table may take to answer and be ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// An address on which this process is observed.
#[derive(Debug)]
pub(crate) struct Observed {
    listener: TcpListener,
    recorded: PrometheusHandle,
}

#[derive(Clone)]
struct Shown {
    recorded: PrometheusHandle,
    sampled: Sampled,
}

impl Observed {
    /// Binds the address, and records from now on.
    pub(crate) async fn start(address: SocketAddr) -> Result<Self> {
        let taken = || format!("cannot listen on `{address}`; name another address with `--metrics-listen`");
        let listener = TcpListener::bind(address).await.with_context(taken)?;
        Ok(Self { listener, recorded: recorder::install()? })
    }

    pub(crate) fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Answers until `stop` ends.
    pub(crate) async fn serve(self, sampled: Sampled, stop: impl Future<Output = ()> + Send + 'static) {
        let tidied = self.recorded.clone();
        let shown = Shown { recorded: self.recorded, sampled };
        let router = Router::new().route("/metrics", get(metrics)).route("/ready", get(ready)).with_state(shown);
        let tidy = async {
            let mut ticks = tokio::time::interval(TIDY_EVERY);
            loop {
                ticks.tick().await;
                tidied.run_upkeep();
            }
        };
        tokio::select! {
            served = axum::serve(self.listener, router).with_graceful_shutdown(stop) => {
                if let Err(error) = served {
                    tracing::error!(causes = %error, "the address for operators ended");
                }
            }
            () = tidy => {}
        }
    }
}

async fn metrics(State(shown): State<Shown>) -> impl IntoResponse {
    shown.sampled.refresh().await;
    ([(CONTENT_TYPE, TEXT)], shown.recorded.render())
}

/// Whether calls can be answered: the table is asked for a record.
async fn ready(State(shown): State<Shown>) -> (StatusCode, &'static str) {
    let key = [keys::signing(1)];
    match tokio::time::timeout(READY_WITHIN, shown.sampled.table.get(&key)).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the table does not answer\n"),
    }
}
