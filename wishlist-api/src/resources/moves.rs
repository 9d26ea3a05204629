//! What is done with an item as a whole: placed, moved, copied, received.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wishlist_core::operations::Neighbours;

use super::item::Item;
use crate::answer::{Created, Found};
use crate::api::Api;
use crate::caller::Caller;
use crate::input::{Body, IdempotencyHeader, ItemPath, Named, NoBody};
use crate::problem::Problem;

/// Where an item is to stand: at least one of the two, and with both anywhere between them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Placement {
    /// The item of the same list that it is to stand before.
    #[schema(nullable = false, format = Uuid, example = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1c")]
    before: Option<String>,
    /// The item of the same list that it is to stand behind.
    #[schema(nullable = false, format = Uuid, example = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1d")]
    after: Option<String>,
}

/// Where an item is to go.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Destination {
    /// A wishlist of the caller.
    #[schema(format = Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    wishlist_id: String,
}

/// Place an item in the manual order of its list.
///
/// Other items are not rewritten. `422 unprocessable` where a neighbour is not in the list, `409 conflict` where `after` does
/// not stand before `before`.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/place", tag = "items", operation_id = "place_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    request_body = Placement,
    responses((status = 200, description = "The item where it stands now", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn place_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    Body(placement): Body<Placement>,
) -> Result<Found<Item>, Problem> {
    let after = placement.after.as_deref().map(|text| id("/after", text)).transpose()?.map(Into::into);
    let before = placement.before.as_deref().map(|text| id("/before", text)).transpose()?.map(Into::into);
    let neighbours = Neighbours { after, before };
    let placed = api.engine.place_item(&viewer, path.wishlist_id, path.item_id, neighbours, key.as_ref()).await?;
    Ok(Found(Item::from(&placed)))
}

/// Move an item to the end of another list of the caller, where it keeps its id.
///
/// `422 unprocessable` where `wishlistId` names no list of the caller.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/move", tag = "items", operation_id = "move_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    request_body = Destination,
    responses((status = 200, description = "The item in its new list", body = Item, headers(
        ("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn move_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    Body(destination): Body<Destination>,
) -> Result<Found<Item>, Problem> {
    let to = id("/wishlistId", &destination.wishlist_id)?.into();
    let moved = api.engine.move_item(&viewer, path.wishlist_id, path.item_id, to, key.as_ref()).await?;
    Ok(Found(Item::from(&moved)))
}

/// Copy an item to the end of a list of the caller, its own or another.
///
/// The copy is active, with what was typed and what the page said; it has no claims and no prices from before.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/copy", tag = "items", operation_id = "copy_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    request_body = Destination,
    responses((status = 201, description = "The copy", body = Item, headers(
        ("ETag" = String, description = "The version as an entity tag"),
        ("Location" = String, description = "The path of the copy")))),
)]
pub(crate) async fn copy_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    Body(destination): Body<Destination>,
) -> Result<Created<Item>, Problem> {
    let to = id("/wishlistId", &destination.wishlist_id)?.into();
    let copy = api.engine.copy_item(&viewer, path.wishlist_id, path.item_id, to, key.as_ref()).await?;
    Ok(Created(Item::from(&copy)))
}

/// Mark an item as received.
///
/// It is kept, and left out of the listing of what is still wished for.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/receive", tag = "items", operation_id = "receive_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    responses((status = 200, description = "The item as it is now", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn receive_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    NoBody: NoBody,
) -> Result<Found<Item>, Problem> {
    let received = api.engine.receive_item(&viewer, path.wishlist_id, path.item_id, key.as_ref()).await?;
    Ok(Found(Item::from(&received)))
}

/// Mark a received item as wished for again.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/restore", tag = "items", operation_id = "restore_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    responses((status = 200, description = "The item as it is now", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn restore_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    NoBody: NoBody,
) -> Result<Found<Item>, Problem> {
    let restored = api.engine.restore_item(&viewer, path.wishlist_id, path.item_id, key.as_ref()).await?;
    Ok(Found(Item::from(&restored)))
}

/// An id out of a body.
fn id(pointer: &str, text: &str) -> Result<Uuid, Problem> {
    let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    let id = hyphenated.then(|| Uuid::try_parse(text).ok()).flatten();
    id.ok_or_else(|| Problem::invalid(pointer, "expected an id, a UUID"))
}
