//! One walk over what is seen: heading, buy control, prices, stock, labelled values.

use super::called::Called;
use super::prices::{self, Seen};
use super::words::{LONGEST, Word, word};
use super::{brand, numbers, pictures};
use crate::extraction::{Field, Source};
use crate::fields::fold;
use crate::page::{Document, NodeId, Tag, clean, unescape};
use crate::sources::Candidates;

/// Short texts with an amount that are looked at; a list page has some three hundred.
const MAX_PRICES: usize = 400;

/// A text longer than this is prose: no price, button or label.
const SHORT: usize = 120;

/// What the visible page says about itself.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The text of the main heading.
    pub(crate) heading: Option<String>,
    /// Something can be bought here, by a control that belongs to the heading.
    pub(crate) buyable: bool,
    /// A price belongs to the heading.
    pub(crate) priced: bool,
    /// How many prices look alike: many make a list.
    pub(crate) alike: usize,
}

/// The places that the walk has found.
#[derive(Debug, Default)]
struct Places {
    prices: Vec<Seen>,
    buys: Vec<NodeId>,
    stock: Vec<(NodeId, Word)>,
    labels: Vec<(Field, NodeId, String)>,
}

/// Reads the visible page. `names` are the page's titles, folded; where the site's own rules know the product, only
/// labelled values are read.
pub(crate) fn read(document: &Document<'_>, names: &[String], known: bool, candidates: &mut Candidates) -> Visible {
    let heading = heading(document, names);
    let anchor = heading.as_ref().map_or(0, |(id, _)| *id);
    let places = walk(document, !known);
    for (field, _, value) in &places.labels {
        candidates.add(*field, Source::Dom, value);
    }
    if known {
        return Visible::default();
    }
    let buy = places.buys.iter().copied().find(|id| *id > anchor);
    let alike = prices::read(document, &places.prices, anchor, buy, candidates);
    let priced = candidates
        .of(Field::Price)
        .any(|candidate| candidate.source == Source::Dom);
    // Stock that is said of the product stands near its heading, of others far from it.
    let near = |id: NodeId| id > anchor && id < anchor.saturating_add(NEAR);
    let stock = places
        .stock
        .iter()
        .filter(|(id, _)| near(*id))
        .map(|(_, word)| *word)
        .next();
    let buyable = buy.is_some_and(near);
    let term = match (stock, buyable) {
        (Some(Word::OutOfStock), _) => Some("OutOfStock"),
        (Some(Word::PreOrder), _) => Some("PreOrder"),
        (Some(Word::InStock), _) | (None, true) => Some("InStock"),
        _ => None,
    };
    if let Some(term) = term {
        candidates.add(Field::Availability, Source::Dom, term);
    }
    if let Some((_, text)) = &heading {
        candidates.add(Field::Title, Source::Dom, text);
    }
    if heading.is_some() && candidates.of(Field::Brand).next().is_none() {
        brand::read(document, anchor, candidates);
    }
    numbers::read(document, anchor, candidates);
    if candidates.of(Field::Image).next().is_none() {
        let called = heading.as_ref().map(|(_, text)| text.as_str());
        pictures::read(document, anchor, called, candidates);
    }
    Visible {
        heading: heading.map(|(_, text)| text),
        buyable,
        priced,
        alike,
    }
}

/// How many nodes after the heading belong to it: gallery, options and buy box of real pages take up to some hundreds.
const NEAR: NodeId = 1500;

/// The heading that the page's titles repeat, else the first.
fn heading(document: &Document<'_>, names: &[String]) -> Option<(NodeId, String)> {
    let read = |wanted: Tag| {
        let all = document.nodes().filter(move |(_, node)| node.tag == wanted).take(20);
        all.map(|(id, _)| (id, clean(&document.text(id, 600), 500)))
            .filter(|(_, text)| !text.is_empty())
    };
    let repeated = |(_, text): &(NodeId, String)| {
        let folded = fold(text);
        folded.len() > 2 && names.iter().any(|name| name.contains(&folded))
    };
    read(Tag::H1)
        .find(repeated)
        .or_else(|| read(Tag::H1).next())
        .or_else(|| read(Tag::H2).find(repeated))
}

/// Looks at every short text that is seen, and at every button.
fn walk(document: &Document<'_>, priced: bool) -> Places {
    let mut places = Places::default();
    let mut label: Option<(Field, NodeId)> = None;
    for (id, tag) in document.seen() {
        match tag {
            Tag::Text => {
                let source = document.source(id).trim();
                if source.len() > SHORT {
                    label = None;
                    continue;
                }
                let text = unescape(source);
                if let Some((field, at)) = label.take()
                    && id < at + 12
                    && places.labels.len() < 64
                {
                    places
                        .labels
                        .push((field, id, text.trim_start_matches([':', ' ']).to_owned()));
                }
                if priced && places.prices.len() < MAX_PRICES {
                    places.prices.extend(prices::seen(document, id, &text));
                }
                label = read_words(id, &text, &mut places);
            }
            Tag::Input | Tag::Button => {
                let attributes = document.attributes(id);
                let submit =
                    tag == Tag::Button || matches!(attributes.raw("type"), Some("submit" | "button" | "image"));
                let says = |name: &str| {
                    attributes
                        .get(name)
                        .is_some_and(|value| word(&value) == Some(Word::Buy))
                };
                if submit
                    && (says("value")
                        || says("title")
                        || says("aria-label")
                        || Called::of(document.source(id)).has(Called::CART))
                {
                    places.buys.push(id);
                }
            }
            _ => {}
        }
    }
    places
}

/// Notes a button's, stock's or labelled value's words; returns a label whose value is still to come.
fn read_words(id: NodeId, text: &str, places: &mut Places) -> Option<(Field, NodeId)> {
    let (head, rest) = match text.find([':', '：', '#']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    if head.len() > LONGEST {
        return None;
    }
    let value = rest.trim_start_matches([':', '：', '#', ' ', '\u{a0}', '.']).trim();
    match word(head)? {
        Word::Buy if value.is_empty() => places.buys.push(id),
        Word::Label(field) if !value.is_empty() => places.labels.push((field, id, value.to_owned())),
        // `EAN 4006381333931`: the value follows without a colon.
        Word::Label(field) => {
            let digits = head
                .find(|c: char| c.is_ascii_digit())
                .and_then(|at| head.get(at..))
                .filter(|text| text.len() > 4);
            match digits {
                Some(digits) if head.trim_start().starts_with(char::is_alphabetic) => {
                    places.labels.push((field, id, digits.trim().to_owned()));
                }
                _ => return Some((field, id)),
            }
        }
        Word::Buy => {}
        stock => places.stock.push((id, stock)),
    }
    None
}
