//! Wishlists.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wishlist::{NewWishlist, Wishlist, WishlistDraft};
use crate::answer::{Created, Found};
use crate::api::Api;
use crate::caller::Caller;
use crate::entity_tag::{Expected, IfMatch};
use crate::input::{Body, IdempotencyHeader, Named, Query, WishlistPath};
use crate::paging::{Cursors, Scope};
use crate::problem::Problem;

/// One page of the caller's wishlists.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WishlistPage {
    /// The wishlists, in the order they were made.
    items: Vec<Wishlist>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// Which page of the caller's wishlists.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WishlistsQuery {
    /// At most so many.
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false, min_length = 1, max_length = 1024)]
    cursor: Option<String>,
    /// Only the archived ones, or only the others.
    #[param(nullable = false)]
    archived: Option<bool>,
}

/// Make a wishlist.
#[utoipa::path(
    post, path = "/v1/wishlists", tag = "wishlists", operation_id = "create_wishlist", security(("bearer" = [])),
    params(IdempotencyHeader),
    request_body = NewWishlist,
    responses((status = 201, description = "The wishlist", body = Wishlist, headers(
        ("ETag" = String, description = "The version as an entity tag"),
        ("Location" = String, description = "The path of the wishlist")))),
)]
pub(crate) async fn create_wishlist(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Named(key): Named,
    Body(draft): Body<NewWishlist>,
) -> Result<Created<Wishlist>, Problem> {
    let made = api.engine.create_wishlist(&viewer, &draft.into(), key.as_ref()).await?;
    Ok(Created(Wishlist::seen(&made, &viewer)))
}

/// List the caller's wishlists.
#[utoipa::path(
    get, path = "/v1/wishlists", tag = "wishlists", operation_id = "list_wishlists", security(("bearer" = [])),
    params(WishlistsQuery),
    responses((status = 200, description = "One page, in the order they were made", body = WishlistPage)),
)]
pub(crate) async fn list_wishlists(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Query(query): Query<WishlistsQuery>,
) -> Result<Json<WishlistPage>, Problem> {
    let cursors = Cursors { viewer: &viewer, scope: Scope::Wishlists };
    let window = cursors.window(query.limit, query.cursor.as_deref())?;
    let page = api.engine.list_wishlists(&viewer, query.archived, window.after, window.limit).await?;
    let items = page.items.iter().map(|list| Wishlist::seen(list, &viewer)).collect();
    Ok(Json(WishlistPage { items, next_cursor: cursors.next(page.next) }))
}

/// Find a wishlist.
#[utoipa::path(
    get, path = "/v1/wishlists/{wishlistId}", tag = "wishlists", operation_id = "find_wishlist",
    security(("bearer" = [])),
    params(WishlistPath),
    responses((status = 200, description = "The wishlist", body = Wishlist,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn find_wishlist(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: WishlistPath,
) -> Result<Found<Wishlist>, Problem> {
    let found = api.engine.find_wishlist(&viewer, path.wishlist_id).await?;
    Ok(Found(Wishlist::seen(&found, &viewer)))
}

/// Replace the edited part of a wishlist.
///
/// A field that is left out is unset.
#[utoipa::path(
    put, path = "/v1/wishlists/{wishlistId}", tag = "wishlists", operation_id = "update_wishlist",
    security(("bearer" = [])),
    params(WishlistPath, IfMatch),
    request_body = WishlistDraft,
    responses((status = 200, description = "The wishlist as it is now", body = Wishlist,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn update_wishlist(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: WishlistPath,
    Expected(version): Expected,
    Body(draft): Body<WishlistDraft>,
) -> Result<Found<Wishlist>, Problem> {
    let updated = api.engine.update_wishlist(&viewer, path.wishlist_id, &draft.into(), version).await?;
    Ok(Found(Wishlist::seen(&updated, &viewer)))
}

/// Delete a wishlist with everything in it.
#[utoipa::path(
    delete, path = "/v1/wishlists/{wishlistId}", tag = "wishlists", operation_id = "delete_wishlist",
    security(("bearer" = [])),
    params(WishlistPath, IfMatch),
    responses((status = 204, description = "The wishlist is gone")),
)]
pub(crate) async fn delete_wishlist(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: WishlistPath,
    Expected(version): Expected,
) -> Result<StatusCode, Problem> {
    api.engine.delete_wishlist(&viewer, path.wishlist_id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
