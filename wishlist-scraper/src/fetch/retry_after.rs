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
