//! What a [`Fetcher`](super::Fetcher) may do, and how much of it.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;

/// Whether addresses that are not public may be visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PrivateAddresses {
    /// Only public addresses and names, and only ports 80 and 443.
    #[default]
    Refuse,
    /// Any name, address and port: for development, where the shop runs on the same machine.
    Allow,
}

/// The certificate authorities that a site's certificate must lead to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum TrustRoots {
    /// Mozilla's, as compiled in: the same on every machine, and none that its operator added.
    #[default]
    Mozilla,
    /// These alone, each an X.509 certificate in DER.
    Only(Vec<CertificateDer<'static>>),
}

/// What a [`Fetcher`](super::Fetcher) may do, and how much of it; the default is fit for the open internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchSettings {
    /// Whether addresses that are not public may be visited.
    pub private_addresses: PrivateAddresses,
    /// Literal addresses, each with its port, that may be visited though the guard would refuse them.
    ///
    /// A name that resolves to one of them stays refused.
    pub exempt: Vec<SocketAddr>,
    /// The names under which this service itself is reached; they are never visited, so that it cannot be made to call
    /// itself.
    pub own_names: Vec<String>,
    /// The `User-Agent` sent with every request (RFC 9110 section 10.1.5).
    pub user_agent: String,
    /// The time for a whole fetch: every name resolved, every hop, and the body.
    pub deadline: Duration,
    /// The longest body in bytes, counted after decoding; 4 MiB, since shops' own pages reach 3.1 MB.
    pub max_body: usize,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// What the head of an answer is shorter than, in bytes, interim answers (1xx) included; at least 8 KiB.
    pub max_headers: usize,
    /// The certificate authorities that are believed.
    pub trust_roots: TrustRoots,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            private_addresses: PrivateAddresses::Refuse,
            exempt: Vec::new(),
            own_names: Vec::new(),
            user_agent: concat!("SmartWishlist/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")")
                .to_owned(),
            deadline: Duration::from_secs(10),
            max_body: 4 << 20,
            max_redirects: 5,
            max_headers: 64 << 10,
            trust_roots: TrustRoots::Mozilla,
        }
    }
}
