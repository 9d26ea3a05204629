//! `itemscope`, `itemtype` and `itemprop` (WHATWG HTML, 5), and what `RDFa` Lite has in common with them.

use std::borrow::Cow;

use super::things::{Property, ThingId, Things, Type, Value};
use crate::extraction::Source;
use crate::page::{Document, Node, NodeId, Tag, flags};

/// The text of an element that is one value; a description is the longest.
const MAX_TEXT: usize = 4096;

/// The attributes by which one syntax nests things in elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    pub(super) source: Source,
    /// The flag of an element that begins a thing.
    pub(super) scope: u8,
    /// The flag of an element that is a property's value.
    pub(super) property: u8,
    pub(super) type_name: &'static str,
    pub(super) property_name: &'static str,
    pub(super) id_name: &'static str,
}

const MICRODATA: Syntax = Syntax {
    source: Source::Microdata,
    scope: flags::ITEMSCOPE,
    property: flags::ITEMPROP,
    type_name: "itemtype",
    property_name: "itemprop",
    id_name: "itemid",
};

/// Adds the things of all microdata of a page.
pub(crate) fn read<'a>(document: &Document<'a>, things: &mut Things<'a>) {
    read_scopes(document, MICRODATA, things);
}

/// An element that holds a thing, up to the node where it ends.
struct Scope {
    thing: Option<ThingId>,
    end: NodeId,
}

pub(super) fn read_scopes<'a>(document: &Document<'a>, syntax: Syntax, things: &mut Things<'a>) {
    let mut scopes: Vec<Scope> = Vec::new();
    for (id, node) in document.nodes() {
        if !node.has(syntax.scope) && (scopes.is_empty() || !node.has(syntax.property)) {
            continue;
        }
        while scopes.last().is_some_and(|scope| scope.end <= id) {
            scopes.pop();
        }
        let holder = scopes.last().and_then(|scope| scope.thing);
        if node.has(syntax.scope) {
            let thing = begin(document, id, syntax, holder, things);
            scopes.push(Scope { thing, end: document.after(id) });
        } else if let Some(holder) = holder {
            let value = value(document, id, node);
            for property in properties(document, id, syntax) {
                things.set(holder, property, value.clone());
            }
        }
    }
}

/// The thing that begins at an element, with its types and the property it is of the thing around it.
fn begin<'a>(
    document: &Document<'a>,
    id: NodeId,
    syntax: Syntax,
    holder: Option<ThingId>,
    things: &mut Things<'a>,
) -> Option<ThingId> {
    let attributes = document.attributes(id);
    let types = attributes.raw(syntax.type_name).unwrap_or_default();
    let named = properties(document, id, syntax).next();
    // An offer within a product is the product's, though often nothing says so.
    let offer = types.split_ascii_whitespace().any(|name| matches!(Type::of(name), Type::Offer | Type::AggregateOffer));
    let implied = holder.filter(|holder| offer && things.get(*holder).is_some_and(|thing| thing.is(Type::Product)));
    let parent = match (holder, named, implied) {
        (Some(holder), Some(property), _) => Some((holder, property)),
        (_, None, Some(holder)) => Some((holder, Property::Offers)),
        _ => None,
    };
    let thing = things.add(syntax.source, parent)?;
    types.split_ascii_whitespace().for_each(|name| things.set_type(thing, name));
    // `<meta itemprop=brand itemscope itemtype=…/Brand content=Acme>`: what should be its name.
    if let Some(name) = attributes.get("content") {
        things.set(thing, Property::Name, Value::Text(name));
    }
    if let Some(name) = attributes.get(syntax.id_name) {
        things.set_id(thing, name);
    }
    Some(thing)
}

fn properties(document: &Document<'_>, id: NodeId, syntax: Syntax) -> impl Iterator<Item = Property> {
    let names = document.attributes(id).raw(syntax.property_name).unwrap_or_default();
    names.split_ascii_whitespace().map(Property::of)
}

/// The value of an element: what its attributes say for programs, else its text.
fn value<'a>(document: &Document<'a>, id: NodeId, node: &Node) -> Value<'a> {
    let attributes = document.attributes(id);
    let names: &[&str] = match node.tag {
        Tag::A | Tag::Area | Tag::Link => &["content", "href"],
        Tag::Img | Tag::Embed | Tag::Iframe | Tag::Source | Tag::Video => &["content", "src", "data-src"],
        Tag::Data | Tag::Meter | Tag::Input => &["content", "value"],
        Tag::Time => &["content", "datetime"],
        Tag::Object => &["data"],
        _ => &["content"],
    };
    // A link around a brand is meant by its text, one around a picture by its target.
    let words = || {
        if node.tag == Tag::A && is_name(document, id) { document.text(id, MAX_TEXT) } else { String::new() }
    };
    let given = || names.iter().find_map(|name| attributes.get(name).filter(|value| !value.trim().is_empty()));
    Some(words())
        .filter(|text| !text.trim().is_empty())
        .map(Cow::from)
        .or_else(given)
        .map_or_else(|| Value::Text(document.text(id, MAX_TEXT).into()), Value::Text)
}

/// A property whose value is a name though it stands on a link.
fn is_name(document: &Document<'_>, id: NodeId) -> bool {
    let property = document.attributes(id).raw("itemprop").unwrap_or_default();
    matches!(Property::of(property), Property::Name | Property::Brand | Property::Manufacturer | Property::Sku)
}
