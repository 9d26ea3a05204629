//! What is written of changes of our own document.

use serde_json::{Value, json};

use super::{File, text};
use crate::cargo;

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap()).unwrap()
}

fn parameter(name: &str, place: &str, is_required: bool, schema: &Value) -> Value {
    json!({"name": name, "in": place, "required": is_required, "schema": schema})
}

/// The text without spaces and ends of lines.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The document with one operation more.
fn with_wrappings(change: impl FnOnce(&mut Value)) -> String {
    let mut document = document();
    document["components"]["schemas"]["Colour"] = json!({"type": "string", "enum": ["darkGreen", "red"]});
    document["components"]["schemas"]["Wrapping"] = json!({
        "type": "object", "required": ["type"],
        "properties": {
            "type": {"$ref": "#/components/schemas/Colour"},
            "wrapped-at": {"type": "string", "format": "date-time", "description": "When; see */ there."},
            "code": {"type": "string", "format": "password"},
        },
    });
    let mut operation = json!({
        "operationId": "wrap_item", "summary": "Wrap an item.", "security": [{"bearer": []}],
        "parameters": [
            parameter("token", "path", true, &json!({"type": "string"})),
            parameter("default", "query", true, &json!({"$ref": "#/components/schemas/Colour"})),
            parameter("since", "query", false, &json!({"type": "string", "format": "date-time"})),
            parameter("Idempotency-Key", "header", false, &json!({"type": "string"})),
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
        "responses": {
            "200": {"description": "It", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    });
    change(&mut operation);
    document["paths"]["/v1/wrappings/{token}"] = json!({"post": operation});
    document.to_string()
}

fn expect(document: &str, file: File, expected: &[&str]) {
    let text = dense(&text(document, file).unwrap());
    for expected in expected {
        assert!(text.contains(&dense(expected)), "{expected}\n{text}");
    }
}

#[test]
fn a_new_operation_is_a_new_method_with_what_it_takes_and_answers() {
    let document = with_wrappings(|_| {});
    expect(
        &document,
        File::Operations,
        &[
            "operation: 'wrap_item', method: 'POST', path: ['v1', 'wrappings', 0],",
            "given: [['token', text], ['default_', model.Colour], ['wrapping', model.Wrapping]],",
            "query: [['default', model.Colour, 1], ['since', moment]],",
            "hasBody: true, isSigned: true, isIdempotent: true, isConditional: false, answer: model.Wrapping, hasSecrets: true,",
            "wrapItem(token, default_, wrapping, options) {
                return call(this, WRAP_ITEM, [token, default_, wrapping], options); }",
        ],
    );
    expect(
        &document,
        File::OperationTypes,
        &[
            "export interface WrapItemOptions extends CallOptions { since?: string | undefined;",
            "/** Wrap an item. */
             wrapItem(token: string, default_: Colour, wrapping: Wrapping, options?: WrapItemOptions): Promise<Wrapping>;",
        ],
    );
    expect(
        &document,
        File::ModelTypes,
        &[
            "export type Colour = 'darkGreen' | 'red' | (string & {});",
            r"type: Colour; /** When; see *\/ there. */ 'wrapped-at'?: string | undefined;",
        ],
    );
    expect(
        &document,
        File::Model,
        &["function Wrapping(value) { return object(value)
            ?? (value.code === undefined ? undefined : secret(value.code)?.within('code'))
            ?? Colour(value.type)?.within('type')
            ?? (value['wrapped-at'] === undefined ? undefined : moment(value['wrapped-at'])?.within('wrapped-at')); }"],
    );
}

#[test]
fn a_listing_has_a_method_for_all_its_pages() {
    let document = document().to_string();
    expect(&document, File::Operations, &["return pages(this, LIST_ITEMS, [wishlistId], options);"]);
    let of_items = "listItemsPages(wishlistId: string, options?: ListItemsOptions): Pages<ItemPage, Item>;";
    expect(&document, File::OperationTypes, &[of_items]);
}

#[test]
fn what_cannot_be_written_fails_and_is_named() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let texts = json!({"type": "string"});
    let rows = [
        ("since", "query", list.clone(), "`since` of `wrap_item` is not one value"),
        ("signal", "query", texts.clone(), "`signal` of `wrap_item` is what a call is told in any case"),
        (
            "X-Share-Passphrase",
            "header",
            texts,
            "`X-Share-Passphrase` of `wrap_item` is a header, which a call of the bridge has no place for",
        ),
        ("token", "path", list, "`token` of `wrap_item` does not belong in a path"),
    ];
    for (name, place, schema, expected) in rows {
        let document = with_wrappings(|operation| {
            let at = if place == "path" { 0 } else { 2 };
            operation["parameters"][at] = parameter(name, place, place == "path", &schema);
        });
        assert_eq!(text(&document, File::Operations).unwrap_err().to_string(), expected);
    }
    let taken = with_wrappings(|operation| operation["operationId"] = json!("close"));
    let said = text(&taken, File::OperationTypes).unwrap_err().to_string();
    assert!(said.starts_with("`close` cannot be a method of `Wishlists`"), "{said}");
}
