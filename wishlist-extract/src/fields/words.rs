//! Title, brand, description and the shop's name.

use super::{Choice, Chosen, Context, fold};
use crate::extraction::{Field, Source};
use crate::finding::Rule;
use crate::page::clean;
use crate::sources::{Candidate, Candidates};
use wishlist_core::model::PageKind;

/// The limits of the fields, in characters.
const MAX_TITLE: usize = 500;
const MAX_BRAND: usize = 200;
const MAX_DESCRIPTION: usize = 1000;
const MAX_SITE_NAME: usize = 200;

fn is_marked(candidate: &Candidate) -> bool {
    matches!(candidate.source, Source::JsonLd | Source::Microdata | Source::Rdfa)
}

/// The name of the product, or of the page.
///
/// In order: a heading and a title that say the same and hold the name in markup; the name in markup; of what is no product
/// the declared title; the heading, where a title repeats it; a title without the shop's name; the heading alone.
pub(crate) fn title<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, String> {
    let all = || candidates.of(Field::Title);
    let product = context.kind == PageKind::Product;
    let site = all().find(|candidate| candidate.source == Source::Site);
    let marked = all().find(|candidate| product && is_marked(candidate));
    let heading = all().find(|candidate| candidate.source == Source::Dom);
    let titles = || all().filter(|candidate| matches!(candidate.source, Source::OpenGraph | Source::Meta));
    let same = |one: &Candidate, other: &Candidate| fold(&one.value) == fold(&other.value);
    let holds = |one: &Candidate, other: &Candidate| fold(&one.value).contains(&fold(&other.value));
    let agreed = || {
        let (heading, marked) = (heading?, marked?);
        (holds(heading, marked) && titles().any(|title| same(title, heading))).then_some(heading)
    };
    let repeated =
        || heading.filter(|heading| heading.value.chars().count() > 3 && titles().any(|title| holds(title, heading)));
    let declared = || titles().next().filter(|candidate| !product && candidate.source == Source::OpenGraph);
    let by = |rule: Rule| move |candidate| (candidate, rule);
    let exact = site
        .map(by(Rule::SiteRules))
        .or_else(|| agreed().map(by(Rule::HeadingInFull)))
        .or(marked.map(by(Rule::MostTrusted)))
        .or_else(|| declared().map(by(Rule::DeclaredTitle)))
        .or_else(|| repeated().map(by(Rule::RepeatedHeading)));
    if let Some((candidate, rule)) = exact {
        let spaced = titles().find_map(|title| spaced(&candidate.value, &title.value));
        return Some(Chosen::one(clean(spaced.unwrap_or(&candidate.value), MAX_TITLE), rule, candidate));
    }
    let candidate = titles().next().or(heading)?;
    let name = candidates.of(Field::SiteName).next().map(|candidate| candidate.value.as_str());
    let bare = without_site(&candidate.value, name, context.url.host_str().unwrap_or_default());
    Some(Chosen::one(clean(bare, MAX_TITLE), Rule::WithoutSite, candidate))
}

/// The part of `title` that has the letters of `name` with more spaces between them: in a heading of several elements nothing
/// tells where words end.
fn spaced<'t>(name: &str, title: &'t str) -> Option<&'t str> {
    let letters = fold(name);
    let spaces = |text: &str| text.trim().matches(' ').count();
    let mut end = 0;
    let mut read = String::new();
    for (at, c) in title.char_indices() {
        if read.len() >= letters.len() {
            break;
        }
        if c.is_alphanumeric() {
            read.extend(c.to_lowercase());
            end = at + c.len_utf8();
        }
    }
    let part = title.get(..end)?.trim_start();
    (!letters.is_empty() && read == letters && spaces(part) > spaces(name)).then_some(part)
}

/// A title without the part that is the site's name or host.
fn without_site<'t>(title: &'t str, name: Option<&str>, host: &str) -> &'t str {
    let name = name.map(fold).unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let label = fold(host.split('.').next().unwrap_or(host));
    let is_site = |part: &str| {
        let part = fold(part);
        let named = !name.is_empty() && (part == name || part == format!("www{name}"));
        named || part == fold(host) || (label.len() > 2 && (part == label || part.starts_with(&label)))
    };
    for separator in [" | ", " - ", " – ", " — ", " :: ", " · ", " : ", " » "] {
        if let Some((rest, part)) = title.rsplit_once(separator)
            && is_site(part)
            && !rest.trim().is_empty()
        {
            return rest;
        }
        if let Some((part, rest)) = title.split_once(separator)
            && is_site(part)
            && !rest.trim().is_empty()
        {
            return rest;
        }
    }
    title
}

/// Who makes it: the first name in markup; of the names that are seen the first that the title repeats, else the first.
pub(crate) fn brand<'c>(candidates: &'c Candidates, title: Option<&str>) -> Choice<'c, String> {
    let all = || candidates.of(Field::Brand).filter_map(|candidate| Some((brand_name(&candidate.value)?, candidate)));
    let title = title.map(fold).unwrap_or_default();
    let stated = all().find(|(_, candidate)| candidate.source != Source::Dom);
    let repeated = || all().find(|(name, _)| title.contains(&fold(name)));
    let by = |rule: Rule| move |(name, candidate)| (name, candidate, rule);
    let (name, candidate, rule) = stated
        .map(by(Rule::MostTrusted))
        .or_else(|| repeated().map(by(Rule::InTitle)))
        .or_else(|| all().next().map(by(Rule::MostTrusted)))?;
    Some(Chosen::one(clean(name, MAX_BRAND), rule, candidate))
}

/// The name in a text like `More of the brand: Acme` or `Acme | Shop`, if it can be one.
pub(super) fn brand_name(text: &str) -> Option<&str> {
    const NONE: [&str; 9] = ["n/a", "none", "null", "undefined", "unknown", "generic", "no brand", "unbranded", "-"];
    let text = text.rsplit_once(": ").map_or(text, |(_, name)| name);
    let text = text.split(" | ").next().unwrap_or(text).trim();
    let named = text.chars().any(char::is_alphanumeric) && text.chars().count() <= 60 && !text.contains("://");
    (named && !NONE.iter().any(|word| text.eq_ignore_ascii_case(word))).then_some(text)
}

/// What it is: plain text, tags of markup within markup taken out.
pub(crate) fn description<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, String> {
    let own = |candidate: &&Candidate| context.kind == PageKind::Product || !is_marked(candidate);
    candidates.of(Field::Description).filter(own).find_map(|candidate| {
        let text = clean(&without_tags(&candidate.value), MAX_DESCRIPTION);
        (!text.is_empty()).then(|| Chosen::one(text, Rule::MostTrusted, candidate))
    })
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        rest = match after.split_once('>') {
            Some((_, after)) if tag => {
                plain.push(' ');
                after
            }
            _ => {
                plain.push('<');
                after
            }
        };
    }
    plain.push_str(rest);
    plain
}

/// The shop: as Open Graph names it, else as its markup or metas do.
pub(crate) fn site_name(candidates: &Candidates) -> Choice<'_, String> {
    let declared = candidates.of(Field::SiteName).find(|candidate| candidate.source == Source::OpenGraph);
    let candidate = declared.or_else(|| candidates.of(Field::SiteName).next())?;
    Some(Chosen::one(clean(&candidate.value, MAX_SITE_NAME), Rule::MostTrusted, candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_its_site() {
        let rows = [
            ("Hand mill | Shop", Some("Shop"), "shop.example", "Hand mill"),
            ("Hand mill - 2 pieces - shop.example", None, "www.shop.example", "Hand mill - 2 pieces"),
            ("Shop: Hand mill", Some("Shop"), "x.example", "Shop: Hand mill"),
            ("Shop - Hand mill", Some("Shop"), "x.example", "Hand mill"),
            ("Hand mill - black", Some("Shop"), "shop.example", "Hand mill - black"),
            ("Shop", Some("Shop"), "shop.example", "Shop"),
        ];
        for (title, name, host, expected) in rows {
            assert_eq!(without_site(title, name, host), expected, "{title}");
        }
    }

    #[test]
    fn a_title_tells_where_words_end() {
        assert_eq!(spaced("AcmeBOOT - black", "Acme BOOT - black | Shop"), Some("Acme BOOT - black"));
        assert_eq!(spaced("Acme BOOT", "AcmeBOOT | Shop"), None);
        assert_eq!(spaced("Acme", "A mill by Acme"), None);
    }

    #[test]
    fn markup_in_a_description_is_taken_out() {
        for (text, expected) in [("<p>A <b>mill</b></p>", " A  mill  "), ("1 < 2 > 0", "1 < 2 > 0"), ("a<", "a<")] {
            assert_eq!(without_tags(text), expected, "{text}");
        }
    }
}
