//! How wishlists are opened and servers are called.

use std::fmt;
use std::time::Duration;

use wishlist_client::ErrorKind;

use crate::failure::Failure;

/// The most often that prices are looked up again.
const OFTENEST: Duration = Duration::from_mins(15);

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

impl OpenOptions {
    /// As the server's settings of these names.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let refused = |what: String| Err(Failure::new(ErrorKind::Invalid, what));
        if !(1..=256).contains(&self.visits_at_once) {
            return refused(format!("`visits_at_once` is {}; expected 1 to 256", self.visits_at_once));
        }
        match self.refresh_every {
            Some(every) if every < OFTENEST => {
                refused(format!("`refresh_every` is {every:?}; expected 15 minutes or more"))
            }
            _ => Ok(()),
        }
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { visits: true, visits_at_once: 8, refresh_every: None, private_addresses: false }
    }
}

/// How a server is called. What is not said is as in [`wishlist_client::Builder`].
#[derive(Clone, Default)]
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

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The session is not to be shown.
        let Self { timeout, tries, .. } = self;
        formatter.debug_struct("ConnectOptions").field("timeout", timeout).field("tries", tries).finish_non_exhaustive()
    }
}
