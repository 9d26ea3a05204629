//! Whom to trust that a server is one of AWS.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Amazon Trust Services' own five roots (<https://www.amazontrust.com/repository/>), under which all of AWS' endpoints are.
/// Reading these takes a tenth of the time that all of Mozilla's or the system's take, at every cold start, and an image
/// from scratch has none of its own.
const AMAZON: &[u8] = include_bytes!("amazon-roots.pem");

/// Amazon's roots, and those of a file for a private endpoint.
pub(super) fn trusted(ca_bundle: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, AMAZON).context("Amazon's own roots cannot be read")?;
    if let Some(file) = ca_bundle {
        let added = std::fs::read(file).context("it cannot be read").and_then(|pem| add(&mut roots, &pem));
        added.with_context(|| {
            format!("`AWS_CA_BUNDLE` names `{}`, which is to hold certificates as PEM", file.display())
        })?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// Adds every certificate; a file without any is a mistake of whoever set it.
fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<()> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots
            .add(certificate.context("a certificate is not as PEM has it")?)
            .context("a certificate cannot be used")?;
    }
    ensure!(roots.len() > before, "it holds no certificate");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{AMAZON, trusted};

    #[test]
    fn the_bundle_is_beside_amazons_roots() {
        let directory = tempfile::tempdir().unwrap();
        let bundle = directory.path().join("bundle.pem");
        std::fs::write(&bundle, AMAZON).unwrap();

        trusted(None).unwrap();
        trusted(Some(&bundle)).unwrap();
    }

    #[test]
    fn a_bundle_that_is_none_is_named_with_the_reason() {
        let directory = tempfile::tempdir().unwrap();
        let said = |name: &str, pem: Option<&str>| {
            let file = directory.path().join(name);
            if let Some(pem) = pem {
                std::fs::write(&file, pem).unwrap();
            }
            let said = format!("{:#}", trusted(Some(Path::new(&file))).unwrap_err());
            assert!(said.contains("AWS_CA_BUNDLE") && said.contains(name), "{said}");
            said
        };

        assert!(said("absent", None).contains("it cannot be read"));
        assert!(said("empty", Some("")).contains("it holds no certificate"));
        assert!(said("words", Some("no certificates here\n")).contains("it holds no certificate"));
        let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        assert!(said("broken", Some(broken)).contains("is not as PEM has it"));
        let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(said("other", Some(other)).contains("a certificate cannot be used"));
    }
}
