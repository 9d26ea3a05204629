//! An item's page over time: asking for it to be visited, and what it was seen to cost.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::clock::Timestamp;
use wishlist_core::model;
use wishlist_core::operations::PriceWindow;

use super::item::{Availability, Item, Money};
use crate::answer::Accepted;
use crate::api::Api;
use crate::caller::Caller;
use crate::input::{IdempotencyHeader, ItemPath, Named, NoBody, Query};
use crate::paging::{Cursors, Scope};
use crate::problem::Problem;

/// What a page said from a moment on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Observation {
    /// What it cost; absent where the page named no price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<Money>,
    /// Whether it could be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    availability: Option<Availability>,
    /// When it was seen; it held until the next observation.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:02.000Z")]
    seen_at: Timestamp,
}

impl From<model::Observation> for Observation {
    fn from(observation: model::Observation) -> Self {
        let model::Observation { price, availability, seen_at } = observation;
        Self { price: price.map(Into::into), availability: availability.map(Into::into), seen_at }
    }
}

/// A price, and when it was seen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PricePoint {
    /// The price.
    price: Money,
    /// When it was seen.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:02.000Z")]
    seen_at: Timestamp,
}

impl From<model::PricePoint> for PricePoint {
    fn from(point: model::PricePoint) -> Self {
        Self { price: point.price.into(), seen_at: point.seen_at }
    }
}

/// An item's prices in short: all since it has its URL, whatever part of them is listed. Where the page changed its currency,
/// those of the currency seen last.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceSummary {
    /// What it costs now, and since when; absent where the page names no price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    now: Option<PricePoint>,
    /// The lowest price, when it was first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lowest: Option<PricePoint>,
    /// The highest price, when it was first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    highest: Option<PricePoint>,
    /// The first price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first: Option<PricePoint>,
    /// Since when prices are told: when the item got its URL.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    since: Timestamp,
}

impl From<model::PriceSummary> for PriceSummary {
    fn from(summary: model::PriceSummary) -> Self {
        let model::PriceSummary { now, lowest, highest, first, since } = summary;
        let [now, lowest, highest, first] = [now, lowest, highest, first].map(|point| point.map(Into::into));
        Self { now, lowest, highest, first, since }
    }
}

/// One page of an item's prices.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PricePage {
    /// The observations, newest first; one for each change of price or availability.
    items: Vec<Observation>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
    /// The prices in short; absent for an item without a URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    summary: Option<PriceSummary>,
}

/// Which of an item's prices.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PricesQuery {
    /// Only those seen at this moment or later.
    #[param(nullable = false, format = DateTime)]
    from: Option<String>,
    /// Only those seen before this moment.
    #[param(nullable = false, format = DateTime)]
    to: Option<String>,
    /// At most so many.
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false, min_length = 1, max_length = 1024)]
    cursor: Option<String>,
}

impl PricesQuery {
    fn window(&self, cursors: &Cursors<'_>) -> Result<PriceWindow, Problem> {
        let moment = |name: &str, text: Option<&String>| {
            let parsed = text.map(|text| text.parse::<Timestamp>()).transpose();
            parsed.map_err(|error| Problem::invalid(format!("/{name}"), error.to_string()))
        };
        let (from, to) = (moment("from", self.from.as_ref())?, moment("to", self.to.as_ref())?);
        let window = cursors.window::<i64>(self.limit, self.cursor.as_deref())?;
        Ok(PriceWindow { from, to, after: window.after.map(Timestamp::from_millis), limit: window.limit })
    }
}

/// Visit an item's page again.
///
/// The item is `pending` until the visit has ended, and shows meanwhile what it showed; `find_item` can wait for it. A page is
/// visited once in a quarter of an hour: within it the result of the last visit stands, and the answer has it.
#[utoipa::path(
    post, path = "/v1/wishlists/{wishlistId}/items/{itemId}/refresh", tag = "items", operation_id = "refresh_item",
    security(("bearer" = [])),
    params(ItemPath, IdempotencyHeader),
    responses((status = 202, description = "The item as it is now", body = Item,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn refresh_item(
    State(api): State<Api>,
    Caller(viewer): Caller,
    path: ItemPath,
    Named(key): Named,
    NoBody: NoBody,
) -> Result<Accepted<Item>, Problem> {
    let item = api.engine.refresh_item(&viewer, path.wishlist_id, path.item_id, key.as_ref()).await?;
    Ok(Accepted(Item::from(&item)))
}

/// List what an item's page was seen to cost.
///
/// Nothing is told from before the item had its URL, but for what held at that moment where a visit confirmed it.
#[utoipa::path(
    get, path = "/v1/wishlists/{wishlistId}/items/{itemId}/prices", tag = "items", operation_id = "list_prices",
    security(("bearer" = [])),
    params(ItemPath, PricesQuery),
    responses((status = 200, description = "One page, newest first", body = PricePage)),
)]
pub(crate) async fn list_prices(
    State(api): State<Api>,
    Caller(viewer): Caller,
    ItemPath { wishlist_id, item_id }: ItemPath,
    Query(query): Query<PricesQuery>,
) -> Result<Json<PricePage>, Problem> {
    let cursors = Cursors { viewer: &viewer, scope: Scope::Prices(wishlist_id, item_id) };
    let window = query.window(&cursors)?;
    let prices = api.engine.list_prices(&viewer, wishlist_id, item_id, window).await?;
    let items = prices.items.into_iter().map(Into::into).collect();
    let next_cursor = cursors.next(prices.next.map(Timestamp::as_millis));
    Ok(Json(PricePage { items, next_cursor, summary: prices.summary.map(Into::into) }))
}
