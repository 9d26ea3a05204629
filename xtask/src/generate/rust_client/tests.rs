//! What is written of changes of our own document.

use serde_json::{Value, json};

use super::{File, text};
use crate::cargo;

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap()).unwrap()
}

/// The text without spaces and ends of lines, which are rustfmt's.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_new_operation_is_a_new_method_with_what_it_takes_and_answers() {
    let mut document = document();
    let parameter = |name: &str, place: &str, is_required: bool, schema: Value| json!({"name": name, "in": place, "required": is_required, "schema": schema});
    document["components"]["schemas"]["Colour"] = json!({"type": "string", "enum": ["darkGreen", "red"]});
    document["components"]["schemas"]["Wrapping"] = json!({
        "type": "object", "required": ["type"],
        "properties": {"type": {"$ref": "#/components/schemas/Colour"}, "wrappedAt": {"type": "string", "format": "date-time"}},
    });
    document["paths"]["/v1/wrappings/{token}"] = json!({"post": {
        "operationId": "wrap_item", "summary": "Wrap an item.", "security": [{"bearer": []}],
        "parameters": [
            parameter("token", "path", true, json!({"type": "string"})),
            parameter("since", "query", false, json!({"type": "string", "format": "date-time"})),
            parameter("X-Share-Passphrase", "header", false, json!({"type": "string", "format": "password"})),
            parameter("Idempotency-Key", "header", false, json!({"type": "string"})),
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
        "responses": {
            "200": {"description": "It", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }});
    let document = document.to_string();
    let operations = dense(&text(&document, File::Operations).unwrap());
    for expected in [
        "pub async fn wrap_item(&self, token: &str, body: &model::Wrapping, options: &options::WrapItem,) -> Result<model::Wrapping>",
        r#"Call::new("wrap_item", Method::POST, &["v1", "wrappings", token]).signed().idempotent()"#,
        r#".query("since", options.since.as_ref().map(crate::call::moment))"#,
        r#".header("X-Share-Passphrase", options.x_share_passphrase.as_ref().map(crate::Secret::expose))"#,
    ] {
        assert!(operations.contains(&dense(expected)), "{expected}\n{operations}");
    }
    let model = dense(&text(&document, File::Model).unwrap());
    for expected in [
        r#"pub enum Colour { DarkGreen = "darkGreen", Red = "red", }"#,
        r#"pub struct Wrapping { pub r#type: Colour, #[serde(rename = "wrappedAt", skip_serializing_if = "Option::is_none")]"#,
    ] {
        assert!(model.contains(&dense(expected)), "{expected}");
    }
    let options = dense(&text(&document, File::Options).unwrap());
    assert!(
        options.contains(&dense("pub struct WrapItem { pub since: Option<chrono::DateTime<chrono::Utc>>,")),
        "{options}"
    );
}

#[test]
fn a_value_that_fits_no_query_fails() {
    let mut document = document();
    let list = &mut document["paths"]["/v1/wishlists"]["get"]["parameters"][0]["schema"];
    *list = json!({"type": "array", "items": {"type": "string"}});
    let error = text(&document.to_string(), File::Operations).unwrap_err().to_string();
    assert_eq!(error, "`limit` of `list_wishlists` is not one value");
}
