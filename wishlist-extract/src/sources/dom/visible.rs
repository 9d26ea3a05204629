//! One walk over what is seen: heading, buy control, prices, stock, labelled values.

use wishlist_core::model::Currency;

use super::amounts::{self, Seen};
use super::called::Called;
use super::prices::{self, Place, Standings};
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

/// Labelled values that are kept.
const MAX_LABELS: usize = 64;

/// How many nodes may lie between a label and its value.
const LABEL_TO_VALUE: NodeId = 12;

/// What the visible page says about itself.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub(crate) struct Visible {
    /// The text of the main heading.
    pub(crate) heading: Option<String>,
    /// Something can be bought here, by a control that belongs to the heading.
    pub(crate) buyable: bool,
    /// A price belongs to the heading.
    pub(crate) priced: bool,
    /// That price stands by the heading as only a product's own does.
    pub(crate) prominent: bool,
    /// The stock of something with a number or a maker's name is told by the heading.
    pub(crate) stocked: bool,
    /// How many prices look alike: many make a list.
    pub(crate) alike: usize,
}

impl Visible {
    /// Whether what is seen shows by itself that something is sold.
    pub(crate) fn is_sold(&self) -> bool {
        self.priced && (self.buyable || self.prominent)
    }
}

/// The places that the walk has found.
#[derive(Debug, Default)]
struct Places {
    prices: Vec<Seen>,
    buys: Vec<NodeId>,
    stock: Vec<(NodeId, Word)>,
    labels: Vec<(Field, String)>,
}

/// Reads the visible page. `names` are the page's titles, folded; `likely` the currencies that the language and the host
/// speak for; without them (where the site's own rules know the product) only labelled values are read.
pub(crate) fn read(
    document: &Document<'_>,
    names: &[String],
    likely: Option<&[Currency]>,
    candidates: &mut Candidates,
) -> Visible {
    let places = walk(document, likely);
    for (field, value) in &places.labels {
        candidates.add(*field, Source::Dom, value);
    }
    let Some(likely) = likely else { return Visible::default() };
    let (anchor, heading) = heading(document, names).map_or((0, None), |(id, text)| (id, Some(text)));
    let buy = places.buys.iter().copied().find(|id| *id > anchor);
    let Standings { alike, prominent } =
        prices::read(document, &places.prices, Place { anchor, buy, likely }, candidates);
    let priced = candidates.of(Field::Price).any(|candidate| candidate.source == Source::Dom);
    let buyable = buy.is_some_and(|id| is_near(id, anchor));
    if let Some(term) = places.availability(anchor, buyable) {
        candidates.add(Field::Availability, Source::Dom, term);
    }
    if let Some(text) = &heading {
        candidates.add(Field::Title, Source::Dom, text);
    }
    if heading.is_some() && candidates.of(Field::Brand).next().is_none() {
        brand::read(document, anchor, candidates);
    }
    numbers::read(document, anchor, candidates);
    if candidates.of(Field::Image).next().is_none() {
        pictures::read(document, anchor, heading.as_deref(), candidates);
    }
    let stocked = !places.labels.is_empty() && places.stock.iter().any(|(id, _)| is_near(*id, anchor));
    Visible { heading, buyable, priced, prominent, stocked, alike }
}

impl Places {
    /// What is said of the product's stock; where nothing is, what can be put into the cart is in stock.
    fn availability(&self, anchor: NodeId, buyable: bool) -> Option<&'static str> {
        let said = self.stock.iter().find(|(id, _)| is_near(*id, anchor)).map(|(_, word)| *word);
        match (said, buyable) {
            (Some(Word::OutOfStock), _) => Some("OutOfStock"),
            (Some(Word::PreOrder), _) => Some("PreOrder"),
            (Some(Word::Limited), _) => Some("LimitedAvailability"),
            (Some(Word::InStock), _) | (None, true) => Some("InStock"),
            _ => None,
        }
    }

    fn label(&mut self, field: Field, value: &str) {
        if self.labels.len() < MAX_LABELS {
            self.labels.push((field, value.trim().to_owned()));
        }
    }
}

/// Whether a place belongs to the heading: what is said of other products stands far from it.
fn is_near(id: NodeId, anchor: NodeId) -> bool {
    id > anchor && id < anchor.saturating_add(NEAR)
}

/// How many nodes after the heading belong to it: gallery, options and buy box of real pages take up to some hundreds.
const NEAR: NodeId = 1500;

/// The heading that the page's titles repeat, else the first.
fn heading(document: &Document<'_>, names: &[String]) -> Option<(NodeId, String)> {
    let read = |wanted: Tag| {
        let all = document.nodes().filter(move |(_, node)| node.tag == wanted).take(20);
        all.map(|(id, _)| (id, clean(&document.text(id, 600), 500))).filter(|(_, text)| !text.is_empty())
    };
    let repeated = |(_, text): &(NodeId, String)| {
        let folded = fold(text);
        folded.len() > 2 && names.iter().any(|name| name.contains(&folded))
    };
    read(Tag::H1)
        .find(repeated)
        .or_else(|| read(Tag::H2).find(|heading| heading.1.len() > 8 && repeated(heading)))
        .or_else(|| read(Tag::H1).next())
        .or_else(|| read(Tag::H2).find(repeated))
}

/// Looks at every short text that is seen, and at every button.
fn walk(document: &Document<'_>, likely: Option<&[Currency]>) -> Places {
    let mut places = Places::default();
    let mut label: Option<(Field, NodeId)> = None;
    for (id, tag) in document.seen() {
        match tag {
            Tag::Text => {
                let source = document.source(id).trim();
                let waiting = label.take().filter(|(_, at)| id < at + LABEL_TO_VALUE);
                if source.len() > SHORT {
                    continue;
                }
                let text = unescape(source);
                if let Some((field, _)) = waiting {
                    places.label(field, text.trim_start_matches([':', ' ']));
                }
                if let Some(likely) = likely.filter(|_| places.prices.len() < MAX_PRICES) {
                    places.prices.extend(amounts::seen(document, id, &text, likely));
                }
                label = read_words(id, &text, &mut places);
            }
            Tag::Input | Tag::Button if is_buy_control(document, id, tag) => places.buys.push(id),
            _ => {}
        }
    }
    places
}

/// Whether a button says that it buys, in its attributes: icon buttons and inputs have no text.
fn is_buy_control(document: &Document<'_>, id: NodeId, tag: Tag) -> bool {
    let attributes = document.attributes(id);
    let presses = tag == Tag::Button || matches!(attributes.raw("type"), Some("submit" | "button" | "image"));
    let says = |name: &&str| attributes.get(name).is_some_and(|value| word(&value) == Some(Word::Buy));
    presses && (["value", "title", "aria-label"].iter().any(says) || Called::of(document.source(id)).has(Called::CART))
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
        Word::Buy => {}
        Word::Label(field) if !value.is_empty() => places.label(field, value),
        Word::Label(field) => {
            // `EAN 4006381333931`: the value follows without a colon. `ISBN-13` is a label alone.
            let digits = head.find(|c: char| c.is_ascii_digit()).and_then(|at| head.get(at..));
            match digits.filter(|text| text.len() > 4 && head.trim_start().starts_with(char::is_alphabetic)) {
                Some(value) => places.label(field, value),
                None => return Some((field, id)),
            }
        }
        stock => places.stock.push((id, stock)),
    }
    None
}
