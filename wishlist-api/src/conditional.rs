//! How the document describes a read whose answer has an entity tag.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Header, RefOr, Required, ResponseBuilder};

const ENTITY_TAG: &str = "ETag";
const SUCCESS: &str = "200";
const UNCHANGED: &str = "304";

/// Adds the condition and its answer to a read that answers a tag: whatever the read is of, the condition is looked at.
pub(crate) fn describe(read: &mut Operation) {
    let Some(tag) = answered_tag(read).cloned() else { return };
    let unchanged = ResponseBuilder::new().description("What the caller has is what would be answered");
    let mut unchanged = unchanged.build();
    unchanged.headers.insert(ENTITY_TAG.to_owned(), tag);
    read.responses.responses.insert(UNCHANGED.to_owned(), RefOr::T(unchanged));
    read.parameters.get_or_insert_default().push(RefOr::T(if_none_match()));
}

fn answered_tag(read: &Operation) -> Option<&RefOr<Header>> {
    let RefOr::T(success) = read.responses.responses.get(SUCCESS)? else { return None };
    success.headers.get(ENTITY_TAG)
}

fn if_none_match() -> Parameter {
    let tags = ObjectBuilder::new().schema_type(Type::String).examples(["\"3\""]).build();
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The `ETag` of what the caller has; where it is still that, the answer is `304` without a body",
        ))
        .schema(Some(tags))
        .build()
}
