//! Which answers are pages.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The media types that are read.
const READ: [&str; 3] = ["text/html", "application/xhtml+xml", "application/ld+json"];

/// Whether the body after `headers` is read; without a type it is taken for HTML, as browsers do.
pub(super) fn is_read(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    // Parameters are for whoever decodes the characters, and may be any bytes.
    let essence = value.as_bytes().split(|byte| matches!(byte, b';' | b',')).next();
    let essence = essence.unwrap_or_default().trim_ascii();
    essence.is_empty() || READ.iter().any(|read| essence.eq_ignore_ascii_case(read.as_bytes()))
}
