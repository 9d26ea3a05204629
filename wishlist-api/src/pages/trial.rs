//! The form that tries an operation: one input for each parameter, the body's example to be edited, the line for a
//! terminal, and the example of the answer, in whose place the script puts the real one.

use maud::{Markup, html};
use serde_json::Value;

use super::contract::{Call, Content, Contract, Parameter};
use super::example::example;
use super::fields::{bare, place};

/// The header that makes a repeated `POST` have one effect. The script fills it with a new random value for each call.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Operations under this path ignore the header: their answers hold secrets, which are never kept to be replayed.
const SESSIONS: &str = "/v1/auth/";

/// The form of an operation. Without its script it cannot be sent and shows what would be.
pub(super) fn form(contract: &Contract, call: Call<'_>) -> Markup {
    let name = call.operation.name.as_str();
    let body = call.operation.request_body.as_ref().and_then(|body| body.content.first());
    html! {
        form.trial method="post" data-operation=(name) data-method=(call.method) data-path=(call.path)
            data-token[!call.operation.security.is_empty()] aria-label={ "Try " (name) } {
            p.title { "Try it" span.token hidden[call.operation.security.is_empty()] {} }
            div.inputs {
                @for parameter in contract.parameters(call.operation) { (input(contract, name, parameter)) }
                @if wants_key(contract, call) { (key(name)) }
            }
            @if let Some((media, content)) = body {
                label.body { span { "Body" }
                    textarea data-place="body" data-media=(media) spellcheck="false" autocomplete="off" rows="4" {
                        (example(contract, content))
                    }
                }
            }
            div.send { button.primary type="submit" { "Send" } span.hint role="status" {} }
            div.code.curl {
                p.bar { span { "curl" } button type="button" data-copy { "Copy" } }
                pre tabindex="0" { code data-curl { (curl(contract, call, body)) } }
            }
            div.answered { (answer(contract, call)) }
        }
    }
}

fn input(contract: &Contract, operation: &str, parameter: &Parameter) -> Markup {
    let schema = contract.schema(&parameter.schema);
    let id = format!("{operation}.{}", parameter.name);
    let shown = parameter.example.as_ref().or(schema.example.as_ref()).or(schema.default.as_ref());
    let is_yes_or_no = schema.kind == "boolean";
    let yes_or_no = [Value::Bool(true), Value::Bool(false)];
    let choices = if is_yes_or_no { yes_or_no.as_slice() } else { schema.one_value_of.as_slice() };
    html! { div.input {
        label for=(id) { (parameter.name) @if !parameter.required { span.aside { "optional" } } }
        @if choices.is_empty() {
            input id=(id) name=(parameter.name) data-place=(place(parameter.place)) autocomplete="off" spellcheck="false"
                required[parameter.required] placeholder=[shown.map(bare)]
                inputmode=[(schema.kind == "integer").then_some("numeric")];
        } @else {
            select id=(id) name=(parameter.name) data-place=(place(parameter.place)) required[parameter.required] {
                option value="" { "–" }
                @for choice in choices { option { (bare(choice)) } }
            }
        }
    } }
}

/// Whether the form adds the header itself, because the document leaves it to the rule for all: every `POST` outside the
/// sessions takes it.
fn wants_key(contract: &Contract, call: Call<'_>) -> bool {
    let is_named = || contract.parameters(call.operation).any(|of| of.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
    call.method == "post" && !call.path.starts_with(SESSIONS) && !is_named()
}

fn key(operation: &str) -> Markup {
    let id = format!("{operation}.{IDEMPOTENCY_KEY}");
    html! { div.input {
        label for=(id) { (IDEMPOTENCY_KEY) span.aside { "optional" } }
        input id=(id) name=(IDEMPOTENCY_KEY) data-place="header" autocomplete="off" spellcheck="false";
    } }
}

/// The call as a line for a terminal, as it is before anything is typed.
fn curl(contract: &Contract, call: Call<'_>, body: Option<(&String, &Content)>) -> String {
    let mut parts = vec![format!("curl -X {} \"$SERVER{}\"", call.method.to_uppercase(), call.path)];
    if !call.operation.security.is_empty() {
        parts.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if let Some((media, content)) = body {
        parts.push(format!("-H 'Content-Type: {media}'"));
        parts.push(format!("-d '{}'", example(contract, content).replace('\'', r"'\''")));
    }
    parts.join(" \\\n  ")
}

/// The first answer of those that are no problem, by its example.
fn answer(contract: &Contract, call: Call<'_>) -> Markup {
    let good = contract.answers(call.operation).find(|(status, _)| status.starts_with('2'));
    let Some((status, answer)) = good else { return html! {} };
    html! {
        p.bar {
            span.status data-class="2" { (status) }
            span { "example" }
        }
        @if let Some((_, content)) = answer.content.first() {
            pre tabindex="0" { code data-json { (example(contract, content)) } }
        } @else {
            p.empty { "No body." }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(method: &str, path: &str, operation: Value) -> String {
        let mut operation = operation;
        operation["operationId"] = json!("try_me");
        operation["responses"] = json!({"204": {"description": "Done"}});
        let mut document = json!({"info": {"title": "x", "version": "1"}, "paths": {}});
        document["paths"][path][method] = operation;
        let contract: Contract = serde_json::from_value(document).unwrap();
        form(&contract, contract.call("try_me").unwrap()).into_string()
    }

    #[test]
    fn every_post_outside_the_sessions_has_one_field_for_its_key() {
        let named = json!({"parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}]});
        let rows = [
            ("post", "/v1/wishlists", json!({}), 1),
            ("post", "/v1/wishlists", named, 1),
            ("post", "/v1/auth/sign-in", json!({}), 0),
            ("put", "/v1/wishlists", json!({}), 0),
        ];
        for (method, path, operation, count) in rows {
            let form = shown(method, path, operation);
            assert_eq!(form.matches("name=\"Idempotency-Key\"").count(), count, "{method} {path}");
        }
    }

    #[test]
    fn a_choice_is_chosen_and_not_typed() {
        let parameter = |schema| json!({"parameters": [{"name": "sort", "in": "query", "schema": schema}]});
        let rows = [
            (json!({"type": "string", "enum": ["rank", "price"]}), "<option>rank</option><option>price</option>"),
            (json!({"type": "boolean"}), "<option>true</option><option>false</option>"),
            (json!({"type": "integer", "default": 50}), "placeholder=\"50\" inputmode=\"numeric\""),
        ];
        for (schema, expected) in rows {
            let form = shown("get", "/v1/x", parameter(schema));
            assert!(form.contains(expected), "{form}");
        }
    }

    #[test]
    fn a_quote_in_a_body_does_not_end_the_terminals_text() {
        let content = json!({"application/json": {"schema": {"type": "string"}, "example": "it's"}});
        let form = shown("post", "/v1/auth/x", json!({"requestBody": {"content": content}}));
        assert!(form.contains(r"-d '&quot;it'\''s&quot;'"), "{form}");
    }
}
