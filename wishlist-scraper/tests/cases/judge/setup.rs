//! What a case says of names, sites and answers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;

/// The world of a case; each key is one thing that is built.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Setup {
    /// What is fetched.
    pub(crate) url: Option<String>,
    /// Several links, whose refusals must not differ.
    pub(crate) urls: Vec<String>,
    /// The addresses of names, or `"NXDOMAIN"`, or `"TIMEOUT"`.
    pub(crate) dns: BTreeMap<String, Value>,
    /// The answers of a name in turn.
    pub(crate) dns_sequence: BTreeMap<String, Vec<Vec<IpAddr>>>,
    /// The addresses of every name, beside which others come late.
    pub(crate) dns_a: Vec<IpAddr>,
    pub(crate) dns_aaaa_after_ms: Option<Late>,
    /// How long an answer may be kept; it makes no difference to who keeps none.
    #[serde(rename = "ttl")]
    _ttl: Option<u32>,
    /// How often the page is fetched, by one fetcher.
    pub(crate) requests: Option<usize>,
    pub(crate) redirects: Vec<Redirect>,
    pub(crate) redirect_count: usize,
    /// Whether the site redirects to itself for ever, each time with a longer query.
    pub(crate) redirect_grow: bool,
    pub(crate) response: Option<Response>,
    /// What a site does that speaks HTTP/2 whatever was agreed on.
    pub(crate) h2: Option<String>,
    /// What is wrong, or right, with a site's TLS.
    pub(crate) tls: Option<String>,
    /// Variables that the process has.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) assert_headers: Option<Headers>,
    /// The URLs under which this service itself is reached.
    pub(crate) public_urls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Late {
    pub(crate) ms: u64,
    pub(crate) v: Vec<IpAddr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redirect {
    pub(crate) status: u16,
    pub(crate) location: Locations,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Locations {
    One(String),
    Several(Vec<String>),
}

impl Locations {
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(location) => std::slice::from_ref(location),
            Self::Several(locations) => locations,
        }
    }
}

/// The headers of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Headers {
    pub(crate) absent: Vec<String>,
}

/// What a site sends. Its texts may describe what is too long to write down: see `text`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) status: Option<u16>,
    pub(crate) headers: BTreeMap<String, String>,
    /// Lines of header as they are.
    pub(crate) headers_raw: Vec<String>,
    /// A line of header in hexadecimal digits.
    pub(crate) headers_hex: Option<String>,
    /// The length of one line of header.
    pub(crate) header_bytes: Option<usize>,
    pub(crate) body: Option<String>,
    /// `forever`: chunks without end.
    pub(crate) chunked: Option<String>,
    /// The bytes of a chunked body.
    pub(crate) chunked_raw: Option<String>,
    /// All that is sent.
    pub(crate) raw: Option<String>,
    /// Whether the body ends in its middle.
    pub(crate) truncated: bool,
    /// What follows after the encoded body.
    pub(crate) trailing: Option<String>,
    /// How many empty members of gzip the body is.
    pub(crate) members: Option<usize>,
    /// Whether the rest of the answer comes a byte at a time, or never.
    pub(crate) then: Option<Then>,
}

/// How an answer goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Then {
    /// A byte at a time, for ever.
    Drip,
    /// Not at all, with the connection open.
    Silence,
}
