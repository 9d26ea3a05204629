//! Which of the amounts on a page is its price.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use wishlist_core::model::Currency;

use super::amounts::{Seen, has_sign};
use super::called::{Called, names};
use super::words::{begins_before, begins_lowest, is_net};
use crate::extraction::{Field, Source};
use crate::fields::amount_of;
use crate::page::{Document, NodeId, Tag, clean, unescape};
use crate::price::is_digit;
use crate::sources::Candidates;

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
    named: bool,
    /// The names of the elements around it: amounts in cards of a list have the same.
    alike: u64,
}

/// What is known of the place where a price is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    /// The main heading.
    pub(super) anchor: NodeId,
    /// The control to buy by.
    pub(super) buy: Option<NodeId>,
    /// The currencies that the language and the host speak for.
    pub(super) likely: &'p [Currency],
}

/// How the amounts of a page stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standings {
    /// How many different amounts look alike most often.
    pub(super) alike: usize,
    /// The price stands by the heading, is called one, and nothing else looks like it.
    pub(super) prominent: bool,
}

/// Points from which on an amount is taken for the price, and from which on it shows by itself that something is sold.
const ENOUGH: i64 = 3;
const PROMINENT: i64 = 7;

/// Nodes that a price may stand before its heading.
const JUST_BEFORE: NodeId = 15;

/// Nodes between the text of a label and its amount.
const LABEL: NodeId = 4;

/// Nodes between two amounts that stand side by side.
const NEXT: NodeId = 6;

/// Amounts of cards in a list look alike from this number of different ones on.
const MANY_ALIKE: usize = 4;

/// Gives the price and the list price that stand best to the heading and the control to buy by.
pub(super) fn read(document: &Document<'_>, all: &[Seen], place: Place<'_>, candidates: &mut Candidates) -> Standings {
    let mut judge = Judge { document, place, names: HashMap::new() };
    let mut standings: Vec<(&Seen, Standing)> = all.iter().map(|seen| (seen, judge.standing(seen))).collect();
    let counts = alike(&standings);
    for (_, standing) in &mut standings {
        let alike = counts.get(&standing.alike).copied().unwrap_or_default();
        standing.points -= if alike >= MANY_ALIKE { 8 } else { 0 };
    }
    let best = |before: bool| {
        let fit = standings.iter().filter(|(_, standing)| standing.before == before && standing.points >= ENOUGH);
        fit.max_by_key(|(seen, standing)| (standing.points, std::cmp::Reverse(seen.id)))
    };
    // What is called an old price and has no new one beside it is the price: its name is a template's.
    let lone = |(seen, standing): &&(&Seen, Standing)| {
        best(false).is_none_or(|(other, now)| standing.points > now.points && seen.id.abs_diff(other.id) > 60)
    };
    let mut found = Standings { alike: counts.values().copied().max().unwrap_or_default(), prominent: false };
    if let Some((seen, standing)) = best(true).filter(lone).or_else(|| best(false)) {
        found.prominent = standing.named && standing.points >= PROMINENT;
        let equals = standings.iter().filter(|(_, other)| !other.before && other.points == standing.points);
        let lower = equals.map(|(other, _)| *other).find(|other| is_reduced(other, seen));
        candidates.add(Field::Price, Source::Dom, with_point(lower.unwrap_or(seen), all));
        let near = |(before, _): &&(&Seen, Standing)| (1..60).contains(&before.id.abs_diff(seen.id));
        if let Some((before, _)) = best(true).filter(near) {
            candidates.add(Field::ListPrice, Source::Dom, with_point(before, all));
        } else if lower.is_some() {
            candidates.add(Field::ListPrice, Source::Dom, with_point(seen, all));
        }
    }
    found
}

/// Whether of two amounts side by side the other is what is left of the first: lower, though no shipping and no instalment.
fn is_reduced(other: &Seen, seen: &Seen) -> bool {
    let beside = (1..=NEXT).contains(&other.id.abs_diff(seen.id));
    let amounts = || Some((amount_of(&other.text)?, amount_of(&seen.text)?));
    beside && amounts().is_some_and(|(other, seen)| other < seen && other > seen / 3)
}

/// How many different amounts stand in elements of the same names; a price that is repeated makes no list.
fn alike(standings: &[(&Seen, Standing)]) -> HashMap<u64, usize> {
    let mut amounts: HashMap<u64, HashSet<String>> = HashMap::new();
    for (seen, standing) in standings {
        amounts.entry(standing.alike).or_default().insert(digits(&seen.text));
    }
    amounts.into_iter().map(|(alike, amounts)| (alike, amounts.len())).collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| is_digit(*c)).collect()
}

/// `$229.99` for `$22999`: what is set in parts for the eye is often written out beside for screen readers.
fn with_point<'s>(seen: &'s Seen, all: &'s [Seen]) -> &'s str {
    let own = digits(&seen.text);
    let whole = own.len() < 3 || seen.text.contains(['.', ',']);
    let near = all.iter().filter(|other| !whole && (1..12).contains(&other.id.abs_diff(seen.id)));
    let mut pointed = near.filter(|other| {
        let decimals = other.text.rsplit(['.', ',']).next().map(digits);
        decimals.is_some_and(|decimals| decimals.len() == 2) && digits(&other.text) == own
    });
    pointed.next().map_or(seen.text.as_str(), |other| other.text.as_str())
}

struct Judge<'j, 'a> {
    document: &'j Document<'a>,
    place: Place<'j>,
    names: HashMap<NodeId, Names>,
}

impl Judge<'_, '_> {
    fn standing(&mut self, seen: &Seen) -> Standing {
        let mut standing = Standing { points: 0, before: self.is_announced(seen), named: false, alike: 0 };
        for (depth, (id, node)) in self.document.ancestors(seen.id).take(16).enumerate() {
            let Names { called, hash } = *self.names.entry(id).or_insert_with(|| Names::of(self.document, id));
            if depth < 5 {
                standing.alike = standing.alike.rotate_left(7) ^ hash;
            }
            if depth < 4 {
                standing.named |= called.has(Called::PRICE);
                standing.before |= matches!(node.tag, Tag::Del | Tag::S | Tag::Strike) || called.has(Called::BEFORE);
                standing.points -= if called.has(Called::ASIDE) { 5 } else { 0 };
            }
            let other = matches!(node.tag, Tag::Nav | Tag::Footer | Tag::Aside | Tag::Select | Tag::Option);
            standing.points -= if other || called.has(Called::OTHERS) { 6 } else { 0 };
        }
        standing.points += self.place(seen) + if standing.named { 4 } else { 0 };
        standing
    }

    /// Whether the amount, or the text right before it, begins with the word for a former price.
    fn is_announced(&self, seen: &Seen) -> bool {
        let text =
            |id: NodeId| self.document.node(id).filter(|node| node.tag == Tag::Text).map(|_| self.document.source(id));
        let label = (1..=LABEL).find_map(|back| text(seen.id.checked_sub(back)?));
        let label = label.map(|label| clean(&unescape(label), 80)).unwrap_or_default();
        let announces = |text: &str| begins_lowest(text) || (!label.contains(is_digit) && begins_before(text));
        begins_before(&seen.text) || begins_lowest(&seen.text) || announces(&label)
    }

    /// Points for standing just before or after the heading, before or at the control, and for what the text itself is.
    fn place(&self, seen: &Seen) -> i64 {
        let Place { anchor, buy, likely } = self.place;
        let after = seen.id.saturating_add(JUST_BEFORE) > anchor;
        let mut points = match buy {
            Some(buy) if after && seen.id < buy.saturating_add(40) => 4,
            _ if after => 2,
            _ => 0,
        };
        points -= i64::from(seen.id.abs_diff(anchor) / 200).min(6);
        let partial = seen.text.contains(['/', '%']) || seen.text.starts_with(['-', '+']);
        points -= if partial { 4 } else { 0 };
        points -= if is_net(&seen.text) { 8 } else { 0 };
        // A sentence with an amount is about something else.
        let letters = seen.text.chars().filter(|c| c.is_alphabetic()).count();
        points -= if letters > 12 { 3 } else { 0 };
        points + i64::from(has_sign(&seen.text, likely))
    }
}
