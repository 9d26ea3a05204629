//! `<script type="application/ld+json">`.

use std::borrow::Cow;

use super::json::{Json, Kind, ValueId};
use super::things::{Property, ThingId, Things, Value};
use crate::extraction::Source;
use crate::page::{Document, Tag, unescape};

/// Adds the things of all JSON-LD of a page.
pub(crate) fn read<'a>(document: &Document<'a>, things: &mut Things<'a>) {
    for (id, node) in document.nodes() {
        if node.tag != Tag::Script {
            continue;
        }
        let kind = document.attributes(id).raw("type").unwrap_or_default();
        if !kind.to_ascii_lowercase().contains("ld+json") {
            continue;
        }
        let text = document.raw(id);
        // A template that escapes everything has left no quote to tell a string by.
        if text.contains("&quot;") && !text.contains('"') {
            convert(&Json::parse(&unescape(text)), things, |text| Cow::Owned(text.into_owned()));
        } else {
            convert(&Json::parse(text), things, |text| text);
        }
    }
}

fn convert<'x, 'a>(json: &Json<'x>, things: &mut Things<'a>, keep: impl Fn(Cow<'x, str>) -> Cow<'a, str>) {
    let mut converter = Converter { json, things, keep };
    for root in json.roots() {
        converter.value(root, None);
    }
}

struct Converter<'c, 'x, 'a, Keep> {
    json: &'c Json<'x>,
    things: &'c mut Things<'a>,
    keep: Keep,
}

impl<'x, 'a, Keep: Fn(Cow<'x, str>) -> Cow<'a, str>> Converter<'_, 'x, 'a, Keep> {
    /// As deep as the JSON, which is bounded.
    fn value(&mut self, id: ValueId, parent: Option<(ThingId, Property)>) {
        let json = self.json;
        match (json.kind(id), parent) {
            (Kind::Array, _) => json.children(id).for_each(|child| self.value(child, parent)),
            (Kind::Object, Some((holder, property))) if json.member(id, "@value").is_some() => {
                if let Some(text) = json.member(id, "@value").and_then(|value| json.text(value)) {
                    self.things.set(holder, property, Value::Text((self.keep)(text)));
                }
            }
            (Kind::Object, _) => {
                if let Some(thing) = self.things.add(Source::JsonLd, parent) {
                    json.children(id).for_each(|child| self.member(thing, child));
                }
            }
            (_, Some((holder, property))) => {
                if let Some(text) = json.text(id) {
                    self.things.set(holder, property, Value::Text((self.keep)(text)));
                }
            }
            (_, None) => {}
        }
    }

    fn member(&mut self, thing: ThingId, id: ValueId) {
        let json = self.json;
        match Property::of(json.key(id)) {
            Property::Type => {
                let names = std::iter::once(id).chain(json.children(id));
                names.filter_map(|name| json.text(name)).for_each(|name| self.things.set_type(thing, &name));
            }
            Property::Id => {
                if let Some(name) = json.text(id) {
                    self.things.set_id(thing, (self.keep)(name));
                }
            }
            Property::Graph => self.value(id, None),
            property => self.value(id, Some((thing, property))),
        }
    }
}
