//! What surrounds every handler: the request's id, its line in the log, the headers of every answer, and the body of every
//! problem.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use wishlist_core::ids::Ids;

use crate::caller::CallerSlot;
use crate::front::{Encodings, Transport, complete, compress};
use crate::measure::{InFlight, measure};
use crate::problem::Problem;
use crate::request_id::{REQUEST_ID, RequestId};
use crate::routes;

/// What [`frame`] has to know.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) ids: Ids,
    pub(crate) transport: Transport,
}

/// Gives a request its id, an answer its headers, and the log its line. It has to be the outermost layer: what is outside of
/// it is not logged.
pub(crate) async fn frame(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let line = Line::start(&request, RequestId::of(request.headers(), &frame.ids));
    request.extensions_mut().insert(line.id.clone());
    request.extensions_mut().insert(line.caller.clone());
    let mut response = next.run(request).instrument(line.span.clone()).await;
    if let Ok(id) = HeaderValue::from_str(line.id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID), id);
    }
    complete(response.headers_mut(), frame.transport);
    line.end(&response);
    response
}

/// Writes what the handlers inside answer: problems as bodies, a panic as a problem, long answers compressed.
pub(crate) async fn represent(id: RequestId, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let plain = route.is_some_and(routes::holds_secrets);
    let encodings = Encodings::of(request.headers());
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Problem::internal("a handler panicked").into_response());
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        problem.log(&id);
        // What was set beside the problem stays, `Allow` for one.
        let mut headers = std::mem::take(response.headers_mut());
        response = problem.answer(&id);
        headers.extend(response.headers_mut().drain());
        *response.headers_mut() = headers;
    }
    if plain { response } else { compress(response, encodings).await }
}

/// What the log learns of a request: these fields and no other. The raw path is not among them, for it may hold tokens.
struct Line {
    id: RequestId,
    caller: CallerSlot,
    method: &'static str,
    route: Option<String>,
    started: Instant,
    span: Span,
    _in_flight: InFlight,
}

impl Line {
    fn start(request: &Request, id: RequestId) -> Self {
        let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let (caller, method, started) = (CallerSlot::default(), method(request.method()), Instant::now());
        let span = span(method, route.as_deref(), &id);
        Self { id, caller, method, route, started, span, _in_flight: InFlight::begin() }
    }

    fn end(&self, response: &Response) {
        measure(self.method, self.route.as_deref(), response.status(), self.started.elapsed());
        self.span.record("http.response.status_code", response.status().as_u16());
        if response.status().is_server_error() {
            self.span.record("otel.status_code", "ERROR");
        }
        tracing::info!(
            method = self.method,
            route = self.route.as_deref(),
            status = response.status().as_u16(),
            duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            request_id = self.id.as_str(),
            user_id = self.caller.user(),
            "answered"
        );
    }
}

/// What a trace learns of a call, by OpenTelemetry's names.
fn span(method: &'static str, route: Option<&str>, id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "call",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request_id = id.as_str(),
    );
    if !span.is_disabled() {
        span.record("otel.name", route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")));
    }
    span
}

/// The method by its name, where it is one: a caller may send any word.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "OTHER",
    }
}
