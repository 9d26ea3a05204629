//! Whom to trust that a server is one of AWS.

use std::path::Path;

use anyhow::{Context, Result};
use aws_smithy_http_client::tls::{TlsContext, TrustStore};

/// Amazon Trust Services' own five roots (<https://www.amazontrust.com/repository/>), under which all of AWS' endpoints are.
/// Reading these takes a tenth of the time that all of Mozilla's or the system's take, at every cold start, and an image
/// from scratch has none of its own.
const AMAZON: &str = include_str!("amazon-roots.pem");

/// Amazon's roots, and those of a file for a private endpoint.
pub(super) fn trusted(ca_bundle: Option<&Path>) -> Result<TlsContext> {
    let mut store = TrustStore::empty().with_pem_certificate(AMAZON);
    if let Some(file) = ca_bundle {
        let pem = std::fs::read(file)
            .with_context(|| format!("the certificates of `AWS_CA_BUNDLE`, `{}`, cannot be read", file.display()))?;
        store = store.with_pem_certificate(pem);
    }
    TlsContext::builder().with_trust_store(store).build().context("the certificates of `AWS_CA_BUNDLE` cannot be used")
}
