//! Finding the object of the page's product in its scripts: the one that has the page's name.

use memchr::memmem;

use crate::fields::fold;
use crate::page::{Document, Tag};
use crate::sources::json::{Json, ValueId};

/// Places that look like a name in all scripts of a page: a list of a hundred products with variants has some thousand.
const MAX_NAMES: usize = 4096;

/// Of these, places with the page's own name: for each the text before it is read.
const MAX_NAMED: usize = 64;

/// Objects of the page's name that are looked at; the page's product is often there three or four times.
const MAX_OBJECTS: usize = 6;

/// How far before its name an object may begin: descriptions and pictures may stand before it.
const MAX_BEFORE: usize = 32 * 1024;

/// The longest name.
const MAX_NAME: usize = 300;

/// Ends of keys whose value may be a product's name: `name`, `productName`, `item_name`, `title`, `productTitle`.
const KEYS: [&str; 2] = ["ame", "itle"];

/// Strings of scripts that are read as scripts of their own: React streams a page's state in some hundred of them.
const MAX_STRINGS: usize = 64;

/// The longest of them.
const MAX_STRING: usize = 1024 * 1024;

/// Calls `visit` with each object in a script that has one of the folded `names` as its name, in page order, and the
/// script that it stands in.
pub(super) fn each_of_name(document: &Document<'_>, names: &[String], mut visit: impl FnMut(&str, &Json<'_>, ValueId)) {
    let scripts = document.nodes().filter(|(_, node)| node.tag == Tag::Raw).map(|(id, _)| document.source(id));
    let mut finder = Finder { names, looked_at: 0, named: 0, found: 0, strings: 0 };
    for script in scripts {
        finder.script(script, &mut visit);
        finder.strings(script, &mut visit);
    }
}

struct Finder<'f> {
    names: &'f [String],
    looked_at: usize,
    named: usize,
    found: usize,
    strings: usize,
}

impl Finder<'_> {
    fn script(&mut self, script: &str, visit: &mut impl FnMut(&str, &Json<'_>, ValueId)) {
        for at in starts(script) {
            self.looked_at += 1;
            if self.looked_at > MAX_NAMES || self.found >= MAX_OBJECTS {
                return;
            }
            if !is_name(script.get(at..).unwrap_or_default(), self.names) {
                continue;
            }
            self.named += 1;
            if self.named > MAX_NAMED {
                return;
            }
            let Some(object) = begin(script, at).and_then(|begin| script.get(begin..)) else { continue };
            let json = Json::first(object);
            if let Some(root) = json.roots().next() {
                visit(script, &json, root);
                self.found += 1;
            }
        }
    }

    /// `push("{\"name\":\"Hand mill\"}")`: state that is itself a string.
    fn strings(&mut self, script: &str, visit: &mut impl FnMut(&str, &Json<'_>, ValueId)) {
        let mut end = 0;
        for at in memmem::find_iter(script.as_bytes(), r#"\":\""#) {
            if at < end || self.found >= MAX_OBJECTS || self.strings >= MAX_STRINGS {
                continue;
            }
            self.strings += 1;
            let from =
                unescaped_quotes(script.get(end..at).unwrap_or_default()).last().map_or(end, |found| end + found);
            let rest = script.get(at..).unwrap_or_default();
            let to = at + unescaped_quotes(rest).next().unwrap_or(rest.len());
            end = to + 1;
            if let Some(text) = script.get(from..end.min(script.len())).filter(|text| text.len() <= MAX_STRING) {
                self.script(&Json::string(text), visit);
            }
        }
    }
}

/// The places of the quotes that end or begin a string.
fn unescaped_quotes(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'"', bytes).filter(move |at| at.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'\\'))
}

/// The places behind keys that may name something, in order.
fn starts(script: &str) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for key in KEYS {
        let found = memmem::find_iter(script.as_bytes(), key.as_bytes()).map(|at| at + key.len());
        let is_key = |at: &usize| {
            let rest = script.as_bytes().get(*at..).unwrap_or_default();
            let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
            let rest = rest.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
            rest.is_some_and(|rest| matches!(rest, [b'"' | b'\'', ..]))
        };
        places.extend(found.filter(is_key).take(MAX_NAMES));
    }
    places.sort_unstable();
    places
}

/// Whether the value that follows a key is one of the names, or the first part of one.
fn is_name(rest: &str, names: &[String]) -> bool {
    let Some(value) = rest.split_once(':').map(|(_, value)| value.trim_start()) else { return false };
    let mut chars = value.char_indices();
    let Some((_, quote)) = chars.next() else { return false };
    let mut escaped = false;
    let close = chars.take(MAX_NAME).find(|(_, c)| {
        let closes = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    let Some(text) = close.and_then(|(end, _)| value.get(..=end)) else { return false };
    let name = Json::string(text);
    let name = fold(&crate::page::unescape(&name));
    name.chars().count() > 3 && names.iter().any(|page| *page == name || (name.len() > 8 && page.starts_with(&name)))
}

/// Where the object that holds the place begins, read backwards: brackets in strings are passed over as far as quotes tell.
fn begin(script: &str, at: usize) -> Option<usize> {
    let bytes = script.as_bytes();
    // A place behind a quoted key still is within its quotes.
    let (mut depth, mut quoted) = (0u32, bytes.get(at) == Some(&b'"'));
    for index in (at.saturating_sub(MAX_BEFORE)..at).rev() {
        let escaped = index.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\');
        match bytes.get(index)? {
            b'"' if !escaped => quoted = !quoted,
            b'}' | b']' if !quoted => depth += 1,
            b'{' if !quoted && depth == 0 => return Some(index),
            b'{' | b'[' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<String> {
        let html = format!("<script>{script}</script>");
        let mut objects = Vec::new();
        let names = ["handmillxl".to_owned()];
        each_of_name(&Document::parse(&html, html.len()), &names, |_, json, id| {
            objects.push(json.children(id).map(|child| json.key(child).to_owned()).collect::<Vec<_>>().join(" "));
        });
        objects
    }

    #[test]
    fn objects_are_found_by_their_name() {
        let rows = [
            (r#"{"a":{"id":1,"name":"Hand mill XL","price":2}}"#, vec!["id name price"]),
            (r"var product = { title: 'Hand mill XL', price: 2 };", vec!["title price"]),
            (r#"x={"tags":["a","b"],"text":"} {","productName":"Hand \u006dill XL"}"#, vec!["tags text productName"]),
            (r#"{"list":[{"name":"Other"},{"name":"Hand mill XL","b":1}]}"#, vec!["name b"]),
            (r#"f.push([1,"a:{\"id\":1,\"name\":\"Hand mill XL\",\"b\":\"\\\"\"}"])"#, vec!["id name b"]),
            (r#"{"name":"Hand mill XXL"}"#, vec![]),
            (r#"{"name":1,"title":{}}"#, vec![]),
        ];
        for (script, expected) in rows {
            assert_eq!(found(script), expected, "{script}");
        }
    }
}
