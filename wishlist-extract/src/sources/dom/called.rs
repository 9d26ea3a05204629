//! What the classes and ids of elements say about what is in them.
//!
//! They are looked for as parts of words (`product-price`, `priceBlock`), all in one pass, for every element near the heading
//! and around every amount.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::page::{Document, NodeId, flags, is_test_name};

/// A set of what something is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Called(u16);

impl Called {
    /// A price.
    pub(super) const PRICE: Self = Self(1);
    /// A price before a sale.
    pub(super) const BEFORE: Self = Self(2);
    /// What is not what one pays for the product.
    pub(super) const ASIDE: Self = Self(4);
    /// What holds other products.
    pub(super) const OTHERS: Self = Self(8);
    /// The cents of a price.
    pub(super) const CENTS: Self = Self(16);
    /// A maker's name.
    pub(super) const BRAND: Self = Self(32);
    /// What only sounds like a maker's name.
    pub(super) const FRAME: Self = Self(64);
    /// The shop's number.
    pub(super) const NUMBER: Self = Self(128);
    /// An address of a maker's products.
    pub(super) const BRAND_PATH: Self = Self(256);
    /// A control that puts something into the cart.
    pub(super) const CART: Self = Self(512);

    /// What a text of names says.
    pub(super) fn of(names: &str) -> Self {
        let Some(finder) = &*FINDER else {
            return Self::default();
        };
        let found = finder.searcher.find_overlapping_iter(names);
        let meanings = found.filter_map(|found| finder.meanings.get(found.pattern().as_usize()));
        Self(meanings.fold(0, |all, meaning| all | meaning.0))
    }

    /// What the class and the id of an element say.
    pub(super) fn of_element(document: &Document<'_>, id: NodeId) -> Self {
        names(document, id).fold(Self::default(), |all, name| Self(all.0 | Self::of(name).0))
    }

    /// Whether something of `other` is in it.
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The class and the id of an element, and the names by which a site's own tests know it.
pub(super) fn names<'a>(document: &Document<'a>, id: NodeId) -> impl Iterator<Item = &'a str> + use<'a> {
    let named = document.node(id).is_some_and(|node| node.has(flags::CLASS) || node.has(flags::ID));
    let attributes = named.then(|| document.attributes(id)).into_iter().flatten();
    let wanted = |name: &str| {
        name.eq_ignore_ascii_case("class") || name.eq_ignore_ascii_case("id") || is_test_name(name.as_bytes())
    };
    attributes.filter(move |(name, _)| wanted(name)).map(|(_, value)| value)
}

const WORDS: &[(Called, &str)] = &[
    (Called::PRICE, "price|preis|prix|precio|preco|prezzo|prijs|cena|pris|cost|amount"),
    (
        Called::BEFORE,
        "old|was|strike|regular|original|rrp|msrp|listprice|list-price|before|crossed|previous|compare|normal|retail|through|uvp|save|\
         saving|discount-amount",
    ),
    (
        Called::ASIDE,
        "shipping|delivery|versand|unit|per-|install|month|excluding-tax|excl-tax|excl-vat|exvat|deposit|points|finance|klarna|shipment|freight|coupon|minicart|mini-cart|\
         subtotal|filter|slider-range",
    ),
    (
        Called::OTHERS,
        "related|recommend|similar|carousel|upsell|up-sell|cross-sell|crosssell|also|recently|accessor|bundle|suggest|sponsored|menu|\
         product-list|products-list|productlist|listing|product-grid|swiper|slick",
    ),
    (Called::CENTS, "cent|decimal|fraction|minor"),
    (Called::BRAND, "brand|manufacturer|vendor|designer"),
    (Called::FRAME, "navbar|header|branding|site-|footer|menu|brandlist|filter|logo-"),
    (
        Called::NUMBER,
        "sku|product-reference|product-code|productcode|product_code|product-number|productnumber|item-number|itemnumber|article-number|\
         articlenumber|artikelnummer|articlenr|product-ref|productref|reference-number",
    ),
    (
        Called::BRAND_PATH,
        "/brand/|/brands/|/marke/|/marken/|/marque/|/marques/|/marca/|/marcas/|/marchi/|/merk/|/merken/|/manufacturer/|/manufacturers/|\
         /hersteller/|/vendor/|/vendors/|/designer/|/designers/|/producer/|/producent/|/znacka/|/vyrobce/|/vyrobca/|brand=|marke=|marca=|\
         manufacturer=|manufacturer_id=|vendor=|/collections/vendors",
    ),
    (
        Called::CART,
        "addtocart|add-to-cart|add_to_cart|addtobasket|add-to-basket|add_to_basket|addtobag|add-to-bag|add_to_bag|addtotrolley|\
         add-to-trolley|addcart|add-cart|add2cart|button-cart|btn-cart|cart-button|cart-btn|buynow|buy-now|buy_now|buybutton|buy-button|\
         btn-buy|buy-btn|cart-add|cart_add|product-form__submit",
    ),
];

struct Finder {
    searcher: AhoCorasick,
    meanings: Vec<Called>,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    let pairs = WORDS.iter().flat_map(|(means, words)| words.split('|').map(|word| (*means, word)));
    let (meanings, words): (Vec<_>, Vec<_>) = pairs.unzip();
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
    let searcher = builder.build(words).ok()?;
    Some(Finder { searcher, meanings })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_all_that_is_in_them() {
        let rows = [
            ("product-price", vec![Called::PRICE]),
            ("OldPrice", vec![Called::PRICE, Called::BEFORE]),
            ("unit-price-excl-tax", vec![Called::PRICE, Called::ASIDE]),
            ("related-products", vec![Called::OTHERS]),
            ("btn AddToCart", vec![Called::CART]),
            ("/brands/acme", vec![Called::BRAND, Called::BRAND_PATH]),
            ("", vec![]),
        ];
        for (names, means) in rows {
            assert_eq!(Called::of(names), Called(means.iter().fold(0, |all, one| all | one.0)), "{names}");
        }
    }
}
