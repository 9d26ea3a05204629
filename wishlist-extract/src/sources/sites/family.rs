//! Which family of shops an address is of.

use url::Url;

use super::{amazon, ebay};
use crate::page::Document;
use crate::sources::{Candidates, Structure};

/// Reads a page by the rules of its family, if it is of one.
pub(crate) fn read(document: &Document<'_>, url: &Url, candidates: &mut Candidates) -> Structure {
    if amazon::is_of(url) {
        amazon::read(document, url, candidates)
    } else if ebay::is_of(url) {
        ebay::read(document, url, candidates)
    } else {
        Structure::default()
    }
}

/// Whether the host of an address is one of these domains, or under one.
pub(super) fn belongs_to(url: &Url, domains: &[&str]) -> bool {
    let host = url.host_str().unwrap_or_default();
    let under = |domain: &&str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    domains.iter().any(under)
}
