//! How wishlists are opened and servers are called.

use std::time::Duration;

/// How a file of wishlists is opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Whether pages are visited. Without it items stay `pending` until another process over the file visits them.
    pub visits: bool,
    /// The most pages visited at once.
    pub visits_at_once: usize,
    /// How often prices are looked up again, if at all.
    pub refresh_every: Option<Duration>,
    /// Whether pages of this machine and of the networks around it may be visited. Whoever can add an item could then make
    /// this machine call the machines around it, so it is for development.
    pub private_addresses: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { visits: true, visits_at_once: 8, refresh_every: None, private_addresses: false }
    }
}

/// How a server is called. What is not said is as in [`wishlist_client::Builder`].
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// How long a call may take, its tries included.
    pub timeout: Option<Duration>,
    /// How often a call is tried at most.
    pub tries: Option<u32>,
    /// A session from before, as [`Wishlists::session`](crate::Wishlists::session) told it: JSON.
    pub session: Option<String>,
    /// Certificates that are trusted beside Mozilla's, PEM.
    pub root_certificates: Option<Vec<u8>>,
}
