//! The role `api`: answers the calls that an HTTP API of API Gateway hands over (payload format 2.0).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
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
        let verifier = Arc::new(ground::verifier(&clients, pool));
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
    let context = request.lambda_context();
    calls.note(&context, router.oneshot(request.map(Body::new))).await
}

/// The address that the gateway was called from.
fn caller(request: &Request) -> Option<IpAddr> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}
