//! Whom a connection trusts.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, ErrorKind, Result};

/// TLS by ring, with Mozilla's roots and those given. The provider is named here and not installed for the whole process,
/// which is the program's to do.
pub(crate) fn config(more: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for root in more {
        roots.add(root.clone()).map_err(|e| refused("a root certificate cannot be used", e))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|e| refused("TLS cannot be set up", e))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The certificates of a PEM file.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|e| {
        Error::new(
            ErrorKind::Invalid,
            "the root certificates are not PEM; begin each with `-----BEGIN CERTIFICATE-----`",
        )
        .caused_by(e)
    })?;
    if certificates.is_empty() {
        return Err(Error::new(
            ErrorKind::Invalid,
            "no root certificate; begin each with `-----BEGIN CERTIFICATE-----`",
        ));
    }
    Ok(certificates)
}

fn refused(message: &str, source: rustls::Error) -> Error {
    Error::new(ErrorKind::Invalid, message).caused_by(source)
}
