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
        "create_wishlist",
        "delete_wishlist",
        "find_health",
        "find_item",
        "find_jwks",
        "find_me",
        "find_openapi",
        "find_wishlist",
        "list_items",
        "list_wishlists",
        "refresh_session",
        "remove_item",
        "sign_in",
        "sign_out",
        "sign_up",
        "update_item",
        "update_wishlist",
    ];
    assert_eq!(names, expected);
    assert_eq!(wishlist_api::openapi_json(), wishlist_api::openapi_json());
    assert!(!wishlist_api::openapi_json().contains("\"null\""));
}

/// A value of the schema, made of its examples.
fn example(schema: &'static Value) -> Value {
    let schema = crate::contract::resolved(schema);
    if let Some(items) = schema.get("items") {
        return json!([example(items)]);
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
        // A refresh token is good once and of one session: there is none to be written down.
        if schema.is_null() || operation["operationId"] == "refresh_session" {
            continue;
        }
        let path = template.replace("{wishlistId}", list).replace("{itemId}", item);
        let answer = world.call(&method, &path).by(&bob).json(&example(schema)).send().await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
    }
}
