//! The guarded fetcher: one page at an address that a stranger chose, read without harm.
//!
//! A fetch goes hop by hop, and a hop by steps that are each a module: the text, form, name and literal address are judged
//! (`guard`, by the tables of [`wishlist_core::place`]), the name is resolved once and all answers judged (`resolve`), one of
//! the judged addresses is connected to (`connect`), TLS is agreed on with the name in the URL (`tls`), and one request is
//! made (`exchange`), its answer counted on the wire (`meter`) and decoded as it arrives (`body`). One deadline is over
//! everything.
//!
//! What a page says is not decided here, nor whether and when it is visited again: this module knows no extraction, no
//! retries, no politeness towards hosts. It keeps no state between fetches: no cookies, connections, sessions or caches.

mod body;
mod connect;
mod exchange;
mod failure;
mod fetcher;
mod guard;
mod media_type;
mod meter;
mod resolve;
mod retry_after;
mod settings;
mod tls;

pub use connect::{Channel, Connect, TcpConnector};
pub use failure::FetchFailure;
pub use fetcher::{Fetched, Fetcher};
pub use guard::read_url;
pub use resolve::{Resolve, SystemResolver};
pub use settings::{FetchSettings, PrivateAddresses, TrustRoots};
