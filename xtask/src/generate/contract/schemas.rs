//! The schemas of the document as types.

use anyhow::Result;
use serde_json::json;

use super::model::{Field, Kind, Operation, Shape, Type, Variant};
use super::node::Node;

/// What only the server judges, and what only a reader of the documentation looks at.
const JUDGED: &[&str] = &["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"];
const SHOWN: &[&str] = &["description", "example", "examples", "default"];

pub(super) fn read(schemas: &Node<'_>) -> Result<Vec<Type>> {
    schemas.members()?.iter().map(|(name, schema)| named(name, schema)).collect()
}

/// Marks the types that requests hold, whether by themselves or within others.
pub(super) fn mark_sent(types: &mut [Type], operations: &[Operation]) {
    let bodies = operations.iter().filter_map(|operation| operation.body.clone());
    let parameters = operations.iter().flat_map(|operation| &operation.parameters);
    let mut open: Vec<String> = bodies.chain(parameters.filter_map(|of| of.shape.named().map(str::to_owned))).collect();
    while let Some(name) = open.pop() {
        let Some(found) = types.iter_mut().find(|of| of.name == name && !of.is_sent) else { continue };
        found.is_sent = true;
        if let Kind::Struct(fields) = &found.kind {
            open.extend(fields.iter().filter_map(|field| field.shape.named().map(str::to_owned)));
        }
    }
}

fn named(name: &str, schema: &Node<'_>) -> Result<Type> {
    let kind = if let Some(variants) = schema.get("oneOf") {
        schema.only(&["description", "oneOf"])?;
        union(&variants)?
    } else if let Some(words) = schema.get("enum") {
        schema.only(&["type", "description", "enum"])?;
        expect_type(schema, "string")?;
        Kind::Words(words.texts()?)
    } else {
        Kind::Struct(fields(schema, None)?)
    };
    Ok(Type { name: name.to_owned(), description: schema.text_of("description")?, kind, is_sent: false })
}

/// The members of an object, without the one that tells the objects of a union apart.
fn fields(schema: &Node<'_>, tag: Option<&str>) -> Result<Vec<Field>> {
    schema.only(&["type", "description", "required", "properties", "additionalProperties", "anyOf"])?;
    expect_type(schema, "object")?;
    // A server refuses what it does not know; a client takes what a newer server adds.
    if let Some(more) = schema.get("additionalProperties").filter(|more| !more.is(&json!(false))) {
        return Err(more.unknown("shape", "a named object either has members or is a map"));
    }
    // Bounds between members, such as one of two being there: the server judges them.
    for bound in schema.get("anyOf").map_or(Ok(Vec::new()), |bounds| bounds.list())? {
        bound.only(&["required", "properties"])?;
    }
    let required = schema.get("required").map_or(Ok(Vec::new()), |required| required.texts())?;
    let mut fields = Vec::new();
    for (name, property) in schema.need("properties")?.members()? {
        if tag != Some(name) {
            let is_required = required.iter().any(|required| required == name);
            let (description, shape) = (property.text_of("description")?, shape(&property)?);
            fields.push(Field { name: name.to_owned(), description, shape, is_required });
        }
    }
    Ok(fields)
}

fn union(variants: &Node<'_>) -> Result<Kind> {
    let tag = "kind";
    let variants = variants.list()?.into_iter().map(|variant| {
        let word = variant.need("properties")?.need(tag)?;
        word.only(&["type", "enum"])?;
        let [word] = word.need("enum")?.texts()?.try_into().map_err(|_| word.unknown("shape", "expected one word"))?;
        Ok(Variant { word, description: variant.text_of("description")?, fields: fields(&variant, Some(tag))? })
    });
    Ok(Kind::Union { tag: tag.to_owned(), variants: variants.collect::<Result<_>>()? })
}

/// A schema that has no name of its own.
pub(super) fn shape(schema: &Node<'_>) -> Result<Shape> {
    if let Some(reference) = schema.get("$ref") {
        schema.only(&["$ref", "description", "default"])?;
        let name = reference.text()?.strip_prefix("#/components/schemas/");
        return name
            .map(|name| Shape::Named(name.to_owned()))
            .ok_or_else(|| reference.unknown("reference", "expected a schema"));
    }
    let kind = schema.need("type")?;
    let scalar = |own: &[&str]| schema.only(&[&["type"], own, JUDGED, SHOWN].concat());
    match kind.text()? {
        "string" => scalar(&["format"]).and_then(|()| text(schema)),
        "boolean" => scalar(&[]).map(|()| Shape::Boolean),
        "integer" => scalar(&["format"]).and_then(|()| integer(schema)),
        "array" => scalar(&["items"]).and_then(|()| Ok(Shape::List(Box::new(shape(&schema.need("items")?)?)))),
        "object" => {
            schema.only(&[&["type", "additionalProperties", "propertyNames"], SHOWN].concat())?;
            let values = schema.get("additionalProperties");
            values.map_or(Ok(Shape::Object), |values| Ok(Shape::Map(Box::new(shape(&values)?))))
        }
        _ => Err(kind.unknown("type", "expected string, boolean, integer, array or object")),
    }
}

fn text(schema: &Node<'_>) -> Result<Shape> {
    let Some(format) = schema.get("format") else { return Ok(Shape::Text) };
    match format.text()? {
        "email" | "uri" => Ok(Shape::Text),
        "password" => Ok(Shape::Secret),
        "uuid" => Ok(Shape::Id),
        "date-time" => Ok(Shape::Moment),
        "date" => Ok(Shape::Day),
        _ => Err(format.unknown("format", "expected email, uri, password, uuid, date-time or date")),
    }
}

fn integer(schema: &Node<'_>) -> Result<Shape> {
    let format = schema.need("format")?;
    match format.text()? {
        "int32" => Ok(Shape::Integer(32)),
        "int64" => Ok(Shape::Integer(64)),
        _ => Err(format.unknown("format", "expected int32 or int64")),
    }
}

fn expect_type(schema: &Node<'_>, expected: &str) -> Result<()> {
    let found = schema.need("type")?;
    if found.text()? != expected {
        return Err(found.unknown("type", &format!("expected `{expected}`")));
    }
    Ok(())
}
