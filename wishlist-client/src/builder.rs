//! How a client is set up.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use url::Url;

use crate::client::{Client, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::model;
use crate::network::Network;
use crate::retry::Policy;
use crate::secret::Secret;
use crate::session::Session;
use crate::tls;
use crate::transport::{Channel, Transport};

/// Sets up a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "it connects nothing until `build`"]
pub struct Builder {
    url: String,
    policy: Policy,
    largest_answer: usize,
    session: Option<model::Session>,
    roots: Vec<CertificateDer<'static>>,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            policy: Policy::DEFAULT,
            largest_answer: 16 << 20,
            session: None,
            roots: Vec::new(),
        }
    }

    /// How long a call may take, its tries and the pauses between them included; a minute without it, a day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = timeout.min(Duration::from_hours(24));
        self
    }

    /// How long one try may take; 25 seconds without it, since a server holds a call with `wait` for up to 20.
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.policy.try_timeout = timeout;
        self
    }

    /// How often a call is tried at most; five times without it.
    pub fn tries(mut self, tries: u32) -> Self {
        self.policy.tries = tries;
        self
    }

    /// The most bytes of an answer; 16 MiB without it.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest_answer = bytes;
        self
    }

    /// Goes on with a session from before, as [`Client::session`] told it.
    pub fn session(mut self, session: model::Session) -> Self {
        self.session = Some(session);
        self
    }

    /// Calls with this access token, which is not renewed.
    pub fn access_token(self, token: impl Into<Secret>) -> Self {
        self.session(model::Session {
            access_token: token.into(),
            id_token: Secret::default(),
            refresh_token: None,
            expires_in: 0,
            token_type: "Bearer".to_owned(),
        })
    }

    /// Trusts these certificates, PEM, beside Mozilla's: for a server with a certificate of one's own.
    ///
    /// # Errors
    ///
    /// [`Invalid`](ErrorKind::Invalid) for what is not PEM.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self> {
        self.roots.extend(tls::certificates(pem)?);
        Ok(self)
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Invalid`](ErrorKind::Invalid) for what is no address of a server.
    pub fn build(self) -> Result<Client> {
        let base = address(&self.url)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&self.roots)?)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10).min(self.policy.try_timeout))
            .user_agent(concat!("wishlist-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| Error::new(ErrorKind::Internal, "no HTTP client can be made").caused_by(e))?;
        let network = Network { http, largest_answer: self.largest_answer };
        Ok(self.client(base, Arc::new(network)))
    }

    /// The client of a server that this channel reaches, whatever the address, which is what its requests are for. Of what was
    /// set, timeouts, tries and the session hold.
    ///
    /// # Errors
    ///
    /// [`Invalid`](ErrorKind::Invalid) for what is no address of a server.
    pub fn over(self, channel: Arc<dyn Channel>) -> Result<Client> {
        let base = address(&self.url)?;
        Ok(self.client(base, channel))
    }

    fn client(self, base: Url, channel: Arc<dyn Channel>) -> Client {
        let transport = Transport { channel, base };
        Client::of(Shared { transport, session: Session::kept(self.session), policy: self.policy })
    }
}

fn address(url: &str) -> Result<Url> {
    let refused = |why: &str| {
        let message = format!("`{url}` is no address of a server: {why}; write it like `https://wishlist.example`");
        Error::new(ErrorKind::Invalid, message)
    };
    let base = Url::parse(url).map_err(|e| refused("it is no URL").caused_by(e))?;
    if !["http", "https"].contains(&base.scheme()) {
        return Err(refused("expected `https` or `http`"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(refused("nothing belongs behind the path"));
    }
    if !base.username().is_empty() || base.password().is_some() {
        // The address is shown in errors, a password is not to be.
        return Err(Error::new(ErrorKind::Invalid, "an address holds no name and password; call `sign_in`"));
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_of_a_server_is_refused_with_an_example() {
        for url in ["", "wishlist.example", "ftp://wishlist.example", "https://wishlist.example/?a", "https://"] {
            let error = Client::connect(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
            assert!(error.to_string().contains("https://wishlist.example"), "{error}");
        }
        let error = Client::connect("https://alice:hunter2@wishlist.example").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn roots_that_are_none_are_refused() {
        for pem in ["", "-----BEGIN CERTIFICATE-----\nnonsense"] {
            let error = Client::builder("https://wishlist.example").root_certificates(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{pem}");
        }
    }
}
