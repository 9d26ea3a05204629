//! Whose turn a connection is: the server's, or the peer's and since when.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// Whose turn a connection is. Clones are of the same connection.
#[derive(Clone, Debug)]
pub(super) struct Turn(Arc<Mutex<Option<Instant>>>);

impl Turn {
    /// A new connection: its peer is to send a request.
    pub(super) fn of_a_peer() -> Self {
        Self(Arc::new(Mutex::new(Some(Instant::now()))))
    }

    /// Since when the peer is to send or to read; `None` where the server is to answer.
    pub(super) fn peers_since(&self) -> Option<Instant> {
        *self.locked()
    }

    /// The server has all that it needs.
    pub(super) fn is_ours(&self) {
        *self.locked() = None;
    }

    /// The peer is to do something, since then. A turn that it has already is not counted anew: whoever sends a byte a second
    /// would never be late.
    pub(super) fn is_the_peers(&self, since: Instant) {
        self.locked().get_or_insert(since);
    }

    fn locked(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
