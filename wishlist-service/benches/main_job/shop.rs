//! A shop on loopback with as many products as are asked for.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;

use crate::page;

/// A page of a shop as it is sent: most are some hundred kilobytes.
const ORDINARY_BYTES: usize = 100_000;

/// A page of the largest shops.
const LARGE_BYTES: usize = 1_000_000;

/// How large the page of a product is.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    Ordinary,
    Large,
}

/// An open shop; it is open until the process ends.
#[derive(Clone, Copy)]
pub(crate) struct Shop {
    address: SocketAddr,
}

impl Shop {
    /// Opens the shop on a thread and a runtime of its own, so that a visit does not wait for the calls that are timed.
    pub(crate) fn open() -> Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shelves = Shelves { ordinary: page::rest(ORDINARY_BYTES).into(), large: page::rest(LARGE_BYTES).into() };
        std::thread::spawn(move || {
            runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router(shelves)).await })
        });
        Ok(Self { address })
    }

    pub(crate) fn url(self, size: Size, number: usize) -> String {
        let shelf = match size {
            Size::Ordinary => "ordinary",
            Size::Large => "large",
        };
        format!("http://{}/{shelf}/{number}", self.address)
    }
}

/// What the pages of a size have in common, made once.
#[derive(Clone)]
struct Shelves {
    ordinary: Arc<str>,
    large: Arc<str>,
}

fn router(shelves: Shelves) -> Router {
    let ordinary = async |State(shelves): State<Shelves>, Path(number)| Html(page::of(number, &shelves.ordinary));
    let large = async |State(shelves): State<Shelves>, Path(number)| Html(page::of(number, &shelves.large));
    Router::new().route("/ordinary/{number}", get(ordinary)).route("/large/{number}", get(large)).with_state(shelves)
}
