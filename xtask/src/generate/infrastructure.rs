//! The constants of the program for the infrastructure, in TypeScript: names, limits and routes, none of which is typed again
//! there.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// `infra/src/generated/program.ts`, from what the program tells of itself and from its contract.
pub(super) fn typescript(program: &str, contract: &str) -> Result<String> {
    let mut program: Value = serde_json::from_str(program).context("the program tells what is not JSON")?;
    let contract: Value = serde_json::from_str(contract).context("the contract is not JSON")?;
    let variables = variables(&program)?;
    let mut members = program.as_object_mut().context("the program tells no object")?.clone();
    members.insert("routes".to_owned(), Value::Array(routes(&contract)?));
    let mut text = constant("variables", &variables);
    for (name, value) in &members {
        text.push('\n');
        text += &constant(name, value);
    }
    Ok(text)
}

fn constant(name: &str, value: &Value) -> String {
    format!("export const {name} = {value:#} as const;\n")
}

/// Each variable under a name of its own, so that a misspelt one does not compile.
fn variables(program: &Value) -> Result<Value> {
    let roles = program["roles"].as_object().context("the program tells no roles")?;
    let named = roles.values().flat_map(|role| role.as_array().into_iter().flatten());
    let names = named.filter_map(|variable| variable["name"].as_str());
    Ok(names.map(|name| (camel(name), Value::from(name))).collect())
}

/// `dynamodbTableName` of `DYNAMODB_TABLE_NAME`.
fn camel(name: &str) -> String {
    let words = name.split('_').enumerate().map(|(nth, word)| match (nth, word.split_at_checked(1)) {
        (1.., Some((first, rest))) => first.to_owned() + &rest.to_lowercase(),
        _ => word.to_lowercase(),
    });
    words.collect()
}

/// Every operation, in the contract's order.
fn routes(contract: &Value) -> Result<Vec<Value>> {
    let mut routes = Vec::new();
    for (path, item) in contract["paths"].as_object().context("the contract has no paths")? {
        for (method, operation) in item.as_object().context("a path has no operations")? {
            if !METHODS.contains(&method.as_str()) {
                bail!("`{path}` has `{method}`, expected only methods: teach `xtask/src/generate/infrastructure.rs`");
            }
            let id = operation["operationId"].as_str().context("an operation has no id")?;
            let security = operation.get("security").or_else(|| contract.get("security"));
            let needs_token = security.and_then(Value::as_array).is_some_and(|of| !of.is_empty());
            let method = method.to_uppercase();
            let waits = operation["parameters"].as_array().is_some_and(|of| of.iter().any(|one| one["name"] == "wait"));
            routes.push(json!({
                "method": method, "path": path, "operation": id, "needsToken": needs_token, "waits": waits,
            }));
        }
    }
    Ok(routes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = r#"{"roles":{"api":[{"name":"AWS_REGION"},{"name":"SQS_QUEUE_URL"}]},"limits":{"most":5}}"#;

    #[test]
    fn constants_are_named_as_the_language_names_them() {
        let contract = r#"{"paths":{"/v1/me":{"get":{"operationId":"find_me","security":[{"bearer":[]}]}}}}"#;
        let text = typescript(PROGRAM, contract).unwrap();
        for part in [r#""awsRegion": "AWS_REGION""#, r#""sqsQueueUrl": "SQS_QUEUE_URL""#, "export const limits = {"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let route = json!({ "method": "GET", "path": "/v1/me", "operation": "find_me", "needsToken": true,
            "waits": false });
        assert!(text.contains(&format!("export const routes = {:#} as const;", json!([route]))), "{text}");
    }

    #[test]
    fn what_is_not_known_of_the_contract_is_named() {
        let contract = r#"{"paths":{"/x":{"parameters":[]}}}"#;
        let error = typescript(PROGRAM, contract).unwrap_err().to_string();
        assert!(error.contains("`parameters`"), "{error}");
    }

    #[test]
    fn an_operation_without_its_own_rule_has_that_of_the_document() {
        let contract = json!({ "security": [{ "bearer": [] }], "paths": { "/a": { "get": { "operationId": "a" } },
            "/b": { "get": { "operationId": "b", "security": [] } } } });
        let needs: Vec<_> = routes(&contract).unwrap().iter().map(|route| route["needsToken"].clone()).collect();
        assert_eq!(needs, [true, false]);
    }
}
