//! Holds answers against the document: the operation, the status, the headers and the body's schema.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::world::Answer;

/// The document as it is served.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(wishlist_api::openapi_json()).unwrap())
}

/// Every operation of the document: its method, its path, itself.
pub(crate) fn operations() -> Vec<(Method, &'static str, &'static Value)> {
    let mut all = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.to_uppercase().parse().unwrap(), path.as_str(), operation));
        }
    }
    all
}

/// The pages for people, which are no operations.
const PAGES: [&str; 1] = ["/docs"];

/// Fails where the document does not tell of such an answer.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let problem = answer.status.is_client_error() || answer.status.is_server_error();
    let operation = operations().into_iter().find(|(of, template, _)| of == method && matches(template, path));
    let Some((_, _, operation)) = operation else {
        assert!(
            problem || matches!(*method, Method::HEAD | Method::OPTIONS) || PAGES.contains(&path),
            "{method} {path} is not in the document and answers {}",
            answer.status
        );
        return;
    };
    let responses = &operation["responses"];
    let described = if problem { &responses["default"] } else { &responses[answer.status.as_str()] };
    let described = resolved(described);
    assert!(described.is_object(), "{method} {path} answers {}, which is not described", answer.status);
    for (name, _) in described["headers"].as_object().into_iter().flatten() {
        assert!(answer.headers.contains_key(name.to_lowercase()), "{method} {path} answers without {name}");
    }
    let Some((kind, content)) = described["content"].as_object().and_then(|content| content.iter().next()) else {
        return assert!(answer.body.is_empty(), "{method} {path} answers a body that is not described");
    };
    assert_eq!(answer.header("content-type"), kind, "{method} {path}");
    if answer.headers.contains_key("content-encoding") {
        return;
    }
    check_schema(&content["schema"], &answer.json());
}

/// What a reference refers to, or the value itself.
pub(crate) fn resolved(value: &'static Value) -> &'static Value {
    let place = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    place.map_or(value, |place| document().pointer(place).unwrap())
}

fn matches(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(step, text)| step == text || (step.starts_with('{') && text != "batch"))
}

/// Fails where the value is not of the schema, which may refer to the document's others.
pub(crate) fn check_schema(schema: &Value, value: &Value) {
    // Building one reads every schema of the document, which costs more than most tests.
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let validator = VALIDATORS
        .lock()
        .unwrap()
        .entry(schema.to_string())
        .or_insert_with(|| {
            let mut root = schema.clone();
            root["components"] = closed(document()["components"].clone());
            Arc::new(validator(&root))
        })
        .clone();
    let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{value:#} is not of its schema: {errors:#?}");
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).unwrap()
}

/// The same schemas, with no property that is not described.
fn closed(mut components: Value) -> Value {
    for schema in components["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["properties"].is_object() {
            schema["additionalProperties"] = json!(false);
        }
    }
    components
}
