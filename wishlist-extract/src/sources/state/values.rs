//! Single values of a page's state, whatever they belong to: `"sku":"…"`, `"brand":"…"`, `"gtin13":"…"`.
//!
//! They are taken only where nothing better gave one, and only where the page says nothing against them.

use memchr::memmem;

use crate::extraction::{Field, Source};
use crate::fields::fold;
use crate::page::{Document, Tag};
use crate::sources::Candidates;

/// Longer scripts are programs and catalogues.
const MAX_SCRIPT: usize = 512 * 1024;

/// Values of one key that are looked at.
const MAX_VALUES: usize = 12;

/// The longest value.
const MAX_VALUE: usize = 60;

const BRAND: &[&str] = &["\"brand\":", "\"brandName\":", "\"vendor\":"];
const SKU: &[&str] = &["\"sku\":", "\"productSku\":"];
const GTIN: &[&str] = &["\"gtin13\":", "\"ean\":"];

/// Gives what is missing. `names` are the page's titles, folded.
pub(crate) fn read(document: &Document<'_>, names: &[String], candidates: &mut Candidates) {
    let missing = |candidates: &Candidates, field: Field| {
        candidates.of(field).all(|candidate| matches!(candidate.source, Source::Dom | Source::Url))
    };
    if missing(candidates, Field::Brand) {
        let repeated = |value: &String| {
            let value = fold(value);
            value.chars().count() > 1 && names.iter().any(|name| name.contains(&value))
        };
        for value in values(document, BRAND).into_iter().filter(repeated) {
            candidates.add(Field::Brand, Source::State, &value);
        }
    }
    if missing(candidates, Field::Sku) {
        most(candidates, Field::Sku, values(document, SKU));
        most(candidates, Field::Gtin, values(document, GTIN));
    }
}

/// Adds the number that is written most often: of equals it is not known which is the page's.
fn most(candidates: &mut Candidates, field: Field, mut values: Vec<String>) {
    values.retain(|value| value.bytes().any(|byte| byte.is_ascii_digit()));
    let count = |value: &String| values.iter().filter(|other| *other == value).count();
    let Some(best) = values.iter().max_by_key(|value| count(value)) else {
        return;
    };
    if values.iter().all(|value| value == best || count(value) < count(best)) {
        candidates.add(field, Source::State, best);
    }
}

/// The values of some keys in all scripts: texts, and names of objects that begin with their name.
fn values(document: &Document<'_>, keys: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    let scripts = document.nodes().filter(|(_, node)| node.tag == Tag::Raw).map(|(id, _)| document.source(id));
    for script in scripts.filter(|script| script.len() <= MAX_SCRIPT) {
        for key in keys {
            let found = memmem::find_iter(script.as_bytes(), key.as_bytes()).take(MAX_VALUES);
            values.extend(found.filter_map(|at| value(script.get(at + key.len()..)?)));
        }
    }
    values
}

/// The value at the beginning of `rest`.
fn value(rest: &str) -> Option<String> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("{\"name\":").map_or(rest, str::trim_start);
    let quote = rest.chars().next()?;
    let value = match quote {
        '"' | '\'' => rest.get(1..)?.split(quote).next()?,
        '0'..='9' => rest.split(|c: char| !c.is_ascii_digit()).next()?,
        _ => return None,
    };
    let good = !value.is_empty() && value.chars().count() <= MAX_VALUE && !value.contains('\\');
    good.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<(Field, String)> {
        let html = format!("<script>{script}</script>");
        let mut candidates = Candidates::default();
        read(&Document::parse(&html, html.len()), &["acmehandmill".to_owned()], &mut candidates);
        candidates.all().map(|candidate| (candidate.field, candidate.value.clone())).collect()
    }

    #[test]
    fn state_gives_what_is_unambiguous() {
        let rows = [
            (r#"{"sku":"A-1","x":{"sku": "A-1"}}"#, vec![(Field::Sku, "A-1".to_owned())]),
            (
                r#"{"sku":12345,"brand":{"name":"Acme"}}"#,
                vec![(Field::Brand, "Acme".into()), (Field::Sku, "12345".into())],
            ),
            (r#"{"sku":"A-1","related":{"sku":"A-2"},"brand":"Other"}"#, vec![]),
            (r#"{"sku":"","brand":null}"#, vec![]),
        ];
        for (script, expected) in rows {
            assert_eq!(found(script), expected, "{script}");
        }
    }
}
