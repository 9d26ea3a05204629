//! The OpenAPI document: what the handlers say, and what is true of all of them.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContentBuilder, Header, InfoBuilder, LicenseBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{Code, FieldProblem, ProblemBody};
use crate::routes;
use crate::{conditional, exact};

const DESCRIPTION: &str = "\
Wishlists that fill themselves: paste a product's link, the item is there at once, and its page is visited in the \
background.

- JSON is camelCase. An unset value is absent, never `null`, in requests and in answers.
- A `PUT` replaces everything that can be edited; `If-Match` with the record's `ETag` keeps two writers apart.
- A listing is read page by page: pass `nextCursor` as `cursor` until there is none.
- A record of somebody else is answered as one that never existed.";

const REQUEST_ID: &str = "X-Request-Id";

/// The name of the one response of everything that goes wrong.
const PROBLEM: &str = "Problem";

const TAGS: [(&str, &str); 6] = [
    ("auth", "Signing up, in and out"),
    ("me", "The caller's own account"),
    ("wishlists", "Wishlists"),
    ("items", "The items of a wishlist"),
    ("products", "What a link leads to"),
    ("system", "The service itself; needs no token"),
];

/// The contract of every operation that [`router`](crate::router) answers, as OpenAPI 3.1, from what the handlers say. Built anew by each
/// call; [`openapi_json`] is there already.
pub fn openapi() -> OpenApi {
    let mut document = routes::document();
    document.info = InfoBuilder::new()
        .title("Smart Wishlist")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()))
        .build();
    let tag = |(name, description)| TagBuilder::new().name(name).description(Some(description)).build();
    document.tags = Some(TAGS.map(tag).into());
    let components = document.components.get_or_insert_default();
    complete(components);
    exact::complete(components);
    for item in document.paths.paths.values_mut() {
        if let Some(read) = &mut item.get {
            conditional::describe(read);
        }
        operations(item).for_each(refer);
    }
    document
}

/// The document as it is served. It was written when the crate was made, so that a program that serves it is not larger by the code that
/// writes it: the thirtieth part of what AWS Lambda has to read.
pub fn openapi_json() -> &'static str {
    include_str!("generated/openapi.json")
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// Adds what the operations refer to.
fn complete(components: &mut Components) {
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components.schemas.insert(FieldProblem::name().into_owned(), FieldProblem::schema());
    components.headers.insert(REQUEST_ID.to_owned(), RefOr::T(request_id()));
    components.responses.insert(PROBLEM.to_owned(), RefOr::T(problem()));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.security_schemes.insert("bearer".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
}

/// Adds to an operation what every answer has.
fn refer(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert(REQUEST_ID.to_owned(), request_id_header());
        }
    }
    let problem = Ref::from_response_name(PROBLEM);
    operation.responses.responses.insert("default".to_owned(), RefOr::Ref(problem));
}

fn problem() -> Response {
    let codes: Vec<_> =
        Code::ALL.iter().map(|code| format!("`{}` {}", code.as_str(), code.status().as_u16())).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    let mut response = ResponseBuilder::new()
        .description(format!("What went wrong: {}", codes.join(", ")))
        .content("application/problem+json", content)
        .build();
    response.headers.insert(REQUEST_ID.to_owned(), request_id_header());
    response
}

fn request_id_header() -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{REQUEST_ID}")))
}

fn request_id() -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some("The name of the request: the caller's own, where it is 1 to 64 of `A-Za-z0-9._-`"))
        .build()
}
