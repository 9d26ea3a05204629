//! What came out of a page, and why.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use wishlist_core::model::{PageKind, Product};

use crate::finding::{Finding, Rule};

/// The facts of one page with the evidence for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Extraction {
    /// What kind of page it is.
    pub kind: PageKind,
    /// Why it is of that kind.
    pub kind_rule: Rule,
    /// The facts; price, list price and availability only where `kind` is [`PageKind::Product`].
    pub product: Product,
    /// For each field that has a value, why it has that one and how sure that is.
    pub findings: BTreeMap<Field, Finding>,
    /// Every value that was considered, in the order of [`Field`], the chosen ones first, then those that say the same, then the others.
    pub evidence: Vec<Evidence>,
}

impl Extraction {
    /// Where each field's value was read.
    pub fn sources(&self) -> BTreeMap<Field, Source> {
        self.findings.iter().map(|(field, finding)| (*field, finding.source)).collect()
    }
}

/// One value that a source gave for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The field it was considered for.
    pub field: Field,
    /// Where it was read.
    pub source: Source,
    /// The value as text, shortened to 200 characters.
    pub value: String,
    /// Whether it became the field's value.
    pub chosen: bool,
    /// Whether it says the same as the field's value.
    pub agrees: bool,
}

macro_rules! names {
    ($(#[$meta:meta])* $kind:ident { $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $kind {
            $($(#[$variant_meta])* #[serde(rename = $name)] $variant,)+
        }

        impl $kind {
            /// The name, as it is serialized.
            pub fn name(self) -> &'static str {
                match self { $($kind::$variant => $name,)+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// A field of a product, named as in its JSON.
    Field {
        /// [`Product::title`]
        Title = "title",
        /// [`Product::price`]
        Price = "price",
        /// [`Product::list_price`]
        ListPrice = "listPrice",
        /// [`Product::images`], of which the first is [`Product::image_url`]
        Image = "imageUrl",
        /// [`Product::availability`]
        Availability = "availability",
        /// [`Product::brand`]
        Brand = "brand",
        /// [`Product::sku`]
        Sku = "sku",
        /// [`Product::gtin`]
        Gtin = "gtin",
        /// [`Product::description`]
        Description = "description",
        /// [`Product::canonical_url`]
        CanonicalUrl = "canonicalUrl",
        /// [`Product::site_name`]
        SiteName = "siteName",
    }
}

names! {
    /// A way of reading a page, named as its module under `sources/`; the most trustworthy first.
    Source {
        /// The rules for one family of shops.
        Site = "site",
        /// A `<script type="application/ld+json">`.
        JsonLd = "json_ld",
        /// `itemscope` and `itemprop`.
        Microdata = "microdata",
        /// `typeof` and `property`.
        Rdfa = "rdfa",
        /// `og:`, `product:` and `twitter:` metas.
        OpenGraph = "open_graph",
        /// Ordinary metas, link relations and `<title>`.
        Meta = "meta",
        /// The state that a page keeps for its scripts.
        State = "state",
        /// The visible page.
        Dom = "dom",
        /// The page's own address.
        Url = "url",
    }
}
