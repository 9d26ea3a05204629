//! When a site wants to be asked again.

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use wishlist_core::clock::Timestamp;

/// The time from `now` that `Retry-After` names, in seconds or as a date (RFC 9110 section 10.2.3); none where it names
/// neither, and zero for a date that has passed.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let date = Timestamp::from_millis(0) + date.duration_since(UNIX_EPOCH).ok()?;
    Some(date.since(now))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let now: Timestamp = "2026-11-22T17:20:00.000Z".parse().unwrap();
        let rows = [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Sun, 22 Nov 2026 17:21:00 GMT", Some(60)),
            ("Sunday, 22-Nov-26 17:21:00 GMT", Some(60)),
            ("Sun, 22 Nov 2026 17:19:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999999", None),
            ("", None),
        ];
        for (value, expected) in rows {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
