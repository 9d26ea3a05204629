//! What surrounds every handler: the request's id, its line in the log, the headers of every answer, and the body of every
//! problem.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::api::Api;
use crate::caller::CallerSlot;
use crate::problem::Problem;
use crate::request_id::{REQUEST_ID, RequestId};

/// Answers a request by the handlers inside. It has to be the outermost layer: what is outside of it is neither logged nor
/// kept from failing without an answer.
pub(crate) async fn frame(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let line = Line::start(&request, RequestId::of(request.headers(), api.engine.ids()));
    request.extensions_mut().insert(line.id.clone());
    request.extensions_mut().insert(line.caller.clone());
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Problem::internal("a handler panicked").into_response());
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        problem.log(&line.id);
        // What was set beside the problem stays, `Allow` for one.
        let mut headers = std::mem::take(response.headers_mut());
        response = problem.answer(&line.id);
        headers.extend(response.headers_mut().drain());
        *response.headers_mut() = headers;
    }
    finish(&mut response, &line.id);
    line.end(&response);
    response
}

/// The headers of every answer.
fn finish(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// What the log learns of a request: these fields and no other. The raw path is not among them, for it may hold tokens.
struct Line {
    id: RequestId,
    caller: CallerSlot,
    method: &'static str,
    route: Option<String>,
    started: Instant,
}

impl Line {
    fn start(request: &Request, id: RequestId) -> Self {
        let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let (caller, method, started) = (CallerSlot::default(), method(request.method()), Instant::now());
        Self { id, caller, method, route, started }
    }

    fn end(&self, response: &Response) {
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
