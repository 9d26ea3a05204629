//! What the handlers work with, and the router over it.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use wishlist_core::operations::Engine;
use wishlist_identity::{Provider, Verifier};

use crate::{middleware, problem, routes};

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

/// Every operation of the contract as a service. Nothing is read, opened or computed before the first request.
pub fn router(api: Api) -> Router {
    routes::router()
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(from_fn_with_state(api.clone(), middleware::frame))
        .with_state(api)
}
