//! What a deployment decides about HTTP.

use std::num::NonZeroU32;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Origins, Waiting};

/// What a deployment decides about HTTP.
///
/// By default: no page of another origin reads an answer, calls are not counted and none is refused for want of time, the service is
/// reached by plain http, and no proxy is believed.
#[derive(Clone, Debug, Default)]
pub struct HttpRules {
    /// The pages that may read answers in a browser.
    pub origins: Origins,
    /// How many ordinary calls a second one caller has, twice as many at once after a pause; `None` counts none. A caller is
    /// the user of the token, or the address of a call without one and of all calls of `/v1/auth`.
    pub calls_per_second: Option<NonZeroU32>,
    /// How clients reach the service.
    pub transport: Transport,
    /// The proxies whose `X-Forwarded-For` is believed. Whoever else sends that header could choose whose calls theirs are
    /// counted with.
    pub trusted_proxies: Vec<IpNet>,
    /// Who knows how long calls wait, so that those which would wait for too long are refused at once; `None` refuses none. A function
    /// that answers one call at a time has no need of it: what is in front of it waits.
    pub waiting: Option<Arc<dyn Waiting>>,
}

/// Marks, among a request's extensions, one that could not be read as a whole, with what was expected.
///
/// A server that takes requests in another form than HTTP's own hands it on so: it is answered with `400`, and has its id and
/// its line as any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

/// How clients reach the service, whatever stands between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// By http, or by both: browsers are told nothing.
    #[default]
    Http,
    /// By https alone: browsers are told to stay with it for a year (`Strict-Transport-Security`, RFC 6797).
    Https,
}
