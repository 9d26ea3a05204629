//! How wishlists are opened and servers called, as JavaScript says it. It was looked at there.

use std::time::Duration;

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use wishlist_bridge::{ConnectOptions, OpenOptions};

/// As `OpenOptions`; what is not said is as there.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct Open {
    /// Whether pages are visited.
    pub visits: Option<bool>,
    /// The most pages visited at once.
    pub visits_at_once: Option<u32>,
    /// How often prices are looked up again, in milliseconds.
    pub refresh_every: Option<f64>,
    /// Whether pages of this machine and of the networks around it may be visited.
    pub private_addresses: Option<bool>,
}

/// As `ConnectOptions`.
#[napi(object, object_to_js = false)]
pub struct Connect {
    /// How long a call may take, in milliseconds.
    pub timeout: Option<f64>,
    /// How often a call is tried at most.
    pub tries: Option<u32>,
    /// A session from before, JSON.
    pub session: Option<String>,
    /// Certificates that are trusted beside Mozilla's, PEM.
    pub root_certificates: Option<Uint8Array>,
}

impl From<Open> for OpenOptions {
    fn from(said: Open) -> Self {
        let default = Self::default();
        Self {
            visits: said.visits.unwrap_or(default.visits),
            visits_at_once: said.visits_at_once.map_or(default.visits_at_once, |most| most as usize),
            refresh_every: said.refresh_every.map(milliseconds),
            private_addresses: said.private_addresses.unwrap_or(default.private_addresses),
        }
    }
}

impl From<Connect> for ConnectOptions {
    fn from(said: Connect) -> Self {
        Self {
            timeout: said.timeout.map(milliseconds),
            tries: said.tries,
            session: said.session,
            root_certificates: said.root_certificates.map(|pem| pem.to_vec()),
        }
    }
}

impl std::fmt::Debug for Connect {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::opaque(formatter, "Connect")
    }
}

/// JavaScript's face lets only numbers above zero through.
fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or(Duration::MAX)
}
