//! TLS to the name in the URL, whatever address was connected to.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use wishlist_core::error::{Error, Kind, Result};

use super::connect::Channel;
use super::failure::FetchFailure;
use super::guard::Place;
use super::settings::TrustRoots;

/// The client's side of every handshake: certificates are verified, none is sent, nothing is remembered.
///
/// # Errors
/// [`Kind::Invalid`] for a trust root that is not a certificate.
pub(super) fn connector(roots: &TrustRoots) -> Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::new(Kind::Internal, "TLS cannot be set up").with_source(source))?
        .with_root_certificates(root_store(roots)?)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A session ticket is state that one site could have sent to another address of the same name ("TLS poison"), and
    // would link the visits of different people.
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Shakes hands on `channel` with the certificate verified for `place`, and a name sent as SNI (RFC 6066 section 3).
pub(super) async fn secure(
    connector: &TlsConnector,
    place: &Place,
    channel: Box<dyn Channel>,
) -> Result<Box<dyn Channel>, FetchFailure> {
    let name = match place {
        Place::Address(address) => ServerName::from(*address),
        Place::Name(name) => ServerName::try_from(name.clone()).map_err(|_| FetchFailure::Forbidden)?,
    };
    match connector.connect(name, channel).await {
        Ok(channel) => Ok(Box::new(channel)),
        Err(_) => Err(FetchFailure::Unreachable),
    }
}

fn root_store(roots: &TrustRoots) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    match roots {
        TrustRoots::Mozilla => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        TrustRoots::Only(certificates) => {
            for certificate in certificates {
                store.add(certificate.clone()).map_err(|source| {
                    Error::new(Kind::Invalid, "a trust root is not an X.509 certificate in DER").with_source(source)
                })?;
            }
        }
    }
    Ok(store)
}
