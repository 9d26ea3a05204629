//! Certificates of the tests, and sites that show them.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use wishlist_scraper::fetch::{FetchSettings, TrustRoots};

use super::site::settings;

/// A certificate authority of the tests.
pub(crate) struct Authority {
    pub(crate) certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// A certificate for `names`, changed by `change`, and its key.
    pub(crate) fn issue(
        &self,
        names: &[&str],
        change: impl Fn(&mut CertificateParams),
    ) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        (params.signed_by(&key, &self.issuer).unwrap().der().clone(), key)
    }

    /// Settings of a fetcher that believes this authority alone.
    pub(crate) fn trusted(&self) -> FetchSettings {
        FetchSettings { trust_roots: TrustRoots::Only(vec![self.certificate.clone()]), ..settings() }
    }
}

/// Which name a client sent, with the one certificate there is.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) certified: Arc<CertifiedKey>,
    pub(crate) sent: Arc<Mutex<Vec<Option<String>>>>,
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.sent.lock().unwrap().push(hello.server_name().map(str::to_owned));
        Some(self.certified.clone())
    }
}

pub(crate) fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap()
}

pub(crate) fn private_key(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}

pub(crate) fn acceptor(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> TlsAcceptor {
    let config = builder().with_no_client_auth().with_single_cert(chain, private_key(key));
    TlsAcceptor::from(Arc::new(config.unwrap()))
}
