//! Rules for single families of shops: only for those that make up a large part of what people paste.

mod amazon;

use url::Url;

use super::{Candidates, Structure};
use crate::page::Document;

/// Reads a page by the rules of its family, if it is of one.
pub(crate) fn read(document: &Document<'_>, url: &Url, candidates: &mut Candidates) -> Structure {
    if amazon::is_of(url) { amazon::read(document, url, candidates) } else { Structure::default() }
}
