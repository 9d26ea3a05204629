//! What a page says about the product it sells.

use serde::{Deserialize, Serialize};

use super::Money;

/// Whether a product can be had, in the terms of schema.org's `ItemAvailability`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Availability {
    /// It can be bought now.
    InStock,
    /// A few are left.
    Limited,
    /// It can be ordered before it is out.
    PreOrder,
    /// It can be ordered and comes later.
    BackOrder,
    /// It cannot be bought now.
    OutOfStock,
    /// It will not come back.
    Discontinued,
    /// The page says something that is none of these.
    Unknown,
}

/// What kind of page it is: only a [`Product`](PageKind::Product) page has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PageKind {
    /// One product.
    Product,
    /// Several products: a category, a search result.
    List,
    /// Something to read.
    Article,
    /// The front page of a site.
    Home,
    /// A robot check, a denied access, a consent wall.
    Blocked,
    /// A page that says the product is not there, whatever its status code.
    NotFound,
    /// A form to sign in by.
    Login,
    /// Anything else.
    Other,
}

/// The facts of one page. Every text is plain (no markup, no control characters) and length-limited, every URL is http or
/// https and absolute; an unknown value is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Product {
    /// The product's name, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it costs now; of a range the lowest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What it cost before a sale, where that is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<Money>,
    /// The main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// At most five pictures, the main one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// Whether it can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// Who makes it, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The shop's own number for it, at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// A GTIN of 8, 12, 13 or 14 digits whose check digit is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// A description, at most 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The address the page declares for itself; shown, never used as a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<String>,
    /// The shop's name, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
}

impl Product {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is more than nothing, and has a price or an availability where `other` has one.
    pub fn tells_as_much_as(&self, other: &Self) -> bool {
        let of_a_product = |product: &Self| product.price.is_some() || product.availability.is_some();
        !self.is_empty() && (of_a_product(self) || !of_a_product(other))
    }
}
