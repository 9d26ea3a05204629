//! HTTP over TCP: connections are accepted, bounded in number, and given up where they take too long.
//!
//! What a request is answered does not belong here: that is the service that is handed in.

mod accept;
mod body;
mod connection;
mod crowd;
mod head;
mod limits;
#[cfg(test)]
mod tests;
mod turn;

pub(crate) use self::accept::serve;
pub(crate) use self::limits::Limits;
