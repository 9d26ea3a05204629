//! Whether a call is let through to its handler, and whether its caller needs the answer.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use super::overload::Gate;
use super::rates::{self, Rates};
use super::{HttpRules, Unreadable, acceptance, client, conditions};
use crate::api::Api;
use crate::caller::identify;
use crate::input::refuse_query;
use crate::problem::Problem;
use crate::routes;

/// What decides about a call before its handler does.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    api: Api,
    rates: Option<Arc<Rates>>,
    trusted_proxies: Arc<[IpNet]>,
    gate: Arc<Gate>,
}

impl Admission {
    /// The admission by these rules.
    pub(crate) fn new(api: Api, rules: &HttpRules) -> Self {
        let rates = rules.calls_per_second.map(|calls| Arc::new(Rates::new(calls)));
        Self {
            api,
            rates,
            trusted_proxies: rules.trusted_proxies.as_slice().into(),
            gate: Arc::new(Gate::new(rules.waiting.clone())),
        }
    }

    async fn count(&self, parts: &mut Parts) -> Result<(), Problem> {
        let Some(rates) = &self.rates else { return Ok(()) };
        // Whoever signs in is nobody yet, and tries passwords from some address.
        let names_a_user = parts.headers.contains_key(AUTHORIZATION) && !is_of(parts, routes::is_for_strangers);
        let user = if names_a_user { identify(parts, &self.api).await.ok() } else { None };
        let caller = user.map_or_else(
            || rates::Caller::Address(client::address(parts, &self.trusted_proxies)),
            |viewer| rates::Caller::User(viewer.user),
        );
        Ok(rates.count(&caller)?)
    }

    /// Refuses query parameters where the operation takes none; a stranger learns first that they are one.
    async fn check_query(&self, parts: &mut Parts) -> Result<(), Problem> {
        let path = parts.extensions.get::<MatchedPath>();
        if path.is_none_or(|path| routes::takes_query(&parts.method, path.as_str())) {
            return Ok(());
        }
        let Err(refused) = refuse_query(parts) else { return Ok(()) };
        if !is_of(parts, routes::is_for_strangers) {
            identify(parts, &self.api).await?;
        }
        Err(refused)
    }
}

/// Lets a call through, or answers it: `400` where it could not be read, `503` where it would wait for too long, `429` where the
/// caller calls too often, `406` where it could not read the answer, `304` where it has it.
pub(crate) async fn admit(State(admission): State<Admission>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(Unreadable(expected)) = parts.extensions.get() {
        return Problem::invalid("", *expected).into_response();
    }
    // A probe that is refused restarts a process that runs.
    if is_of(&parts, routes::is_probe) || parts.method == Method::OPTIONS {
        return next.run(Request::from_parts(parts, body)).await;
    }
    // Before anything is done for it: a token that is verified, a body that is read.
    let _inside = match admission.gate.enter(&parts.method) {
        Ok(inside) => inside,
        Err(problem) => return problem.into_response(),
    };
    let asked = asked(&parts.headers);
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    // A write is refused before it takes place. What a read answers beside JSON is known when it is answered.
    let refused = match admission.count(&mut parts).await {
        Ok(()) if !reads => acceptance::check(&asked, None),
        counted => counted,
    };
    let refused = match refused {
        Ok(()) => admission.check_query(&mut parts).await,
        refused => refused,
    };
    if let Err(problem) = refused {
        return problem.into_response();
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if !reads || !response.status().is_success() {
        return response;
    }
    if let Err(problem) = acceptance::check(&asked, kind(&response)) {
        return problem.into_response();
    }
    conditions::leave_out(response, &asked)
}

/// What a request says about its answer: looked at when the handler has had the rest.
fn asked(headers: &HeaderMap) -> HeaderMap {
    let of = |name: HeaderName| headers.get_all(&name).iter().map(move |value| (name.clone(), value.clone()));
    [ACCEPT, IF_NONE_MATCH].into_iter().flat_map(of).collect()
}

fn is_of(parts: &Parts, of: fn(&str) -> bool) -> bool {
    parts.extensions.get::<MatchedPath>().is_some_and(|path| of(path.as_str()))
}

/// The type of an answer, without parameters.
fn kind(response: &Response) -> Option<&str> {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::to_str)?.ok()?;
    kind.split(';').next().map(str::trim)
}
