//! The document as a page reads it: the keywords of OpenAPI 3.1 that our document uses, in the order in which it has them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// The document.
#[derive(Debug, Deserialize)]
pub(super) struct Contract {
    pub(super) info: About,
    paths: IndexMap<String, IndexMap<String, Operation>>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    components: Components,
}

#[derive(Debug, Deserialize)]
pub(super) struct About {
    pub(super) title: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
}

/// What the rest refers to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Components {
    schemas: IndexMap<String, Schema>,
    responses: IndexMap<String, Answer>,
    parameters: IndexMap<String, Parameter>,
    headers: IndexMap<String, Header>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    #[serde(default)]
    tags: Vec<String>,
    #[serde(rename = "operationId")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    parameters: Vec<Or<Parameter>>,
    pub(super) request_body: Option<Body>,
    responses: IndexMap<String, Or<Answer>>,
    #[serde(default)]
    pub(super) security: Vec<IndexMap<String, Vec<String>>>,
}

/// Something, or the place in the document where it is.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Or<T> {
    There {
        #[serde(rename = "$ref")]
        place: String,
    },
    Here(T),
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: Place,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) schema: Schema,
    pub(super) example: Option<Value>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    pub(super) content: IndexMap<String, Content>,
    #[serde(default)]
    pub(super) required: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Content {
    #[serde(default)]
    pub(super) schema: Schema,
    pub(super) example: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    headers: IndexMap<String, Or<Header>>,
    #[serde(default)]
    pub(super) content: IndexMap<String, Content>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) schema: Schema,
}

/// A schema. One that refers to another may say more beside the reference.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Value,
    pub(super) format: Option<String>,
    pub(super) description: String,
    pub(super) properties: IndexMap<String, Schema>,
    pub(super) required: Vec<String>,
    pub(super) additional_properties: Option<Additional>,
    pub(super) items: Option<Box<Schema>>,
    #[serde(rename = "enum")]
    pub(super) one_value_of: Vec<Value>,
    #[serde(rename = "const")]
    pub(super) constant: Option<Value>,
    #[serde(alias = "anyOf")]
    pub(super) one_of: Vec<Schema>,
    pub(super) all_of: Vec<Schema>,
    pub(super) default: Option<Value>,
    pub(super) example: Option<Value>,
    pub(super) examples: Vec<Value>,
    pub(super) minimum: Option<Value>,
    pub(super) maximum: Option<Value>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) pattern: Option<String>,
}

/// What an object has besides its properties.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Additional {
    Allowed(bool),
    Of(Box<Schema>),
}

/// An operation with where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) operation: &'a Operation,
}

/// The methods in the order in which one meets them: a record is made before it is read, changed and removed.
const METHODS: [&str; 5] = ["post", "get", "put", "patch", "delete"];

impl Contract {
    /// Every tag with its operations, both in the document's order.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&Tag, Vec<Call<'_>>)> {
        self.tags.iter().map(|tag| {
            let named = |call: &Call<'_>| call.operation.tags.first().is_some_and(|name| *name == tag.name);
            (tag, self.calls().filter(named).collect())
        })
    }

    /// Every operation, path by path.
    pub(super) fn calls(&self) -> impl Iterator<Item = Call<'_>> {
        self.paths.iter().flat_map(|(path, methods)| {
            METHODS.iter().filter_map(move |method| {
                let (method, operation) = methods.get_key_value(*method)?;
                Some(Call { method, path, operation })
            })
        })
    }

    /// The operation of this name.
    pub(super) fn call(&self, name: &str) -> Option<Call<'_>> {
        self.calls().find(|call| call.operation.name == name)
    }

    /// The schema that a schema refers to, or itself.
    pub(super) fn schema<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        schema.name().and_then(|name| self.components.schemas.get(name)).unwrap_or(schema)
    }

    /// Every schema that has a name.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.components.schemas.iter().map(|(name, schema)| (name.as_str(), schema))
    }

    /// The schema of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Schema> {
        self.components.schemas.get(name)
    }

    /// The parameters of an operation.
    pub(super) fn parameters<'a>(&'a self, of: &'a Operation) -> impl Iterator<Item = &'a Parameter> {
        of.parameters.iter().filter_map(|parameter| parameter.found(&self.components.parameters))
    }

    /// The answers of an operation by their status.
    pub(super) fn answers<'a>(&'a self, of: &'a Operation) -> impl Iterator<Item = (&'a str, &'a Answer)> {
        let answers = of.responses.iter();
        answers.filter_map(|(status, answer)| Some((status.as_str(), answer.found(&self.components.responses)?)))
    }

    /// The headers of an answer.
    pub(super) fn headers<'a>(&'a self, of: &'a Answer) -> impl Iterator<Item = (&'a str, &'a Header)> {
        let headers = of.headers.iter();
        headers.filter_map(|(name, header)| Some((name.as_str(), header.found(&self.components.headers)?)))
    }
}

impl<T> Or<T> {
    fn found<'a>(&'a self, among: &'a IndexMap<String, T>) -> Option<&'a T> {
        match self {
            Self::Here(here) => Some(here),
            Self::There { place } => among.get(last_step(place)),
        }
    }
}

impl Schema {
    /// The name of the schema that this one refers to.
    pub(super) fn name(&self) -> Option<&str> {
        self.reference.as_deref().map(last_step)
    }

    /// Whether an object has its properties and no other.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.additional_properties, Some(Additional::Allowed(false)))
    }
}

fn last_step(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}
