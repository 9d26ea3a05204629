//! eBay's shops: one item of one seller, in the make-up of its item pages (`x-…`, `ux-…` classes) and in that of their
//! predecessors (element ids).

use url::Url;

use super::belongs_to;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, flags};
use crate::sources::{Candidates, Structure};

/// The domains of the shops, without the labels before (`www`, `m`, `cafr`, `benl`, …).
const DOMAINS: &[&str] = &[
    "ebay.com",
    "ebay.co.uk",
    "ebay.de",
    "ebay.fr",
    "ebay.it",
    "ebay.es",
    "ebay.at",
    "ebay.ch",
    "ebay.be",
    "ebay.nl",
    "ebay.ie",
    "ebay.pl",
    "ebay.ca",
    "ebay.com.au",
    "ebay.com.hk",
    "ebay.com.sg",
    "ebay.com.my",
    "ebay.ph",
    "ebay.vn",
    "ebay.in",
];

/// The parts of an item page that a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Price,
    ListPrice,
    Picture,
    Quantity,
    Buy,
    Ended,
    Brand,
    Gtin,
}

/// By what parts are called: a class or an id, as a whole.
const PARTS: &[(&str, Part)] = &[
    ("x-item-title__mainTitle", Part::Title),
    ("itemTitle", Part::Title),
    ("x-price-primary", Part::Price),
    ("mm-saleDscPrc", Part::Price),
    ("prcIsum", Part::Price),
    ("prcIsum_bidPrice", Part::Price),
    ("ux-textspans--STRIKETHROUGH", Part::ListPrice),
    ("orgPrc", Part::ListPrice),
    ("mm-saleOrgPrc", Part::ListPrice),
    ("ux-image-carousel-item", Part::Picture),
    ("icImg", Part::Picture),
    ("x-quantity__availability", Part::Quantity),
    ("qtyAvailability", Part::Quantity),
    ("qtySubTxt", Part::Quantity),
    ("x-bin-action", Part::Buy),
    ("x-bid-action", Part::Buy),
    ("x-atc-action", Part::Buy),
    ("x-offer-action", Part::Buy),
    ("binBtn_btn", Part::Buy),
    ("binBtn_btn_1", Part::Buy),
    ("bidBtn_btn", Part::Buy),
    ("isCartBtn_btn", Part::Buy),
    ("atcBtn_btn_1", Part::Buy),
    ("boBtn_btn", Part::Buy),
    ("ux-layout-section__textual-display--statusMessage", Part::Ended),
    ("d-statusmessage", Part::Ended),
    ("msgTextAlign", Part::Ended),
    ("ux-labels-values--brand", Part::Brand),
    ("ux-labels-values--ean", Part::Gtin),
    ("ux-labels-values--upc", Part::Gtin),
    ("ux-labels-values--isbn", Part::Gtin),
];

/// Elements of one page that are looked at for each part: a carousel has some two dozen pictures.
const MAX_PLACES: usize = 64;

/// Whether an address is of one of eBay's shops.
pub(super) fn is_of(url: &Url) -> bool {
    belongs_to(url, DOMAINS)
}

/// Reads an item page; another page of the shop gives nothing.
pub(super) fn read(document: &Document<'_>, url: &Url, candidates: &mut Candidates) -> Structure {
    let places = places(document);
    let mut reader = Reader { document, places: &places, candidates };
    let Some(title) = reader.first(Part::Title) else {
        return Structure::default();
    };
    // The older heading begins with a word for screen readers.
    let title = document.text(title, 1000);
    reader.add(Field::Title, title.rsplit_once('\u{a0}').map_or(title.as_str(), |(_, title)| title));
    if let Some(number) = item_number(url) {
        reader.add(Field::Sku, &number);
    }
    reader.pictures();
    reader.specifics();
    let priced = reader.prices();
    reader.availability();
    Structure { product: true, priced, ..Structure::default() }
}

/// The places of parts, in page order.
fn places(document: &Document<'_>) -> Vec<(Part, NodeId)> {
    let mut places: Vec<(Part, NodeId)> = Vec::new();
    for (id, _) in document.nodes().filter(|(_, node)| node.has(flags::CLASS) || node.has(flags::ID)) {
        let attributes = document.attributes(id);
        let names = ["class", "id"].into_iter().filter_map(|name| attributes.raw(name));
        let parts = names.flat_map(str::split_ascii_whitespace).filter_map(part);
        for part in parts {
            if places.iter().filter(|(other, _)| *other == part).count() < MAX_PLACES {
                places.push((part, id));
            }
        }
    }
    places
}

fn part(name: &str) -> Option<Part> {
    PARTS.iter().find(|(is, _)| *is == name).map(|(_, part)| *part)
}

struct Reader<'r, 'a> {
    document: &'r Document<'a>,
    places: &'r [(Part, NodeId)],
    candidates: &'r mut Candidates,
}

impl<'r> Reader<'r, '_> {
    fn add(&mut self, field: Field, value: &str) {
        self.candidates.add(field, Source::Site, value);
    }

    fn all(&self, part: Part) -> impl Iterator<Item = NodeId> + use<'r> {
        self.places.iter().filter(move |(is, _)| *is == part).map(|(_, id)| *id)
    }

    fn first(&self, part: Part) -> Option<NodeId> {
        self.all(part).next()
    }

    fn text(&self, id: NodeId) -> String {
        clean(&self.document.text(id, 400), 200)
    }

    /// What is paid now, and what was before: the first struck-through amount behind it, not one of another item.
    fn prices(&mut self) -> bool {
        let is_price = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
        let price = self.all(Part::Price).map(|id| (id, self.text(id))).find(|(_, text)| is_price(text));
        let Some((at, text)) = price else { return false };
        // `US $12.99/ea`: the price of each.
        self.add(Field::Price, text.split('/').next().unwrap_or(&text));
        let near = |id: &NodeId| (at..at.saturating_add(120)).contains(id);
        if let Some(before) = self.all(Part::ListPrice).find(near).map(|id| self.text(id)).filter(is_price) {
            self.add(Field::ListPrice, &before);
        }
        true
    }

    fn pictures(&mut self) {
        for place in self.all(Part::Picture).take(24) {
            let whole = std::iter::once(place).chain(self.document.within(place).map(|(id, _)| id));
            let picture = whole.take(20).find(|id| self.document.node(*id).is_some_and(|node| node.tag == Tag::Img));
            let Some(attributes) = picture.map(|id| self.document.attributes(id)) else { continue };
            let address = ["data-zoom-src", "data-src", "src"].iter().find_map(|name| attributes.get(name));
            if let Some(address) = address {
                self.add(Field::Image, &largest(&address));
            }
        }
    }

    /// Brand and trade number stand in a list of labels and values.
    fn specifics(&mut self) {
        for (part, field) in [(Part::Brand, Field::Brand), (Part::Gtin, Field::Gtin)] {
            let document = self.document;
            let value = |place: NodeId| {
                let is = |id: &NodeId| {
                    let class = document.attributes(*id).raw("class").unwrap_or_default();
                    class.split_ascii_whitespace().any(|name| name == "ux-labels-values__values")
                };
                document.within(place).map(|(id, _)| id).take(40).find(is)
            };
            if let Some(value) = self.first(part).and_then(value).map(|id| self.text(id)) {
                self.add(field, &value);
            }
        }
    }

    /// An item that has ended is gone for good; one with a button is there, though it may be the last.
    fn availability(&mut self) {
        let quantity = self.first(Part::Quantity).map(|id| self.text(id)).unwrap_or_default();
        let number: String = quantity.chars().filter(char::is_ascii_digit).take(6).collect();
        let ended = self.all(Part::Ended).any(|id| !self.text(id).is_empty());
        let term = match (self.first(Part::Buy).is_some(), number.parse::<u32>()) {
            (false, _) if ended => "Discontinued",
            (_, Ok(0)) => "OutOfStock",
            (true, Ok(1)) => "LimitedAvailability",
            (true, _) => "InStock",
            (false, _) if !quantity.is_empty() && number.is_empty() => "OutOfStock",
            _ => return,
        };
        self.add(Field::Availability, term);
    }
}

/// The number after `/itm/`, with or without the item's name between.
fn item_number(url: &Url) -> Option<String> {
    let mut parts = url.path().split('/').skip_while(|part| *part != "itm").skip(1);
    parts.find(|part| part.len() >= 9 && part.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}

/// The largest version of a picture: the size is part of its name (`s-l500.jpg`), and 1600 is the largest there is.
fn largest(address: &str) -> String {
    let Some((before, rest)) = address.split_once("/s-l") else {
        return address.to_owned();
    };
    let end = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}/s-l1600{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shops_are_known_by_their_domain_alone() {
        let rows = [
            ("https://www.ebay.com/itm/1", true),
            ("https://cafr.ebay.ca/itm/1", true),
            ("https://ebay.co.uk/itm/1", true),
            ("https://www.notebay.com/itm/1", false),
            ("https://ebay.com.shop.example/itm/1", false),
        ];
        for (url, expected) in rows {
            assert_eq!(is_of(&url.parse().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn items_have_numbers_and_pictures_sizes() {
        let number = |url: &str| item_number(&url.parse().unwrap());
        assert_eq!(number("https://www.ebay.de/itm/Hand-mill/123456789012?var=5").as_deref(), Some("123456789012"));
        assert_eq!(number("https://www.ebay.de/itm/123456789012").as_deref(), Some("123456789012"));
        assert_eq!(number("https://www.ebay.de/b/123456789012"), None);
        assert_eq!(
            largest("https://i.ebayimg.com/images/g/abc/s-l64.webp"),
            "https://i.ebayimg.com/images/g/abc/s-l1600.webp"
        );
        assert_eq!(largest("https://i.ebayimg.com/a.jpg"), "https://i.ebayimg.com/a.jpg");
    }
}
