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

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn pages_are_read_and_nothing_else_is() {
        let rows: [(&[u8], bool); 14] = [
            (b"text/html", true),
            (b"TEXT/HTML; charset=\"utf-8", true),
            (b"text/html;charset=\xff", true),
            (b" text/html , text/html", true),
            (b"application/xhtml+xml", true),
            (b"application/ld+json", true),
            (b"", true),
            (b"text/plain", false),
            (b"application/json", false),
            (b"application/pdf", false),
            (b"video/mp4", false),
            (b"application/octet-stream", false),
            (b"multipart/x-mixed-replace; boundary=x", false),
            (b"text/html2", false),
        ];
        for (value, expected) in rows {
            let value = HeaderValue::from_bytes(value).unwrap();
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value.clone())]);
            assert_eq!(is_read(&headers), expected, "{value:?}");
        }
        assert!(is_read(&HeaderMap::new()));
    }
}
