//! What is counted of requests. Without a recorder in the process it costs nothing.
//!
//! Labels are bounded: the route as it is declared, never a path.

use std::time::Duration;

use axum::http::StatusCode;

/// Requests, by method, route and status.
const REQUESTS: &str = "wishlist_http_requests_total";

/// How long they took, by method and route.
const DURATION: &str = "wishlist_http_request_duration_seconds";

/// Requests that are being answered.
const IN_FLIGHT: &str = "wishlist_http_requests_in_flight";

/// Requests that were refused because they would have waited for too long.
const REFUSED: &str = "wishlist_http_requests_refused_total";

/// The route of a path that no operation has.
const NO_ROUTE: &str = "none";

/// A request that is being answered, also one whose caller goes before that.
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn begin() -> Self {
        metrics::gauge!(IN_FLIGHT).increment(1);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!(IN_FLIGHT).decrement(1);
    }
}

/// Counts a request that is refused for want of time.
pub(crate) fn refuse() {
    metrics::counter!(REFUSED).increment(1);
}

/// Counts an answer.
pub(crate) fn measure(method: &'static str, route: Option<&str>, status: StatusCode, took: Duration) {
    let route = route.unwrap_or(NO_ROUTE).to_owned();
    let status = status.as_str().to_owned();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!(DURATION, "method" => method, "route" => route).record(took);
}
