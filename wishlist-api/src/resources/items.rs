//! The items of a wishlist.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::operations::{ItemFilter, ItemSort, StateFilter};

use super::item::{Item, ItemDraft, ItemStatus, WrittenItem};
use crate::answer::{Created, Found, Long};
use crate::api::Api;
use crate::caller::Caller;
use crate::entity_tag::{Expected, IfMatch};
use crate::input::{Body, IdempotencyHeader, ItemPath, Named, Query, WishlistPath};
use crate::paging::{Cursors, Scope};
use crate::problem::{Problem, ProblemBody};
use crate::request_id::RequestId;

/// The most bytes of a batch.
const BATCH_BYTES: usize = 256 * 1024;

/// The longest wait, in seconds.
const MAX_WAIT: i64 = 20;

/// Items to be added together.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ItemBatch {
    /// The items, in the order in which they are added.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ItemDraft>,
}

/// What became of each item of a batch.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchResults {
    /// One for each item, in their order.
    results: Vec<BatchResult>,
}

/// What became of one item of a batch: either the item or the problem.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchResult {
    /// The item that was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    item: Option<Item>,
    /// Why it was not; pointers are into the whole body, as `/items/3/url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemBody>,
}

/// One page of a wishlist's items.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemPage {
    /// The items, in their order.
    #[schema(value_type = Vec<Item>)]
    items: Vec<WrittenItem>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// Which page of a wishlist's items, and whether to wait for it.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemsQuery {
    /// At most so many.
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false, min_length = 1, max_length = 1024)]
    cursor: Option<String>,
    /// Only items whose visit is so far.
    #[param(nullable = false)]
    status: Option<ItemStatus>,
    /// Only items that are still wished for, only received ones, or all.
    #[param(nullable = false, default = "active")]
    state: Option<ListedState>,
    /// The order: as the owner placed them, the newest first, the cheapest first (currency by currency, those without a price
    /// last), or the most wished for first.
    #[param(nullable = false, default = "rank")]
    sort: Option<ListedSort>,
    /// For how many seconds the answer may wait until no item of the page is pending.
    #[param(nullable = false, format = Int32, minimum = 0, maximum = 20, default = 0)]
    wait: Option<i64>,
}

/// Items by whether they are still wished for.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ListedState {
    #[default]
    Active,
    Received,
    All,
}

/// The order of a listing of items.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ListedSort {
    #[default]
    Rank,
    CreatedAt,
    Price,
    Priority,
}

impl ItemsQuery {
    fn filter(&self) -> ItemFilter {
        let state = match self.state.unwrap_or_default() {
            ListedState::Active => StateFilter::Active,
            ListedState::Received => StateFilter::Received,
            ListedState::All => StateFilter::All,
        };
        let sort = match self.sort.unwrap_or_default() {
            ListedSort::Rank => ItemSort::Rank,
            ListedSort::CreatedAt => ItemSort::CreatedAt,
            ListedSort::Price => ItemSort::Price,
            ListedSort::Priority => ItemSort::Priority,
        };
        ItemFilter { state, status: self.status.map(Into::into), sort }
    }
}

/// Whether to wait for an item.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemQuery {
    /// For how many seconds the answer may wait until the item is no longer pending.
    #[param(nullable = false, format = Int32, minimum = 0, maximum = 20, default = 0)]
    wait: Option<i64>,
}

/// Add an item.
///
/// An item with a URL is `pending` at first: its page is visited in the background, and what it says is filled in beside
/// what was typed.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items", tag = "items", operation_id = "add_item",
    security(("bearer" = [])),
    params(WishlistPath, IdempotencyHeader),
    request_body = ItemDraft,
    responses((status = 201, description = "The item", body = Item, headers(
        ("ETag" = String, description = "The version as an entity tag"),
        ("Location" = String, description = "The path of the item")))),
)]
pub(crate) async fn add_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: WishlistPath,
    Named(key): Named,
    Body(draft): Body<ItemDraft>,
) -> Result<Created<Item>, Problem> {
    let added = api.engine.add_item(&viewer, path.wishlist_id, &draft.into(), key.as_ref()).await?;
    Ok(Created(Item::from(&added)))
}

/// Add up to a hundred items.
///
/// Each is added or refused for itself; the answer has one result for each, in their order. Under an `Idempotency-Key` a call
/// that was cut off goes on where it ended when it is sent again.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/batch", tag = "items", operation_id = "add_items",
    security(("bearer" = [])),
    params(WishlistPath, IdempotencyHeader),
    request_body = ItemBatch,
    responses((status = 200, description = "What became of each", body = BatchResults)),
)]
pub(crate) async fn add_items(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: WishlistPath,
    id: RequestId,
    Named(key): Named,
    Body(batch): Body<ItemBatch, BATCH_BYTES>,
) -> Result<Json<BatchResults>, Problem> {
    let drafts: Vec<_> = batch.items.into_iter().map(Into::into).collect();
    let added = api.engine.add_items(&viewer, path.wishlist_id, &drafts, key.as_ref()).await?;
    let result = |(index, outcome): (usize, wishlist_core::Result<_>)| match outcome {
        Ok(item) => BatchResult { item: Some(Item::from(&item)), problem: None },
        Err(error) => {
            let problem = Problem::from(error.under(&format!("/items/{index}")));
            problem.log(&id);
            BatchResult { item: None, problem: Some(problem.body(&id)) }
        }
    };
    Ok(Json(BatchResults { results: added.into_iter().enumerate().map(result).collect() }))
}

/// List a wishlist's items.
#[utoipa::path(
    get, path = "/v1/wishlists/{wishlistId}/items", tag = "items", operation_id = "list_items",
    security(("bearer" = [])),
    params(WishlistPath, ItemsQuery),
    responses((status = 200, description = "One page, in their order", body = ItemPage)),
)]
pub(crate) async fn list_items(
    State(api): State<Api>,
    Caller(viewer): Caller,
    WishlistPath { wishlist_id }: WishlistPath,
    Query(query): Query<ItemsQuery>,
) -> Result<Long<ItemPage>, Problem> {
    let (filter, wait) = (query.filter(), wait(query.wait)?);
    let cursors = Cursors { viewer: &viewer, scope: Scope::Items(wishlist_id, filter.sort) };
    let window = cursors.window(query.limit, query.cursor.as_deref())?;
    let after = window.after.as_ref();
    let page = api.engine.list_items_within(&viewer, wishlist_id, filter, after, window.limit, wait).await?;
    let items: Vec<_> = page.items.into_iter().map(WrittenItem).collect();
    let bytes = items.iter().map(|item| item.size() + 1).sum();
    Ok(Long(ItemPage { items, next_cursor: cursors.next(page.next) }, bytes))
}

/// Find an item.
#[utoipa::path(
    get, path = "/v1/wishlists/{wishlistId}/items/{itemId}", tag = "items", operation_id = "find_item",
    security(("bearer" = [])),
    params(ItemPath, ItemQuery),
    responses((status = 200, description = "The item", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn find_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Query(query): Query<ItemQuery>,
) -> Result<Found<Item>, Problem> {
    let wait = wait(query.wait)?;
    let found = api.engine.find_item_within(&viewer, path.wishlist_id, path.item_id, wait).await?;
    Ok(Found(Item::from(&found)))
}

/// Replace the edited part of an item.
///
/// A value equal to the page's stays the page's, another becomes the owner's, and one that is left out falls back to the
/// page's. A new URL starts `pending`, without what the old page said.
#[utoipa::path(
    put, path = "/v1/wishlists/{wishlistId}/items/{itemId}", tag = "items", operation_id = "update_item",
    security(("bearer" = [])),
    params(ItemPath, IfMatch),
    request_body = ItemDraft,
    responses((status = 200, description = "The item as it is now", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn update_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Expected(version): Expected,
    Body(draft): Body<ItemDraft>,
) -> Result<Found<Item>, Problem> {
    let updated = api.engine.update_item(&viewer, path.wishlist_id, path.item_id, &draft.into(), version).await?;
    Ok(Found(Item::from(&updated)))
}

/// Remove an item.
#[utoipa::path(
    delete, path = "/v1/wishlists/{wishlistId}/items/{itemId}", tag = "items", operation_id = "remove_item",
    security(("bearer" = [])),
    params(ItemPath, IfMatch),
    responses((status = 204, description = "The item is gone")),
)]
pub(crate) async fn remove_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Expected(version): Expected,
) -> Result<StatusCode, Problem> {
    api.engine.remove_item(&viewer, path.wishlist_id, path.item_id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The wait that was asked for.
fn wait(seconds: Option<i64>) -> Result<Duration, Problem> {
    let seconds = seconds.unwrap_or_default();
    let fits = (0..=MAX_WAIT).contains(&seconds).then(|| Duration::from_secs(seconds.unsigned_abs()));
    let refuse = || Problem::invalid("/wait", format!("expected a whole number of seconds from 0 to {MAX_WAIT}"));
    fits.ok_or_else(refuse)
}
