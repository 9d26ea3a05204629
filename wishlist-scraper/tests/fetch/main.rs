//! The fetcher against sites on loopback that do what sites should not.
//!
//! Names resolve in memory to public addresses, and a connector of the tests leads the judged address to the site's
//! socket, so that the guard is whole in every test.

#![allow(clippy::unwrap_used, reason = "a test fails where its surroundings do")]

mod authority;
mod bodies;
mod connections;
mod heads;
mod redirects;
mod shown;
#[allow(dead_code, reason = "the cases in `tests/cases` use the rest of it")]
mod site;
mod tls;
