//! One page, hop by hop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio_rustls::TlsConnector;
use url::Url;
use wishlist_core::clock::{Clock, SystemClock};
use wishlist_core::error::{Error, Kind, Result};

use super::connect::{Connect, TcpConnector, connect_any};
use super::exchange::{Answer, Limits, exchange};
use super::failure::FetchFailure;
use super::guard::{Guard, Place, Target, read_url};
use super::resolve::{Resolve, SystemResolver};
use super::retry_after::retry_after;
use super::settings::FetchSettings;
use super::tls;

/// The smallest limit of headers that hyper knows.
const MIN_HEADERS: usize = 8 << 10;

/// Reads pages at addresses that a stranger chose; cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    guard: Arc<Guard>,
    tls: Tls,
    user_agent: HeaderValue,
    deadline: Duration,
    max_redirects: usize,
    limits: Limits,
    resolver: Arc<dyn Resolve>,
    connector: Arc<dyn Connect>,
    clock: Arc<dyn Clock>,
}

/// A page as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The URL that answered: the one asked for, or the last redirect's target; without a fragment.
    pub url: Url,
    /// The status of the answer, of any class: a page may say that it is not there.
    pub status: u16,
    /// The value of `Content-Type`, where it is text.
    pub content_type: Option<String>,
    /// The decoded body, at most as long as the settings allow; its characters are still encoded.
    ///
    /// Empty for a status of 3xx, and for one of 4xx or 5xx whose answer is not a page.
    pub body: Vec<u8>,
    /// How long the site wants to be left alone, not bounded.
    pub retry_after: Option<Duration>,
}

impl Fetcher {
    /// A fetcher that resolves by the operating system and connects by TCP.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for a user agent that is not a header's value, a limit of headers below 8 KiB, or a trust root
    /// that is not a certificate.
    pub fn new(settings: FetchSettings) -> Result<Self> {
        let guard = Arc::new(Guard::new(&settings));
        let user_agent = HeaderValue::try_from(settings.user_agent).map_err(|source| {
            Error::new(Kind::Invalid, "the user agent is not one line of visible characters").with_source(source)
        })?;
        if settings.max_headers < MIN_HEADERS {
            return Err(Error::new(Kind::Invalid, "the limit of headers must be at least 8 KiB"));
        }
        Ok(Self {
            guard,
            tls: Tls(tls::connector(&settings.trust_roots)?),
            user_agent,
            deadline: settings.deadline,
            max_redirects: settings.max_redirects,
            limits: Limits { max_headers: settings.max_headers, max_body: settings.max_body },
            resolver: Arc::new(SystemResolver),
            connector: Arc::new(TcpConnector),
            clock: Arc::new(SystemClock),
        })
    }

    /// The same fetcher with another source of addresses.
    #[must_use]
    pub fn with_resolver(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = resolver;
        self
    }

    /// The same fetcher with another way to connect.
    #[must_use]
    pub fn with_connector(mut self, connector: Arc<dyn Connect>) -> Self {
        self.connector = connector;
        self
    }

    /// The same fetcher with another clock, by which dates in `Retry-After` are read; deadlines are tokio's.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Judges `url` as [`fetch`](Self::fetch) will, as far as that goes without asking the DNS.
    ///
    /// For links that are shown rather than visited, and to refuse a link before it is stored.
    ///
    /// # Errors
    /// [`FetchFailure::Forbidden`].
    pub fn judge(&self, url: &Url) -> Result<(), FetchFailure> {
        self.guard.admit(url).map(drop)
    }

    /// Reads the page at `url`, following redirects.
    ///
    /// Each hop is judged anew, resolved once, and connected to only at addresses that were judged, by a connection of
    /// its own. Dropping the future ends everything but a question to the operating system's resolver.
    ///
    /// # Errors
    /// One code, without a cause; see [`FetchFailure`]. An answer of any status is not an error.
    pub async fn fetch(&self, url: &Url) -> Result<Fetched, FetchFailure> {
        let fetched = tokio::time::timeout(self.deadline, self.follow(url.clone())).await;
        fetched.unwrap_or(Err(FetchFailure::Timeout))
    }

    async fn follow(&self, mut url: Url) -> Result<Fetched, FetchFailure> {
        url.set_fragment(None);
        for _ in 0..=self.max_redirects {
            let answer = self.visit(&url).await?;
            match redirect_of(&answer, &url)? {
                Some(next) => url = next,
                None => return Ok(self.fetched(url, answer)),
            }
        }
        Err(FetchFailure::TooManyRedirects)
    }

    /// One hop.
    async fn visit(&self, url: &Url) -> Result<Answer, FetchFailure> {
        let target = self.guard.admit(url)?;
        let addresses = self.addresses_of(&target).await?;
        let mut channel = connect_any(&*self.connector, &addresses).await?;
        if url.scheme() == "https" {
            channel = tls::secure(&self.tls.0, &target.place, channel).await?;
        }
        exchange(channel, url, &self.user_agent, self.limits).await
    }

    /// The addresses to connect to, every one judged.
    async fn addresses_of(&self, target: &Target) -> Result<Vec<SocketAddr>, FetchFailure> {
        let answers = match &target.place {
            Place::Address(address) => return Ok(vec![SocketAddr::new(*address, target.port)]),
            Place::Name(name) if self.guard.names_are_absolute() => self.resolver.resolve(&format!("{name}.")).await,
            Place::Name(name) => self.resolver.resolve(name).await,
        };
        let answers = answers.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FetchFailure::Unresolvable,
            _ => FetchFailure::Unreachable,
        })?;
        self.guard.admit_answers(&answers)?;
        let with_port = |answer| SocketAddr::new(answer, target.port);
        Ok(answers.into_iter().map(with_port).collect())
    }

    fn fetched(&self, url: Url, answer: Answer) -> Fetched {
        let content_type = answer.headers.get(CONTENT_TYPE);
        Fetched {
            url,
            status: answer.status.as_u16(),
            content_type: content_type.and_then(|value| value.to_str().ok()).map(str::to_owned),
            retry_after: retry_after(&answer.headers, self.clock.now()),
            body: answer.body,
        }
    }
}

/// Where `answer` sends us, if it does (RFC 9110 section 15.4): by the five statuses that browsers follow, never by
/// `Refresh`, `Link` or any other header.
fn redirect_of(answer: &Answer, base: &Url) -> Result<Option<Url>, FetchFailure> {
    let follows = matches!(
        answer.status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !follows {
        return Ok(None);
    }
    let Some(location) = location_of(&answer.headers)? else {
        return Ok(None);
    };
    read_url(location, Some(base)).map(Some)
}

/// The one `Location`; two of them are two readings.
fn location_of(headers: &HeaderMap) -> Result<Option<&str>, FetchFailure> {
    let mut locations = headers.get_all(LOCATION).iter();
    match (locations.next(), locations.next()) {
        (None, _) => Ok(None),
        // Shops write the path of a product in UTF-8, which is text to the URL parser and opaque to HTTP.
        (Some(location), None) => {
            std::str::from_utf8(location.as_bytes()).map(Some).map_err(|_| FetchFailure::BadResponse)
        }
        (Some(_), Some(_)) => Err(FetchFailure::BadResponse),
    }
}

/// The connector, which has nothing to show.
#[derive(Clone)]
struct Tls(TlsConnector);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}
