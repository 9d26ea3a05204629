//! Which of the amounts on a page is its price.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::called::{Called, names};
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, flags, unescape};
use crate::price::{PriceHints, parse_price};
use crate::sources::Candidates;

/// A price as it stands: longer texts are sentences.
const LONGEST: usize = 60;

/// A price in parts, joined.
const LONGEST_WHOLE: usize = 32;

/// An amount on the page.
#[derive(Debug)]
pub(super) struct Seen {
    id: NodeId,
    text: String,
}

/// The amount that a short text is or is part of.
pub(super) fn seen(document: &Document<'_>, id: NodeId, text: &str) -> Option<Seen> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let sign = has_sign(text);
    if text.len() > LONGEST || !(sign || digits) {
        return None;
    }
    let named = || document.ancestors(id).take(2).any(|(id, _)| Called::of_element(document, id).has(Called::PRICE));
    let priced = sign || (is_bare(text) && named());
    if !priced {
        return None;
    }
    // A price in parts: `<b>12</b><sup>99</sup>`, `<span>€</span><span>12</span>`.
    let wholes = document.ancestors(id).take(3).map(|(parent, _)| joined(document, parent));
    let whole = wholes.take_while(|whole| whole.len() <= LONGEST_WHOLE && is_one_amount(whole)).last();
    let own = || digits.then(|| text.trim().to_owned());
    let text = whole.or_else(own).or_else(|| beside(document, id, text))?;
    Some(Seen { id, text })
}

/// The number before a sign that stands in an element of its own.
fn beside(document: &Document<'_>, id: NodeId, sign: &str) -> Option<String> {
    let number = |other: NodeId| {
        document.node(other).filter(|node| node.tag == Tag::Text)?;
        Some(document.source(other).trim()).filter(|text| !text.is_empty() && is_bare(text))
    };
    let number = (1..=3).find_map(|back| number(id.checked_sub(back)?))?;
    let sign = sign.trim();
    (sign.chars().count() <= 3).then(|| format!("{number} {sign}"))
}

/// Digits and what parts them, and nothing else.
fn is_bare(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b".,' ".contains(&byte))
}

fn has_sign(text: &str) -> bool {
    let bytes = text.as_bytes();
    let symbol = || {
        text.chars().any(|c| {
            matches!(
                c,
                '$' | '€'
                    | '£'
                    | '¥'
                    | '￥'
                    | '₹'
                    | '₽'
                    | '₴'
                    | '₺'
                    | '₪'
                    | '₩'
                    | '฿'
                    | '₫'
                    | '円'
                    | '元'
                    | '＄'
                    | '₱'
                    | '₦'
                    | '₸'
            )
        })
    };
    symbol()
        || (bytes.iter().any(u8::is_ascii_digit)
            && text.split(|c: char| !c.is_alphabetic()).all(|word| word.len() <= 12)
            && text.contains(char::is_alphabetic)
            && bytes.len() <= 24
            && parse_price(text, &PriceHints::default()).is_some_and(|price| price.currency.is_some()))
}

/// The text of an element of which parts are cents: superscripts and what is called so.
fn joined(document: &Document<'_>, id: NodeId) -> String {
    let mut text = String::new();
    for (child, node) in document.within(id).take(24) {
        if node.tag == Tag::Raw || text.len() > 80 {
            continue;
        }
        if node.has(flags::SPACE) {
            text.push(' ');
        }
        if node.tag != Tag::Text {
            continue;
        }
        let part = unescape(document.source(child));
        let cents = part.trim().len() == 2 && part.trim().bytes().all(|byte| byte.is_ascii_digit());
        let small = document.ancestors(child).next().is_some_and(|(parent, node)| {
            matches!(node.tag, Tag::Sup | Tag::Small) || Called::of_element(document, parent).has(Called::CENTS)
        });
        if cents && small && text.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
            text.truncate(text.trim_end().len());
            text.push('.');
        }
        text.push_str(&part);
    }
    clean(&text, 80)
}

/// One number, or one and its cents.
fn is_one_amount(text: &str) -> bool {
    let runs = text
        .split(|c: char| !(c.is_ascii_digit() || ".,' \u{a0}".contains(c)))
        .filter(|run| run.bytes().any(|byte| byte.is_ascii_digit()));
    runs.count() == 1
}

/// What an element's names say about the amounts in it.
#[derive(Clone, Copy, Debug)]
struct Names {
    called: Called,
    hash: u64,
}

impl Names {
    fn of(document: &Document<'_>, id: NodeId) -> Self {
        let mut hasher = DefaultHasher::new();
        names(document, id).for_each(|name| name.hash(&mut hasher));
        Self { called: Called::of_element(document, id), hash: hasher.finish() }
    }
}

/// How an amount stands on the page.
struct Standing {
    points: i64,
    before: bool,
    /// The names of the elements around it: amounts in cards of a list have the same.
    alike: u64,
}

/// Gives the price and the list price that stand best to the heading at `anchor` and the control at `buy`; the number of
/// amounts that look alike most often.
pub(super) fn read(
    document: &Document<'_>,
    all: &[Seen],
    anchor: NodeId,
    buy: Option<NodeId>,
    candidates: &mut Candidates,
) -> usize {
    let mut judge = Judge { document, anchor, buy, names: HashMap::new() };
    let mut standings: Vec<(&Seen, Standing)> = all.iter().map(|seen| (seen, judge.standing(seen))).collect();
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for (_, standing) in &standings {
        *counts.entry(standing.alike).or_default() += 1;
    }
    for (_, standing) in &mut standings {
        let alike = counts.get(&standing.alike).copied().unwrap_or_default();
        standing.points -= if alike > 3 { 8 } else { 0 };
    }
    let best = |before: bool| {
        let fit = standings.iter().filter(|(_, standing)| standing.before == before && standing.points >= 3);
        fit.max_by_key(|(seen, standing)| (standing.points, std::cmp::Reverse(seen.id)))
    };
    // What is called an old price and has no new one beside it is the price: its name is a template's.
    let lone = |(seen, standing): &&(&Seen, Standing)| {
        best(false).is_none_or(|(other, now)| standing.points > now.points && seen.id.abs_diff(other.id) > 60)
    };
    if let Some((seen, _)) = best(true).filter(lone).or_else(|| best(false)) {
        candidates.add(Field::Price, Source::Dom, &seen.text);
        if let Some((before, _)) = best(true).filter(|(before, _)| (1..60).contains(&before.id.abs_diff(seen.id))) {
            candidates.add(Field::ListPrice, Source::Dom, &before.text);
        }
    }
    counts.values().copied().max().unwrap_or_default()
}

struct Judge<'j, 'a> {
    document: &'j Document<'a>,
    anchor: NodeId,
    buy: Option<NodeId>,
    names: HashMap<NodeId, Names>,
}

impl Judge<'_, '_> {
    fn standing(&mut self, seen: &Seen) -> Standing {
        let mut standing = Standing { points: 0, before: false, alike: 0 };
        let mut named = false;
        for (depth, (id, node)) in self.document.ancestors(seen.id).take(16).enumerate() {
            let Names { called, hash } = *self.names.entry(id).or_insert_with(|| Names::of(self.document, id));
            if depth < 5 {
                standing.alike = standing.alike.rotate_left(7) ^ hash;
            }
            if depth < 4 {
                named |= called.has(Called::PRICE);
                standing.before |= matches!(node.tag, Tag::Del | Tag::S | Tag::Strike) || called.has(Called::BEFORE);
                standing.points -= if called.has(Called::ASIDE) { 5 } else { 0 };
            }
            let other = matches!(node.tag, Tag::Nav | Tag::Footer | Tag::Aside | Tag::Select | Tag::Option);
            standing.points -= if other || called.has(Called::OTHERS) { 6 } else { 0 };
        }
        standing.points += self.place(seen) + if named { 4 } else { 0 };
        standing
    }

    /// Points for standing after the heading, before or at the control, and for what the text itself is.
    fn place(&self, seen: &Seen) -> i64 {
        let mut points = match self.buy {
            Some(buy) if seen.id > self.anchor && seen.id < buy + 40 => 4,
            _ if seen.id > self.anchor => 2,
            _ => 0,
        };
        points -= i64::from(seen.id.abs_diff(self.anchor) / 200).min(6);
        let partial = seen.text.contains(['/', '%']) || seen.text.starts_with(['-', '+']);
        points -= if partial { 4 } else { 0 };
        // A sentence with an amount is about something else.
        let letters = seen.text.chars().filter(|c| c.is_alphabetic()).count();
        points -= if letters > 12 { 3 } else { 0 };
        points + i64::from(has_sign(&seen.text))
    }
}
