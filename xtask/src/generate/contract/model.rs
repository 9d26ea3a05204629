//! What a client is made of.

use anyhow::{Context, Result};
use serde_json::Value;

use super::node::Node;
use super::{operations, schemas};

/// The whole contract.
#[derive(Debug)]
pub(in crate::generate) struct Contract {
    /// By name.
    pub(in crate::generate) types: Vec<Type>,
    /// By path and method.
    pub(in crate::generate) operations: Vec<Operation>,
}

/// A named type.
#[derive(Debug)]
pub(in crate::generate) struct Type {
    pub(in crate::generate) name: String,
    pub(in crate::generate) description: String,
    pub(in crate::generate) kind: Kind,
    /// Whether a request holds it.
    pub(in crate::generate) is_sent: bool,
}

#[derive(Debug)]
pub(in crate::generate) enum Kind {
    /// An object with these members.
    Struct(Vec<Field>),
    /// One of these words; a newer server may have others.
    Words(Vec<String>),
    /// One of several objects, told apart by the word in one member.
    Union { tag: String, variants: Vec<Variant> },
}

/// One object of a union.
#[derive(Debug)]
pub(in crate::generate) struct Variant {
    pub(in crate::generate) word: String,
    pub(in crate::generate) description: String,
    pub(in crate::generate) fields: Vec<Field>,
}

#[derive(Debug)]
pub(in crate::generate) struct Field {
    /// As in JSON.
    pub(in crate::generate) name: String,
    pub(in crate::generate) description: String,
    pub(in crate::generate) shape: Shape,
    pub(in crate::generate) is_required: bool,
}

/// What a value looks like. Lengths, ranges and patterns are the server's to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::generate) enum Shape {
    Text,
    /// A text that is not to be shown.
    Secret,
    Boolean,
    /// A whole number of so many bits.
    Integer(u8),
    /// A UUID.
    Id,
    /// A moment, RFC 3339.
    Moment,
    /// A day of the calendar.
    Day,
    List(Box<Self>),
    /// Values by names that are not known beforehand.
    Map(Box<Self>),
    /// Any JSON object.
    Object,
    Named(String),
}

#[derive(Debug)]
pub(in crate::generate) struct Operation {
    pub(in crate::generate) name: String,
    /// In capitals.
    pub(in crate::generate) method: String,
    /// With `{name}` for a parameter.
    pub(in crate::generate) path: String,
    pub(in crate::generate) summary: String,
    pub(in crate::generate) description: String,
    pub(in crate::generate) parameters: Vec<Parameter>,
    /// The type of its body.
    pub(in crate::generate) body: Option<String>,
    /// What a success holds.
    pub(in crate::generate) answer: Option<Shape>,
    /// Whether the caller has to be signed in.
    pub(in crate::generate) is_signed: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub(in crate::generate) is_idempotent: bool,
    /// Whether it takes an `If-Match`.
    pub(in crate::generate) is_conditional: bool,
}

#[derive(Debug)]
pub(in crate::generate) struct Parameter {
    /// As in the request.
    pub(in crate::generate) name: String,
    pub(in crate::generate) place: Place,
    pub(in crate::generate) description: String,
    pub(in crate::generate) shape: Shape,
    pub(in crate::generate) is_required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate) enum Place {
    Path,
    Query,
    Header,
}

impl Contract {
    /// Reads the document.
    ///
    /// # Errors
    ///
    /// Names the first keyword or shape that is not known, and its place.
    pub(in crate::generate) fn read(document: &str) -> Result<Self> {
        let document: Value = serde_json::from_str(document).context("the document is not JSON")?;
        let document = Node::root(&document);
        document.only(&["openapi", "info", "paths", "components", "tags"])?;
        let version = document.need("openapi")?;
        if !version.text()?.starts_with("3.1.") {
            return Err(version.unknown("version", "expected OpenAPI 3.1"));
        }
        let operations = operations::read(&document.need("paths")?)?;
        let components = document.need("components")?;
        components.only(&["schemas", "responses", "headers", "securitySchemes"])?;
        let mut types = schemas::read(&components.need("schemas")?)?;
        schemas::mark_sent(&mut types, &operations);
        Ok(Self { types, operations })
    }

    pub(in crate::generate) fn find(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|of| of.name == name)
    }

    /// The type of an operation's pages, if it is answered page by page.
    pub(in crate::generate) fn page_of(&self, operation: &Operation) -> Option<&Type> {
        let takes_cursor = operation.parameters.iter().any(|of| of.name == "cursor" && of.place == Place::Query);
        let Some(Shape::Named(name)) = operation.answer.as_ref().filter(|_| takes_cursor) else { return None };
        self.find(name).filter(|of| of.items().is_some())
    }
}

impl Type {
    /// What a page holds, if this is a page: `items` and perhaps a `nextCursor`.
    pub(in crate::generate) fn items(&self) -> Option<&Shape> {
        let Kind::Struct(fields) = &self.kind else { return None };
        let has_cursor = fields.iter().any(|of| of.name == "nextCursor" && !of.is_required && of.shape == Shape::Text);
        let items = fields.iter().find(|of| of.name == "items" && of.is_required);
        match items.map(|of| &of.shape) {
            Some(Shape::List(item)) if has_cursor => Some(item),
            _ => None,
        }
    }
}

impl Shape {
    /// The named type within, if there is one.
    pub(in crate::generate) fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(of) | Self::Map(of) => of.named(),
            _ => None,
        }
    }
}
