//! What the handlers work with, and the router over it.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use wishlist_core::operations::Engine;
use wishlist_identity::{Provider, Verifier};

use crate::front::{Admission, HttpRules, admit, cors, share};
use crate::middleware::{self, Frame, represent};
use crate::{problem, routes};

/// The engine, and who may call it. Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub struct Api {
    /// The operations.
    pub engine: Engine,
    /// Signs people up and in.
    pub provider: Arc<dyn Provider>,
    /// Tells from a token who calls.
    pub verifier: Arc<Verifier>,
}

/// Every operation of the contract as a service, under the default [`HttpRules`]. Nothing is read, opened or computed before
/// the first request.
pub fn router(api: Api) -> Router {
    router_with(api, &HttpRules::default())
}

/// The same under rules of the deployment's own. The address that a call comes from is taken from
/// [`ConnectInfo`](axum::extract::ConnectInfo), which the server has to put into the request.
pub fn router_with(api: Api, rules: &HttpRules) -> Router {
    let frame = Frame { ids: api.engine.ids().clone(), transport: rules.transport };
    let mut router = routes::router()
        .merge(routes::pages())
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(routes::no_such_method)
        .layer(from_fn_with_state(Admission::new(api.clone(), rules), admit))
        .layer(from_fn(represent));
    // Around what writes problems: a page has to be let in to read those too.
    if let Some(cors) = cors(&rules.origins) {
        router = router.layer(from_fn_with_state(cors, share));
    }
    router.layer(from_fn_with_state(frame, middleware::frame)).with_state(api)
}
