//! Short texts that are amounts of money.

use wishlist_core::model::Currency;

use super::called::Called;
use crate::page::{Document, NodeId, Tag, clean, flags, unescape};
use crate::price::{PriceHints, is_digit, parse_price};

/// A price as it stands: longer texts are sentences.
const LONGEST: usize = 60;

/// A price in parts, joined.
const LONGEST_WHOLE: usize = 32;

/// An amount on the page.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) id: NodeId,
    pub(super) text: String,
}

/// The amount that a short text is or is part of.
pub(super) fn seen(document: &Document<'_>, id: NodeId, text: &str, likely: &[Currency]) -> Option<Seen> {
    let digits = text.contains(is_digit);
    let sign = has_sign(text, likely);
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
    let wholes = wholes.skip_while(|whole| !whole.contains(is_digit));
    let whole = wholes.take_while(|whole| whole.len() <= LONGEST_WHOLE && is_one_amount(whole)).last();
    let own = || digits.then(|| text.trim().to_owned());
    let text = whole.or_else(own).or_else(|| beside(document, id, text))?;
    Some(Seen { id, text })
}

/// The number before a sign that stands in an element of its own.
fn beside(document: &Document<'_>, id: NodeId, sign: &str) -> Option<String> {
    let number = |other: NodeId| {
        document.node(other).filter(|node| node.tag == Tag::Text)?;
        let text = unescape(document.source(other));
        Some(text.trim().to_owned()).filter(|text| text.contains(is_digit) && is_bare(text))
    };
    let number = (1..=3).find_map(|back| number(id.checked_sub(back)?))?;
    let sign = sign.trim();
    (sign.chars().count() <= 3).then(|| format!("{number} {sign}"))
}

/// Digits and what parts them, and nothing else.
fn is_bare(text: &str) -> bool {
    text.chars().all(|c| is_digit(c) || c.is_whitespace() || ".,'’٫٬".contains(c))
}

/// Symbols that stand beside amounts and nowhere else.
const SYMBOLS: [char; 20] =
    ['$', '€', '£', '¥', '￥', '₹', '₽', '₴', '₺', '₪', '₩', '฿', '₫', '円', '元', '＄', '₱', '₦', '₸', '﷼'];

/// Currencies whose signs are measures and model names elsewhere (`10 km`, `6 ft`, `2012 R2`): they count only where the
/// language or the host speaks for them.
const LOCAL: [&str; 8] = ["BAM", "HUF", "ZAR", "BYN", "ETB", "BDT", "PYG", "HRK"];

/// Codes that are words too: `1 CUP` is a measure wherever nobody pays in it.
const WORDS: [&str; 6] = ["ALL", "CUP", "MOP", "SOS", "TOP", "BAM"];

/// Whether a text has a currency's sign beside a number, or a symbol alone.
pub(super) fn has_sign(text: &str, likely: &[Currency]) -> bool {
    if text.contains('$') || (!text.is_ascii() && text.contains(SYMBOLS)) {
        return true;
    }
    let short = text.len() <= 48 && text.split(|c: char| !c.is_alphabetic()).all(|word| word.chars().count() <= 12);
    if !short || !text.contains(is_digit) || !text.contains(char::is_alphabetic) {
        return false;
    }
    let currency = parse_price(text, &PriceHints::default()).and_then(|price| price.currency);
    currency.is_some_and(|currency| {
        let (code, is) = (currency.code(), |codes: &[&str]| codes.contains(&currency.code()));
        let written = || !is(&WORDS) && text.contains(code);
        !(is(&LOCAL) || is(&WORDS)) || likely.contains(&currency) || written()
    })
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
    let runs = text.split(|c: char| !(is_digit(c) || ".,' \u{a0}’٫٬".contains(c))).filter(|run| run.contains(is_digit));
    runs.count() == 1
}
