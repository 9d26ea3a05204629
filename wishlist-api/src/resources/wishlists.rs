//! Wishlists.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::WishlistId;
use wishlist_core::model;

use crate::answer::{Created, Found, Resource};
use crate::api::Api;
use crate::caller::Caller;
use crate::entity_tag::{Expected, IfMatch};
use crate::input::{Body, Query, WishlistPath};
use crate::paging::{Cursors, Scope};
use crate::problem::Problem;

/// The part of a wishlist that its owner edits.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WishlistDraft {
    /// What it is called; not only spaces.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Birthday")]
    name: String,
    /// What there is to say about it.
    #[schema(nullable = false, max_length = 2000, example = "Nothing that needs batteries, please.")]
    description: Option<String>,
    /// What it is for.
    #[schema(nullable = false, max_length = 100, example = "birthday")]
    occasion: Option<String>,
    /// The day of the occasion.
    #[schema(nullable = false, format = Date, example = "2027-05-14")]
    event_date: Option<String>,
    /// The currency in which the owner thinks, by ISO 4217.
    #[schema(nullable = false, pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: Option<String>,
}

impl From<WishlistDraft> for model::WishlistDraft {
    fn from(draft: WishlistDraft) -> Self {
        let WishlistDraft { name, description, occasion, event_date, currency } = draft;
        Self { name, description, occasion, event_date, currency }
    }
}

/// A named list of wishes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wishlist {
    /// The id, a UUIDv7.
    #[schema(value_type = uuid::Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    id: WishlistId,
    /// What it is called.
    #[schema(example = "Birthday")]
    name: String,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Nothing that needs batteries, please.")]
    description: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "birthday")]
    occasion: Option<String>,
    /// The day of the occasion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Date, example = "2027-05-14")]
    event_date: Option<String>,
    /// The currency in which the owner thinks, by ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "EUR")]
    currency: Option<&'static str>,
    /// How many items it holds; changes without a new version.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 12)]
    item_count: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    created_at: Timestamp,
    /// When the version last rose.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    updated_at: Timestamp,
    /// Rises when an edited field changes; the record's `ETag`.
    #[schema(format = Int64, minimum = 1, example = 3)]
    version: u64,
}

impl From<&model::Wishlist> for Wishlist {
    fn from(wishlist: &model::Wishlist) -> Self {
        Self {
            id: wishlist.id,
            name: wishlist.name.clone(),
            description: wishlist.description.clone(),
            occasion: wishlist.occasion.clone(),
            event_date: wishlist.event_date.map(|day| day.to_string()),
            currency: wishlist.currency.map(model::Currency::code),
            item_count: wishlist.item_count,
            created_at: wishlist.created_at,
            updated_at: wishlist.updated_at,
            version: wishlist.version,
        }
    }
}

impl Resource for Wishlist {
    fn version(&self) -> u64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/wishlists/{}", self.id)
    }
}

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
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// Make a wishlist.
#[utoipa::path(
    post, path = "/v1/wishlists", tag = "wishlists", operation_id = "create_wishlist", security(("bearer" = [])),
    request_body = WishlistDraft,
    responses((status = 201, description = "The wishlist", body = Wishlist, headers(
        ("ETag" = String, description = "The version as an entity tag"),
        ("Location" = String, description = "The path of the wishlist")))),
)]
pub(crate) async fn create_wishlist(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Body(draft): Body<WishlistDraft>,
) -> Result<Created<Wishlist>, Problem> {
    let made = api.engine.create_wishlist(&viewer, &draft.into()).await?;
    Ok(Created(Wishlist::from(&made)))
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
    let page = api.engine.list_wishlists(&viewer, window.after, window.limit).await?;
    let items = page.items.iter().map(Wishlist::from).collect();
    Ok(Json(WishlistPage { items, next_cursor: cursors.next(page.next.map(WishlistId::as_uuid)) }))
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
    Ok(Found(Wishlist::from(&found)))
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
    Ok(Found(Wishlist::from(&updated)))
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
