//! The ids in a path.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa::IntoParams;
use uuid::Uuid;
use wishlist_core::ids::{ItemId, WishlistId};

use crate::problem::Problem;

/// `/v1/wishlists/{wishlistId}`.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
pub(crate) struct WishlistPath {
    /// The wishlist's id.
    #[param(value_type = Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    pub(crate) wishlist_id: WishlistId,
}

/// `/v1/wishlists/{wishlistId}/items/{itemId}`.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
pub(crate) struct ItemPath {
    /// The wishlist's id.
    #[param(value_type = Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    pub(crate) wishlist_id: WishlistId,
    /// The item's id.
    #[param(value_type = Uuid, example = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1b")]
    pub(crate) item_id: ItemId,
}

impl<S: Send + Sync> FromRequestParts<S> for WishlistPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        Ok(Self { wishlist_id: id(params.as_ref(), "wishlistId") })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ItemPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        Ok(Self { wishlist_id: id(params.as_ref(), "wishlistId"), item_id: id(params.as_ref(), "itemId") })
    }
}

/// The id that the path holds. What is not written like one becomes the nil UUID, which no record has: so it goes the way of
/// an unknown id through every check, and its answer cannot differ.
fn id<Id: From<Uuid>>(params: Option<&RawPathParams>, name: &str) -> Id {
    let text = params.and_then(|params| params.iter().find(|(key, _)| *key == name)).map_or("", |(_, text)| text);
    // `try_parse` takes braces, `urn:uuid:` and digits without hyphens too; those are not ids of ours.
    let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    hyphenated.then(|| Uuid::try_parse(text).ok()).flatten().unwrap_or_default().into()
}
