//! Pages of other origins (CORS; WHATWG Fetch, section 3.3).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH,
    LOCATION, ORIGIN, RETRY_AFTER,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tower::{Layer, Service, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer, Vary};

use super::Origins;
use crate::request_id::REQUEST_ID;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];

/// What a page may send beside what every page may.
const SENT: [HeaderName; 9] = [
    ACCEPT,
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("api-version"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static(REQUEST_ID),
    HeaderName::from_static("x-share-passphrase"),
];

/// What a page may read beside what every page may.
const READ: [HeaderName; 4] = [ETAG, LOCATION, RETRY_AFTER, HeaderName::from_static(REQUEST_ID)];

/// For how long a browser may keep the answer to a preflight; none keeps it longer than two hours.
const KEPT: Duration = Duration::from_hours(2);

/// The rules for these origins; `None` where pages of no other origin are let in, so that no header speaks of any.
pub(crate) fn cors(origins: &Origins) -> Option<CorsLayer> {
    let (origin, vary) = match origins {
        Origins::Own => return None,
        Origins::Exact(exact) => (AllowOrigin::list(exact.iter().cloned()), Vary::list([ORIGIN])),
        // The answer is the same for every page.
        Origins::Any => (AllowOrigin::any(), Vary::list([])),
    };
    let rules = CorsLayer::new().allow_origin(origin).vary(vary).allow_methods(METHODS).allow_headers(SENT);
    Some(rules.expose_headers(READ).max_age(KEPT))
}

/// Answers a preflight, and lets pages of the allowed origins read every other answer, problems included.
pub(crate) async fn share(State(rules): State<CorsLayer>, request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    // An `OPTIONS` that is no preflight asks what the path takes; the layer would take it for one.
    if asks
        && !(request.headers().contains_key(ORIGIN) && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD))
    {
        return next.run(request).await;
    }
    let mut response = answered(rules.layer(next), request).await;
    if asks {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

async fn answered(
    service: impl Service<Request, Response = Response, Error = Infallible>,
    request: Request,
) -> Response {
    let Ok(response) = service.oneshot(request).await;
    response
}
