//! What is written of changes of our own document.

use serde_json::{Value, json};

use super::{File, text};
use crate::cargo;

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap()).unwrap()
}

fn parameter(name: &str, place: &str, is_required: bool, schema: &Value) -> Value {
    json!({"name": name, "in": place, "required": is_required, "schema": schema, "description": format!("The {name}.")})
}

/// Our document with an operation that has something of everything.
fn grown() -> Value {
    let mut document = document();
    let schemas = &mut document["components"]["schemas"];
    schemas["Colour"] = json!({"type": "string", "enum": ["darkGreen", "red"]});
    schemas["Wrapping"] = json!({
        "type": "object", "description": "A \"wrapping\".", "required": ["type"],
        "properties": {
            "type": {"$ref": "#/components/schemas/Colour"},
            "from": {"type": "string", "description": "Who."},
            "sha256": {"type": "string", "format": "password"},
            "wrappedAt": {"type": "string", "format": "date-time"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    });
    document["paths"]["/v1/wrappings/{token}"] = json!({"post": {
        "operationId": "wrap_item", "summary": "Wrap an item.", "security": [{"bearer": []}],
        "parameters": [
            parameter("token", "path", true, &json!({"type": "string"})),
            parameter("since", "query", false, &json!({"type": "string", "format": "date-time"})),
            parameter("in", "query", true, &json!({"$ref": "#/components/schemas/Colour"})),
            parameter("Idempotency-Key", "header", false, &json!({"type": "string"})),
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
        "responses": {
            "200": {"description": "It", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapping"}}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }});
    document
}

fn fault(document: &Value) -> String {
    let files = [File::Models, File::Calls, File::Operations, File::AsyncOperations];
    let errors: Vec<_> = files.iter().filter_map(|file| text(&document.to_string(), *file).err()).collect();
    errors.first().expect("it is written").to_string()
}

#[test]
fn a_new_operation_is_a_new_method_with_what_it_takes_and_answers() {
    let document = grown().to_string();
    let rows: [(File, &[&str]); 4] = [
        (
            File::Models,
            &[
                "class Colour(_model.Word):",
                "    DARK_GREEN = \"darkGreen\"\n    RED = \"red\"\n",
                "class Wrapping(_model.Hidden, _model.Answer, frozen=True, kw_only=True):\n    \"\"\"A 'wrapping'.\"\"\"\n",
                "    _secrets = frozenset({\"sha256\"})\n",
                "    type: Colour\n",
                "    from_: str | None = None\n    \"\"\"Who.\"\"\"\n",
                "    wrapped_at: _Moment | None = None\n",
                "    tags: tuple[str, ...] = ()\n",
            ],
        ),
        (
            File::Calls,
            &[
                "_WRAP_ITEM_CALL = Operation(\"wrap_item\", \"POST\", signed=True, idempotent=True)",
                "(\"v1\", \"wrappings\", _wire.text(\"token\", token))",
                "(\"in\", _wire.word(\"in_\", in_, _models.Colour))",
                "None if since is None else (\"since\", _wire.moment(\"since\", since))",
                "body=_wire.body(body, _models.Wrapping, _WRAPPING_READER)",
                "key=_wire.key(key)",
            ],
        ),
        (
            File::Operations,
            &[
                "    def wrap_item(\n        self,\n        token: str,\n        in_: _models.Colour,\n        body: _models.Wrapping,\n        \
                 *,\n        since: _datetime.datetime | None = None,\n        key: str | None = None,\n    ) -> _models.Wrapping:",
                "        `since`: The since.",
                "        return self._call(_calls.wrap_item(token, in_, body, since, key))",
            ],
        ),
        (
            File::AsyncOperations,
            &[
                "    async def wrap_item(",
                "        return await self._call(_calls.wrap_item(token, in_, body, since, key))",
            ],
        ),
    ];
    for (file, expected) in rows {
        let written = text(&document, file).unwrap();
        for expected in expected {
            assert!(written.contains(expected), "{expected}\n{written}");
        }
    }
}

#[test]
fn every_operation_is_a_method_of_both_faces_and_paged_ones_have_another() {
    let document = document().to_string();
    let (waiting, awaited) =
        (text(&document, File::Operations).unwrap(), text(&document, File::AsyncOperations).unwrap());
    let contract = crate::generate::contract::Contract::read(&document).unwrap();
    for of in &contract.operations {
        assert!(waiting.contains(&format!("    def {}(", of.name)), "{}", of.name);
        assert!(awaited.contains(&format!("    async def {}(", of.name)), "{}", of.name);
        let is_paged = contract.page_of(of).is_some();
        assert_eq!(waiting.contains(&format!("    def {}_pages(", of.name)), is_paged, "{}", of.name);
    }
    assert!(waiting.contains("-> Pages[_models.ItemPage, _models.Item]:"));
}

#[test]
fn what_cannot_be_written_fails_and_is_named() {
    let wrap = |place: &str, value: Value| {
        let mut document = grown();
        *document.pointer_mut(place).unwrap() = value;
        fault(&document)
    };
    let post = "/paths/~1v1~1wrappings~1{token}/post";
    let rows = [
        (wrap(&format!("{post}/operationId"), json!("close")), "`close` cannot be a method"),
        (wrap(&format!("{post}/operationId"), json!("list_items_pages")), "`list_items_pages` cannot be a method"),
        (wrap(&format!("{post}/operationId"), json!("import")), "`import` cannot be a method"),
        (wrap(&format!("{post}/operationId"), json!("wrapItem")), "`wrapItem` cannot be a method"),
        (wrap(&format!("{post}/parameters/1/name"), json!("body")), "two arguments that are `body`"),
        (wrap(&format!("{post}/parameters/1/name"), json!("key")), "two arguments that are `key`"),
        (wrap(&format!("{post}/parameters/1/name"), json!("größe")), "`größe` is no name in Python"),
        (wrap(&format!("{post}/parameters/1/in"), json!("header")), "`since` is a header"),
        (
            wrap(&format!("{post}/parameters/1/schema"), json!({"type": "array", "items": {"type": "string"}})),
            "`since` of `wrap_item` is not one value",
        ),
        (wrap("/components/schemas/Colour/enum", json!(["in-stock", "inStock"])), "two words that are `IN_STOCK`"),
        (wrap("/components/schemas/Colour/enum", json!(["3d"])), "`3d` is no name of a constant"),
    ];
    for (said, expected) in rows {
        assert!(said.contains(expected), "{said}, expected {expected}");
    }
    for name in ["Timeout", "lower", "With_Line"] {
        let mut document = grown();
        document["components"]["schemas"][name] = json!({"type": "object", "properties": {}});
        assert!(fault(&document).starts_with(&format!("`{name}` cannot be a class")), "{name}");
    }
}
