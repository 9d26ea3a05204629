//! What one connection, and all of them, may cost.

use std::time::Duration;

/// What one connection, and all of them, may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at a time. For one more, the one that has waited for its peer for the longest is given up; where all are
    /// worked on, it waits.
    pub(crate) connections: usize,
    /// How long a peer may take to send or to read before its connection is given up for another's.
    pub(crate) grace: Duration,
    /// The request line and all header fields, in bytes.
    pub(crate) head_bytes: usize,
    /// A head, from its first byte to its last.
    pub(crate) head_within: Duration,
    /// A connection between two requests, and before the first.
    pub(crate) idle: Duration,
    /// How long a body may take, and how much longer for each [`Limits::body_rate`] bytes of it.
    pub(crate) body_within: Duration,
    /// The bytes of a body that give it a second more: below this rate a long body is given up.
    pub(crate) body_rate: u32,
    /// How long the client may take nothing of an answer.
    pub(crate) unread: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            // A round trip around the world, in which the first request of a new connection arrives.
            grace: Duration::from_millis(250),
            head_bytes: 16 * 1024,
            head_within: Duration::from_secs(10),
            // Longer than the 60 s for which common proxies keep a connection: the side that reuses it should close it.
            idle: Duration::from_secs(75),
            body_within: Duration::from_secs(30),
            body_rate: 16 * 1024,
            unread: Duration::from_secs(30),
        }
    }
}
