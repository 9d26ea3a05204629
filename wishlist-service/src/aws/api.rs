//! The role `api`: answers the calls that an HTTP API of API Gateway hands over (payload format 2.0).

use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tower::ServiceExt;
use wishlist_api::{Api, HttpRules, Transport, router_with};
use wishlist_core::operations::Identities;
use wishlist_identity::Provider;

use super::clients::{Clients, Credentials};
use super::function::Function;
use super::gateway::{self, Event};
use super::ground;
use super::late_preview::LatePreview;
use crate::config::{ApiSettings, Faults, Ground};
use crate::fetching;
use crate::telemetry;

pub(crate) fn run(settings: ApiSettings) -> Result<()> {
    let mut faults = Faults::default();
    let (Ground { name, place, table, queue }, pool) = settings.read(&mut faults);
    faults.none("the role `api`")?;
    // The gateway ends the connections and counts the calls.
    let rules = HttpRules {
        origins: settings.callers.origins()?,
        calls_per_second: None,
        transport: Transport::Https,
        trusted_proxies: Vec::new(),
        waiting: None,
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
        let answer = |LambdaEvent { payload, context }: LambdaEvent<Box<RawValue>>| {
            let (router, calls) = (router.clone(), calls.clone());
            async move {
                let answered = calls.note(&context, answer(router, &payload)).await;
                answered.map_err(anyhow::Error::into_boxed_dyn_error)
            }
        };
        lambda_runtime::run(service_fn(answer)).await.map_err(anyhow::Error::from_boxed)
    })
}

/// Answers the request of an event.
///
/// # Errors
/// Where it is no event of an HTTP API: nobody waits for a response then.
async fn answer(router: Router, event: &RawValue) -> Result<ApiGatewayV2httpResponse> {
    let event: Event = serde_json::from_str(event.get())
        .inspect_err(|_| tracing::error!("an event is none of an HTTP API in payload format 2.0"))
        .context("an event is none of an HTTP API in payload format 2.0")?;
    let response = router.oneshot(gateway::request(event)).await?;
    Ok(gateway::response(response).await)
}
