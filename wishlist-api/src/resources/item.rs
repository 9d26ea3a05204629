//! What an item looks like in requests and answers.

use std::sync::Arc;

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model;
use wishlist_core::operations::{AddedItem, KeptItem};

use super::words::words;
use crate::answer::Resource;
use crate::exact::CurrencyCode;

/// An exact amount of one currency.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Money {
    /// Digits, and after a point at most as many decimals as the currency has.
    #[schema(example = "19.99")]
    amount: String,
    /// The currency by ISO 4217.
    #[schema(value_type = CurrencyCode, example = "EUR")]
    currency: String,
}

impl From<Money> for model::MoneyDraft {
    fn from(Money { amount, currency }: Money) -> Self {
        Self { amount, currency }
    }
}

impl From<model::Money> for Money {
    fn from(money: model::Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().code().to_owned() }
    }
}

/// The part of an item that its owner edits: at least `url` or `title`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ItemDraft {
    /// The product's page, an `https` or `http` address.
    #[schema(
        nullable = false,
        format = "uri",
        pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://",
        max_length = 2048,
        example = "https://shop.example/kettle"
    )]
    url: Option<String>,
    /// What it is called; not only spaces.
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = r"\S", example = "Kettle")]
    title: Option<String>,
    /// What there is to say about it.
    #[schema(nullable = false, max_length = 2000, example = "The red one")]
    note: Option<String>,
    /// What it costs.
    #[schema(nullable = false)]
    price: Option<Money>,
    /// The address of a picture.
    #[schema(
        nullable = false,
        format = "uri",
        pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://",
        max_length = 2048,
        example = "https://shop.example/kettle.jpg"
    )]
    image_url: Option<String>,
    /// How many are wished for.
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 999, default = 1, example = 1)]
    quantity: Option<i64>,
    /// How much it is wished for, 5 the most.
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 5, example = 4)]
    priority: Option<i64>,
    /// The price at which the owner would like to hear of it.
    #[schema(nullable = false)]
    target_price: Option<Money>,
}

impl From<ItemDraft> for model::ItemDraft {
    fn from(draft: ItemDraft) -> Self {
        let ItemDraft { url, title, note, price, image_url, quantity, priority, target_price } = draft;
        let (price, target_price) = (price.map(Into::into), target_price.map(Into::into));
        Self { url, title, note, price, image_url, quantity, priority, target_price }
    }
}

/// One wish: what its owner typed, and beside it what the product's page says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    /// The id, a UUIDv7.
    #[schema(value_type = uuid::Uuid, example = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1b")]
    id: ItemId,
    /// The wishlist it is in.
    #[schema(value_type = uuid::Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    wishlist_id: WishlistId,
    /// The product's page, as the WHATWG URL Standard writes it: browsers take addresses that RFC 3986 does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "https://shop.example/kettle")]
    url: Option<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kettle")]
    title: Option<String>,
    /// What the owner says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "The red one")]
    note: Option<String>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<Money>,
    /// The address of the main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "https://shop.example/kettle.jpg")]
    image_url: Option<String>,
    /// The page's pictures, the main one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 5)]
    images: Vec<String>,
    /// Whether it can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    availability: Option<Availability>,
    /// What it cost before a sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    list_price: Option<Money>,
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Example Works")]
    brand: Option<String>,
    /// The shop's own number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "KET-1")]
    sku: Option<String>,
    /// The number under its bar code: 8, 12, 13 or 14 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "4006381333931")]
    gtin: Option<String>,
    /// What the page says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Boils water.")]
    description: Option<String>,
    /// The address that the page gives for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "https://shop.example/kettle")]
    canonical_url: Option<String>,
    /// The shop's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Shop")]
    site_name: Option<String>,
    /// How many are wished for.
    #[schema(format = Int32, minimum = 1, maximum = 999, example = 1)]
    quantity: u16,
    /// How much it is wished for, 5 the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 5, example = 4)]
    priority: Option<u8>,
    /// The price at which the owner would like to hear of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target_price: Option<Money>,
    /// Whether it is still wished for.
    state: ItemState,
    /// Where it stands in the order of its list: items are in the order of rank and id, compared as text.
    #[schema(example = "0mws3r2tc")]
    rank: String,
    /// An item of the list with the same URL that was there before; in the answer to an addition only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<uuid::Uuid>, example = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1a")]
    duplicate_of: Option<ItemId>,
    /// How far the visit of its page is.
    status: ItemStatus,
    /// Why the page told nothing; there where the status is `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failure: Option<Failure>,
    /// Where the values come from that both the owner and the page may give.
    sources: Sources,
    /// When the page was visited that its values were last taken from. A later visit that found the same does not change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, example = "2026-11-22T17:20:02.000Z")]
    checked_at: Option<Timestamp>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    created_at: Timestamp,
    /// When the version last rose.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:02.000Z")]
    updated_at: Timestamp,
    /// Rises when a value above changes; the record's `ETag`.
    #[schema(format = Int64, minimum = 1, example = 2)]
    version: u64,
}

impl From<&model::Item> for Item {
    fn from(item: &model::Item) -> Self {
        let page = &item.page;
        Self {
            id: item.id,
            wishlist_id: item.wishlist_id,
            url: item.url.as_ref().map(ToString::to_string),
            title: item.title().map(str::to_owned),
            note: item.typed.note.clone(),
            price: item.price().map(Into::into),
            image_url: item.image_url().map(str::to_owned),
            images: page.images.clone(),
            availability: page.availability.map(Into::into),
            list_price: page.list_price.map(Into::into),
            brand: page.brand.clone(),
            sku: page.sku.clone(),
            gtin: page.gtin.clone(),
            description: page.description.clone(),
            canonical_url: page.canonical_url.clone(),
            site_name: page.site_name.clone(),
            quantity: item.typed.quantity,
            priority: item.typed.priority,
            target_price: item.typed.target_price.map(Into::into),
            state: item.state.into(),
            rank: item.rank.to_string(),
            duplicate_of: None,
            status: item.status.into(),
            failure: item.failure.map(Into::into),
            sources: Sources::of(item),
            checked_at: item.checked_at,
            created_at: item.created_at,
            updated_at: item.updated_at,
            version: item.version,
        }
    }
}

/// An item of a listing: the text of an [`Item`], which is written once for as long as the engine keeps what it read.
pub(crate) struct WrittenItem(pub(crate) Arc<KeptItem>);

impl WrittenItem {
    /// The bytes of the text; some where it cannot be written, which says so when it is.
    pub(crate) fn size(&self) -> usize {
        self.text().map_or(0, |text| text.get().len())
    }

    fn text(&self) -> serde_json::Result<&RawValue> {
        self.0.text(|item| to_raw_value(&Item::from(item)))
    }
}

impl Serialize for WrittenItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text().map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl From<&AddedItem> for Item {
    fn from(added: &AddedItem) -> Self {
        Self { duplicate_of: added.duplicate_of, ..Self::from(&added.item) }
    }
}

impl Resource for Item {
    fn version(&self) -> u64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/wishlists/{}/items/{}", self.wishlist_id, self.id)
    }
}

/// Where the values come from that both the owner and the page may give; of an unknown value nothing is said.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sources {
    /// Of `title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<Source>,
    /// Of `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<Source>,
    /// Of `imageUrl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image_url: Option<Source>,
}

impl Sources {
    fn of(item: &model::Item) -> Self {
        let sources = item.sources();
        let of = |field| sources.get(field).copied().map(Source::from);
        Self { title: of("title"), price: of("price"), image_url: of("imageUrl") }
    }
}

/// Why a page told nothing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// What programs decide by.
    code: FailureCode,
    /// The same in words.
    #[schema(example = "the shop could not be reached")]
    detail: &'static str,
}

impl From<model::FailureCode> for Failure {
    fn from(code: model::FailureCode) -> Self {
        Self { code: code.into(), detail: code.detail() }
    }
}

words!(
    /// `none` (there is no URL), `pending` (its page is to be visited), `ready` (it was), `failed` (it told nothing).
    ItemStatus, "camelCase", { None, Pending, Ready, Failed, }
);

words!(
    /// Whether an item is still wished for: `active` (it is), `received` (its owner has it).
    ItemState, "camelCase", { Active, Received, }
);

words!(
    /// Who gave a value.
    Source, "camelCase", { User, Page, }
);

words!(
    /// Whether a product can be had, as its page says.
    Availability, "camelCase", { InStock, Limited, PreOrder, BackOrder, OutOfStock, Discontinued, Unknown, }
);

words!(
    /// Why a page told nothing.
    FailureCode, "snake_case", {
        Blocked, NotFound, Gone, NotAProduct, Unreachable, Timeout, TooLarge, UnsupportedContent, ForbiddenAddress,
    }
);
