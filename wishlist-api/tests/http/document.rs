//! The document: what it names, and that its examples are true.

use serde_json::{Value, json};

use crate::contract::{check_schema, document, operations};
use crate::world::World;

#[tokio::test]
async fn the_document_is_served_as_it_is_generated() {
    let world = World::new().await;
    assert_eq!(world.get("/openapi.json").is(200).await.text(), wishlist_api::openapi_json());
    assert_eq!(world.get("/health").is(200).await.json(), json!({"status": "ok"}));
}

#[test]
fn the_document_names_every_operation_once() {
    let mut names = Vec::new();
    for (method, path, operation) in operations() {
        names.push(operation["operationId"].as_str().unwrap());
        let problem = &operation["responses"]["default"]["$ref"];
        assert_eq!(problem, "#/components/responses/Problem", "{method} {path}");
        let successes = operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'));
        assert_eq!(successes.count(), 1, "{method} {path}");
    }
    names.sort_unstable();
    let expected = [
        "add_item",
        "add_items",
        "confirm_sign_up",
        "copy_item",
        "create_wishlist",
        "delete_me",
        "delete_wishlist",
        "export_me",
        "find_health",
        "find_item",
        "find_jwks",
        "find_me",
        "find_openapi",
        "find_wishlist",
        "forgot_password",
        "list_items",
        "list_prices",
        "list_wishlists",
        "move_item",
        "place_item",
        "preview_product",
        "receive_item",
        "refresh_item",
        "refresh_session",
        "remove_item",
        "resend_code",
        "reset_password",
        "restore_item",
        "sign_in",
        "sign_out",
        "sign_up",
        "update_item",
        "update_me",
        "update_wishlist",
    ];
    assert_eq!(names, expected);
    let said = wishlist_api::openapi().to_pretty_json().unwrap() + "\n";
    assert!(
        wishlist_api::openapi_json() == said,
        "what is served is older than the handlers; run `cargo xtask generate`"
    );
    assert!(!wishlist_api::openapi_json().contains("\"null\""));
}

/// A value of the schema, made of its examples.
fn example(schema: &'static Value) -> Value {
    let schema = crate::contract::resolved(schema);
    if let Some(items) = schema.get("items") {
        return json!([example(items)]);
    }
    if let Some(word) = schema.get("enum").and_then(|words| words.get(0)).or(schema.get("default")) {
        return word.clone();
    }
    let Some(properties) = schema["properties"].as_object() else { return schema["example"].clone() };
    properties.iter().map(|(name, property)| (name.clone(), example(property))).collect()
}

#[test]
fn every_example_is_of_its_schema() {
    for schema in document()["components"]["schemas"].as_object().unwrap().values() {
        for property in schema["properties"].as_object().into_iter().flatten().map(|(_, property)| property) {
            if let Some(example) = property.get("example") {
                check_schema(property, example);
            }
        }
    }
}

#[test]
fn a_draft_of_an_item_has_a_url_or_a_title() {
    let draft = json!({"$ref": "#/components/schemas/ItemDraft"});
    for good in [json!({"url": "https://shop.example/"}), json!({"title": "Kettle"})] {
        check_schema(&draft, &good);
    }
    assert!(std::panic::catch_unwind(|| check_schema(&draft, &json!({"note": "x"}))).is_err());
}

#[tokio::test]
async fn a_request_made_of_the_examples_is_taken() {
    let world = World::new().await;
    let bob = world.person("bob").await;
    let list = world.list(&bob).await;
    let item = world.item(&bob, &list, json!({"title": "x"})).await;
    let [list, item] = [&list, &item].map(|path| path.rsplit('/').next().unwrap());
    let mut operations = operations();
    operations.sort_by_key(|(_, _, operation)| operation["operationId"] != "sign_up");
    for (method, template, operation) in operations {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        // What names something that was just made, a token, a code or another record, cannot be written down before.
        let named = ["refresh_session", "confirm_sign_up", "reset_password", "place_item", "move_item", "copy_item"];
        if schema.is_null() || named.iter().any(|name| operation["operationId"] == *name) {
            continue;
        }
        let path = template.replace("{wishlistId}", list).replace("{itemId}", item);
        let answer = world.call(&method, &path).by(&bob).json(&example(schema)).send().await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
    }
}

#[test]
fn every_reference_leads_somewhere() {
    for reference in values_of(document(), "$ref") {
        let place = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document().pointer(place).is_some(), "{reference}");
    }
}

#[test]
fn every_field_is_written_in_camel_case() {
    for fields in values_of(&document()["components"]["schemas"], "properties") {
        for name in fields.as_object().unwrap().keys() {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
    }
}

#[test]
fn an_amount_goes_with_its_currency() {
    let money = json!({"$ref": "#/components/schemas/Money", "components": document()["components"]});
    let validator = jsonschema::validator_for(&money).unwrap();
    let fits = |amount: &str, currency: &str| validator.is_valid(&json!({"amount": amount, "currency": currency}));
    for (amount, currency) in
        [("19.99", "EUR"), ("007", "USD"), ("1500", "JPY"), ("1.234", "KWD"), ("10000000000000", "EUR")]
    {
        assert!(fits(amount, currency), "{amount} {currency}");
    }
    for (amount, currency) in [
        ("19.999", "EUR"),
        ("1.5", "JPY"),
        ("1", "XXX"),
        ("1", "XAU"),
        ("1", "eur"),
        ("10000000000001", "EUR"),
        ("-1", "EUR"),
    ] {
        assert!(!fits(amount, currency), "{amount} {currency}");
    }
}

/// Every value under this name, wherever it is.
fn values_of<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let inner: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(values) => values.iter().collect(),
        _ => return Vec::new(),
    };
    value.get(name).into_iter().chain(inner.into_iter().flat_map(|value| values_of(value, name))).collect()
}
