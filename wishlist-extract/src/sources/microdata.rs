//! `itemscope`, `itemtype` and `itemprop` (WHATWG HTML, 5), and what `RDFa` Lite has in common with them.

use std::borrow::Cow;
use std::collections::HashMap;

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
    let begun = read_scopes(document, MICRODATA, things);
    let referring = begun.into_iter().filter_map(|(id, thing)| {
        Some((document.attributes(id).raw("itemref").filter(|names| !names.trim().is_empty())?, thing?))
    });
    let referring: Vec<(&str, ThingId)> = referring.take(MAX_REFERRING).collect();
    if !referring.is_empty() {
        refer(document, &referring, things);
    }
}

/// Things whose `itemref` is followed, and elements that one of them may name; pages have a handful.
const MAX_REFERRING: usize = 64;
const MAX_REFERRED: usize = 16;

/// Nodes of a referred element that are looked at.
const MAX_WITHIN: usize = 500;

/// Adds the properties of elements that a thing names by id, because they stand elsewhere on the page.
fn refer<'a>(document: &Document<'a>, referring: &[(&str, ThingId)], things: &mut Things<'a>) {
    let mut ids: HashMap<&str, NodeId> = HashMap::new();
    for (id, _) in document.nodes().filter(|(_, node)| node.has(flags::ID)) {
        ids.entry(document.attributes(id).raw("id").unwrap_or_default()).or_insert(id);
    }
    for (names, thing) in referring {
        let elements = names.split_ascii_whitespace().take(MAX_REFERRED).filter_map(|name| ids.get(name));
        for element in elements {
            let mut skipped = 0;
            let whole =
                document.node(*element).map(|node| (*element, node)).into_iter().chain(document.within(*element));
            for (id, node) in whole.take(MAX_WITHIN) {
                // Another thing's properties are its own; it has been read where it stands.
                if id < skipped || !node.has(flags::ITEMPROP) {
                    continue;
                }
                if node.has(flags::ITEMSCOPE) {
                    skipped = document.after(id);
                    adopt(document, id, *thing, things);
                    continue;
                }
                let value = value(document, id, node);
                properties(document, id, MICRODATA).for_each(|property| things.set(*thing, property, value.clone()));
            }
        }
    }
}

/// Reads a thing that is another's by reference: an offer beside its product.
fn adopt<'a>(document: &Document<'a>, id: NodeId, holder: ThingId, things: &mut Things<'a>) {
    let Some(thing) = begin(document, id, MICRODATA, Some(holder), things) else { return };
    for (id, node) in document.within(id).take(MAX_WITHIN).filter(|(_, node)| node.has(flags::ITEMPROP)) {
        let value = value(document, id, node);
        properties(document, id, MICRODATA).for_each(|property| things.set(thing, property, value.clone()));
    }
}

/// An element that holds a thing, up to the node where it ends.
struct Scope {
    thing: Option<ThingId>,
    end: NodeId,
}

/// Adds the things of one syntax; where each began.
pub(super) fn read_scopes<'a>(
    document: &Document<'a>,
    syntax: Syntax,
    things: &mut Things<'a>,
) -> Vec<(NodeId, Option<ThingId>)> {
    let mut scopes: Vec<Scope> = Vec::new();
    let mut begun = Vec::new();
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
            if begun.len() < MAX_REFERRING * 8 {
                begun.push((id, thing));
            }
        } else if let Some(holder) = holder {
            let value = value(document, id, node);
            for property in properties(document, id, syntax) {
                things.set(holder, property, value.clone());
            }
        }
    }
    begun
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
    let implied = holder.filter(|holder| {
        offer && things.get(*holder).is_some_and(|thing| thing.is(Type::Product) || thing.is(Type::Sold))
    });
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
