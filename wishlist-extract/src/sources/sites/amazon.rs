//! Amazon's shops: no structured data, but element ids that have been the same in all countries for years.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use url::Url;

use super::belongs_to;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, flags};
use crate::sources::{Candidates, Structure};

/// Elements of the product's name.
const TITLES: &[&str] = &["productTitle", "ebooksProductTitle", "dmusicProductTitle_feature_div"];

/// Elements of the price that is paid now, the most telling first. Each may be there and empty.
const PRICES: &[&str] = &[
    "corePriceDisplay_desktop_feature_div",
    "corePrice_feature_div",
    "corePrice_desktop",
    "apex_desktop",
    "priceblock_dealprice",
    "priceblock_saleprice",
    "priceblock_ourprice",
    "price_inside_buybox",
    "newBuyBoxPrice",
    "kindle-price",
    "buyNewSection",
    "buybox",
    "usedBuySection",
    "tmmSwatches",
];

/// Elements without which there is nothing to buy by.
const BUY: &[&str] = &[
    "add-to-cart-button",
    "buy-now-button",
    "one-click-button",
    "buybox-see-all-buying-choices",
    "rcx-subscribe-submit-button",
    "checkoutButtonId",
    "mas-buy-button",
];

/// Pictures, the main one first.
const PICTURES: &[&str] = &["landingImage", "imgBlkFront", "ebooksImgBlkFront", "main-image", "js-masrw-main-image"];

/// What stands around the brand's name in the line under the title, in the languages of the shops.
const BYLINES: &[(&str, &str)] = &[
    ("Visit the ", " Store"),
    ("Brand: ", ""),
    ("Visita lo Store di ", ""),
    ("Visita la tienda de ", ""),
    ("Visita la Store di ", ""),
    ("Marca: ", ""),
    ("Visiter la boutique ", ""),
    ("Marque : ", ""),
    ("Marque: ", ""),
    ("Besuche den ", "-Store"),
    ("Besuchen Sie den ", "-Store"),
    ("Besuchen Sie den ", " Store"),
    ("Marke: ", ""),
    ("Bezoek de ", "-winkel"),
    ("Bezoek de ", "-Store"),
    ("Merk: ", ""),
    ("Odwiedź Sklep ", ""),
    ("Odwiedź sklep ", ""),
    ("Marka: ", ""),
    ("Besök ", "-butiken"),
    ("Varumärke: ", ""),
    ("Visite a loja ", ""),
    ("", " Store'u ziyaret edin"),
    ("", "のストアを表示"),
    ("ブランド: ", ""),
    ("访问", "店铺"),
    ("品牌: ", ""),
    ("品牌：", ""),
    ("قم بزيارة متجر ", ""),
    ("زيارة متجر ", ""),
    ("العلامة التجارية: ", ""),
    ("ब्रांड: ", ""),
    ("Visit the ", " Storefront"),
    ("Bezoek de ", "-Winkel"),
];

/// The domains of the shops.
const DOMAINS: &[&str] = &[
    "amazon.com",
    "amazon.co.uk",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.nl",
    "amazon.pl",
    "amazon.se",
    "amazon.ie",
    "amazon.com.be",
    "amazon.com.tr",
    "amazon.ae",
    "amazon.sa",
    "amazon.eg",
    "amazon.in",
    "amazon.co.jp",
    "amazon.cn",
    "amazon.sg",
    "amazon.com.au",
    "amazon.co.za",
    "amazon.ca",
    "amazon.com.mx",
    "amazon.com.br",
    "amazon.cl",
    "amazon.com.co",
    "amazon.com.ng",
];

/// Whether an address is of one of Amazon's shops.
pub(super) fn is_of(url: &Url) -> bool {
    belongs_to(url, DOMAINS)
}

/// Reads a product page; another page of the shop gives nothing.
pub(super) fn read(document: &Document<'_>, url: &Url, candidates: &mut Candidates) -> Structure {
    let ids = ids(document);
    let title = TITLES.iter().find_map(|name| ids.get(name));
    let Some(title) = title else {
        return Structure::default();
    };
    let mut reader = Reader { document, ids: &ids, candidates };
    reader.add(Field::Title, &document.text(*title, 1000));
    reader.asin(url);
    reader.pictures();
    reader.brand();
    reader.availability();
    let priced = reader.price();
    Structure { product: true, priced, ..Structure::default() }
}

/// The ids that some rule asks for.
static ASKED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lists = [PRICES, BUY, PICTURES, TITLES, &["ASIN", "bylineInfo", "availability", "outOfStock"]];
    lists.into_iter().flatten().copied().collect()
});

/// The first element of each id that is asked for; inputs repeat the ids of what they belong to.
fn ids<'a>(document: &Document<'a>) -> HashMap<&'a str, NodeId> {
    let mut ids = HashMap::new();
    for (id, node) in document.nodes().filter(|(_, node)| node.has(flags::ID)) {
        let name = document.attributes(id).raw("id").unwrap_or_default();
        if ASKED.contains(name) && (node.tag != Tag::Input || name.ends_with("button") || name == "ASIN") {
            ids.entry(name).or_insert(id);
        }
    }
    ids
}

struct Reader<'r, 'a> {
    document: &'r Document<'a>,
    ids: &'r HashMap<&'a str, NodeId>,
    candidates: &'r mut Candidates,
}

impl Reader<'_, '_> {
    fn add(&mut self, field: Field, value: &str) {
        self.candidates.add(field, Source::Site, value);
    }

    /// The first price that is neither struck through nor per unit, and the first that is struck through.
    fn price(&mut self) -> bool {
        let mut priced = false;
        for place in PRICES.iter().filter_map(|name| self.ids.get(name)) {
            let (now, before) = self.prices_within(*place);
            if let Some(before) = before {
                self.add(Field::ListPrice, &before);
            }
            if let Some(now) = now {
                self.add(Field::Price, &now);
                priced = true;
            }
            if priced {
                break;
            }
        }
        priced
    }

    fn prices_within(&self, place: NodeId) -> (Option<String>, Option<String>) {
        let document = self.document;
        let is_price = |text: &String| text.len() < 40 && text.bytes().any(|byte| byte.is_ascii_digit());
        let (mut now, mut before) = (None, None);
        for (id, _) in document.within(place).filter(|(_, node)| node.has(flags::CLASS)) {
            let class = document.attributes(id).raw("class").unwrap_or_default();
            let has = |wanted: &str| class.split_ascii_whitespace().any(|name| name == wanted);
            if !["a-offscreen", "a-color-price", "offer-price", "a-text-strike", "priceBlockStrikePriceString"]
                .iter()
                .any(|name| has(name))
            {
                continue;
            }
            let Some(text) = Some(clean(&document.text(id, 100), 60)).filter(is_price) else {
                continue;
            };
            let around: String = document
                .ancestors(id)
                .take(3)
                .map(|(id, _)| document.source(id))
                .chain([document.source(id)])
                .collect();
            if around.contains("strike") || around.contains("Strike") || around.contains("a-text-price") {
                // Prices per unit are written like list prices, in small print.
                before = before
                    .or(Some(text).filter(|_| !around.contains("a-size-mini") && !around.contains("pricePerUnit")));
            } else if now.is_none() {
                now = Some(text);
            }
        }
        if now.is_none() && before.is_none() {
            now = Some(clean(&document.text(place, 100), 60)).filter(is_price);
        }
        (now, before)
    }

    fn asin(&mut self, url: &Url) {
        let input = self.ids.get("ASIN").and_then(|id| self.document.attributes(*id).get("value"));
        let mut parts = url.path().split('/');
        let in_path = parts.find(|part| matches!(*part, "dp" | "product" | "ASIN")).and_then(|_| parts.next());
        if let Some(asin) = input.as_deref().filter(|value| !value.is_empty()).or(in_path) {
            self.add(Field::Sku, asin);
        }
    }

    fn pictures(&mut self) {
        for id in PICTURES.iter().filter_map(|name| self.ids.get(name)) {
            let attributes = self.document.attributes(*id);
            if let Some(large) = attributes.get("data-old-hires") {
                self.add(Field::Image, &large);
            }
            // `{"https://…":[width,height],…}`: the largest is not first.
            let sizes = attributes.get("data-a-dynamic-image").unwrap_or_default();
            let area = |(_, size): &(&str, &str)| {
                let digits = |text: &str| {
                    text.chars().filter(char::is_ascii_digit).take(5).collect::<String>().parse::<u64>().unwrap_or(0)
                };
                size.split_once(',')
                    .map_or(0, |(width, height)| digits(width) * digits(height.split(']').next().unwrap_or("")))
            };
            let pairs = sizes.split("\"http").skip(1).filter_map(|rest| rest.split_once("\":["));
            if let Some((url, _)) = pairs.max_by_key(area) {
                self.add(Field::Image, &format!("http{url}"));
            }
            if let Some(source) = attributes.get("src") {
                self.add(Field::Image, &source);
            }
        }
    }

    fn brand(&mut self) {
        let byline =
            self.ids.get("bylineInfo").filter(|id| self.document.node(**id).is_some_and(|node| node.tag == Tag::A));
        let Some(byline) = byline else { return };
        let text = clean(&self.document.text(*byline, 400), 200);
        let name = BYLINES.iter().find_map(|(before, after)| text.strip_prefix(before)?.strip_suffix(after));
        self.add(Field::Brand, name.unwrap_or(&text));
    }

    /// What can be put into the cart, or be had of other sellers, is in stock; a number in a warning is what is left.
    fn availability(&mut self) {
        let text = self.ids.get("availability").map(|id| clean(&self.document.text(*id, 300), 100)).unwrap_or_default();
        let buyable = BUY.iter().any(|name| self.ids.contains_key(name));
        let few = self.ids.get("availability").is_some_and(|id| {
            let mut colored = self.document.within(*id).filter(|(_, node)| node.tag == Tag::Span);
            colored.any(|(id, _)| self.document.source(id).contains("a-color-price"))
        }) && text.chars().any(|c| c.is_ascii_digit());
        match (buyable, few) {
            (true, true) => self.add(Field::Availability, "LimitedAvailability"),
            (true, false) => self.add(Field::Availability, "InStock"),
            (false, _) if !text.is_empty() || self.ids.contains_key("outOfStock") => {
                self.add(Field::Availability, "OutOfStock");
            }
            _ => {}
        }
    }
}
