//! What a link leads to, before it is a wish.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::{model, operations};

use super::item::{Availability, Money};
use super::words::words;
use crate::api::Api;
use crate::caller::Caller;
use crate::input::{Body, IdempotencyHeader, Named};
use crate::problem::Problem;

/// The link to look at.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProductLink {
    /// The product's page, an `https` or `http` address.
    #[schema(
        format = "uri",
        pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://",
        max_length = 2048,
        example = "https://shop.example/kettle"
    )]
    url: String,
}

/// What a page says; the fields are those of an item.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kettle")]
    title: Option<String>,
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
}

impl From<model::Product> for Product {
    fn from(product: model::Product) -> Self {
        Self {
            title: product.title,
            price: product.price.map(Into::into),
            image_url: product.image_url,
            images: product.images,
            availability: product.availability.map(Into::into),
            list_price: product.list_price.map(Into::into),
            brand: product.brand,
            sku: product.sku,
            gtin: product.gtin,
            description: product.description,
            canonical_url: product.canonical_url,
            site_name: product.site_name,
        }
    }
}

words!(
    /// What kind of page it is; only a `product` page has a price. A `list` is a category or a search, `blocked` a robot
    /// check or a denied access, `notFound` a page that says that there is none, `login` a form to sign in by.
    PageKind, "camelCase", { Product, List, Article, Home, Blocked, NotFound, Login, Other, }
);

/// What a link leads to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductPreview {
    /// What kind of page it is.
    kind: PageKind,
    /// What it says; empty where it was not to be read.
    product: Product,
    /// By the name of a field of `product`, where on the page its value was read: `json_ld`, `microdata`, `open_graph` and
    /// the like. There may be more kinds later.
    #[schema(value_type = BTreeMap<String, String>)]
    sources: BTreeMap<String, String>,
}

impl From<operations::Previewed> for ProductPreview {
    fn from(operations::Previewed { kind, product, sources }: operations::Previewed) -> Self {
        Self { kind: kind.into(), product: product.into(), sources }
    }
}

/// Look at a product's page.
///
/// The page is visited while the caller waits, and nothing of it is kept. A page that shows nothing to programs is an answer,
/// its `kind` says why; one that cannot be reached is refused as `unprocessable`.
#[utoipa::path(
    post, path = "/v1/products/preview", tag = "products", operation_id = "preview_product",
    security(("bearer" = [])),
    params(IdempotencyHeader),
    request_body = ProductLink,
    responses((status = 200, description = "What the page says", body = ProductPreview)),
)]
pub(crate) async fn preview_product(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Named(key): Named,
    Body(link): Body<ProductLink>,
) -> Result<Json<ProductPreview>, Problem> {
    Ok(Json(api.engine.preview_product(&viewer, &link.url, key.as_ref()).await?.into()))
}
