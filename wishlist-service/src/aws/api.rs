//! The role `api`: answers the calls that an HTTP API of API Gateway hands over (payload format 2.0).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt, Response, service_fn};
use tower::ServiceExt;
use wishlist_api::{Api, HttpRules, Transport, router_with};
use wishlist_core::operations::Identities;
use wishlist_identity::Provider;

use super::clients::{Clients, Credentials};
use super::function::{Calls, Function};
use super::ground;
use super::late_preview::LatePreview;
use crate::config::{ApiSettings, Faults};
use crate::fetching;
use crate::telemetry;

pub(crate) fn run(settings: ApiSettings) -> Result<()> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let name = settings.function.name(&mut faults);
    let (place, table, queue) = (aws.place(&mut faults), aws.table(&mut faults), aws.queue(&mut faults));
    let pool = aws.pool(&mut faults);
    faults.none("the role `api`")?;
    // The gateway ends the connections and counts the calls.
    let rules = HttpRules {
        origins: settings.callers.origins()?,
        calls_per_second: None,
        transport: Transport::Https,
        trusted_proxies: Vec::new(),
    };
    let function = Function::start(&name, &settings.logs)?;
    function.block_on(async {
        let clients = Clients::new(place, Credentials::OfTheFunction).await?;
        let provider = Arc::new(ground::provider(&clients, &pool));
        let engine = ground::engine(&clients, table, queue);
        let engine = engine.with_identities(Arc::clone(&provider) as Arc<dyn Identities>);
        let engine = fetching::charged(engine, settings.callers.visits_per_hour);
        let preview = LatePreview::new(engine.clone(), settings.fetching);
        let engine = engine.with_preview(Arc::new(preview));
        let verifier = Arc::new(ground::verifier(&clients, pool)?);
        let router = router_with(Api { engine, provider: provider as Arc<dyn Provider>, verifier }, &rules);
        let router = telemetry::joined(router);
        let calls = function.calls();
        let answer = service_fn(|request| answer(router.clone(), calls.clone(), request));
        lambda_http::run(answer).await.map_err(anyhow::Error::from_boxed)
    })
}

async fn answer(
    router: Router,
    calls: Calls,
    mut request: Request,
) -> Result<Response<Body>, std::convert::Infallible> {
    if let Some(caller) = caller(&request) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, 0)));
    }
    leave_stage(&mut request);
    let context = request.lambda_context();
    let answered = calls.note(&context, router.oneshot(request.map(Body::new))).await;
    answered.map(|mut response| {
        join_repeated(response.headers_mut());
        response
    })
}

/// Takes the stage off the path, which the gateway puts before it for any stage but `$default`.
fn leave_stage(request: &mut Request) {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return };
    let Some(stage) = context.stage.as_deref().filter(|stage| *stage != "$default") else { return };
    let uri = request.uri();
    let Some(path) = uri.path().strip_prefix('/').and_then(|path| path.strip_prefix(stage)) else { return };
    if !path.is_empty() && !path.starts_with('/') {
        return;
    }
    let path = if path.is_empty() { "/" } else { path };
    let path = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = path.parse().ok();
    if let Ok(inner) = Uri::from_parts(parts) {
        *request.uri_mut() = inner;
    }
}

/// Has each header once, its values in one list (RFC 9110, section 5.3): the gateway's format keeps the first of several. Cookies
/// have a place of their own there.
fn join_repeated(headers: &mut HeaderMap) {
    let repeated: Vec<HeaderName> =
        headers.keys().filter(|name| headers.get_all(*name).iter().count() > 1).cloned().collect();
    for name in repeated.into_iter().filter(|name| name != SET_COOKIE) {
        let values: Vec<&[u8]> = headers.get_all(&name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(all) = HeaderValue::from_bytes(&values.join(&b", "[..])) {
            headers.insert(name, all);
        }
    }
}

/// The address that the gateway was called from.
fn caller(request: &Request) -> Option<IpAddr> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(stage: &str, path: &str) -> Request {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "a=%2F",
            "headers": {"host": "api.example"}, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "api.example", "domainPrefix": "a", "requestId": "r",
                "routeKey": "$default", "stage": stage, "time": "t", "timeEpoch": 1,
                "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "u"},
            },
        });
        lambda_http::request::from_str(&event.to_string()).unwrap()
    }

    #[test]
    fn a_stage_is_no_part_of_the_path() {
        let rows = [
            ("$default", "/v1/me", "/v1/me"),
            ("prod", "/prod/v1/me", "/v1/me"),
            ("prod", "/prod/", "/"),
            ("v1", "/v1/v1/me", "/v1/me"),
            ("prod", "/prod/a%2Fb", "/a%2Fb"),
        ];
        for (stage, path, expected) in rows {
            let mut request = event(stage, path);
            leave_stage(&mut request);
            assert_eq!((request.uri().path(), request.uri().query()), (expected, Some("a=%2F")), "{stage} {path}");
            assert!(caller(&request).is_some());
        }
    }

    #[test]
    fn a_header_of_several_values_is_one_list() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("vary", "accept-encoding"), ("vary", "origin"), ("etag", "\"1\""), ("set-cookie", "a")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers.append("set-cookie", HeaderValue::from_static("b"));
        join_repeated(&mut headers);
        assert_eq!(headers.get_all("vary").iter().collect::<Vec<_>>(), ["accept-encoding, origin"]);
        assert_eq!((headers.get_all("set-cookie").iter().count(), headers.len()), (2, 4));
    }
}
