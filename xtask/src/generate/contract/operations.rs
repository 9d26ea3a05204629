//! The paths of the document as operations.

use anyhow::{Result, bail};
use serde_json::json;

use super::model::{Operation, Parameter, Place, Shape};
use super::node::Node;
use super::schemas::shape;

const METHODS: &[&str] = &["get", "post", "put", "delete"];

pub(super) fn read(paths: &Node<'_>) -> Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for (path, item) in paths.members()? {
        item.only(METHODS)?;
        for (method, operation) in item.members()? {
            operations.push(read_one(method, path, &operation)?);
        }
    }
    Ok(operations)
}

fn read_one(method: &str, path: &str, node: &Node<'_>) -> Result<Operation> {
    node.only(&[
        "tags",
        "summary",
        "description",
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "security",
    ])?;
    let mut operation = Operation {
        name: node.need("operationId")?.text()?.to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: node.text_of("summary")?,
        description: node.text_of("description")?,
        parameters: Vec::new(),
        body: node.get("requestBody").map(|body| read_body(&body)).transpose()?,
        answer: read_answer(&node.need("responses")?)?,
        is_signed: node.get("security").is_some(),
        is_idempotent: false,
        is_conditional: false,
    };
    for parameter in node.get("parameters").map_or(Ok(Vec::new()), |of| of.list())? {
        let parameter = read_parameter(&parameter)?;
        match (parameter.place, parameter.name.as_str()) {
            (Place::Header, "Idempotency-Key") => operation.is_idempotent = true,
            (Place::Header, "If-Match") => operation.is_conditional = true,
            // A typed answer has no place for "as you have it".
            (Place::Header, "If-None-Match") => {}
            _ => operation.parameters.push(parameter),
        }
    }
    for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        if !operation.parameters.iter().any(|of| of.place == Place::Path && of.name == part) {
            bail!("`{}` does not describe `{part}` of its path `{path}`", operation.name);
        }
    }
    Ok(operation)
}

fn read_parameter(node: &Node<'_>) -> Result<Parameter> {
    node.only(&["name", "in", "description", "required", "schema", "example"])?;
    let place = node.need("in")?;
    let place = match place.text()? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return Err(place.unknown("place", "expected path, query or header")),
    };
    Ok(Parameter {
        name: node.need("name")?.text()?.to_owned(),
        place,
        description: node.text_of("description")?,
        shape: shape(&node.need("schema")?)?,
        is_required: node.get("required").is_some_and(|required| required.is(&json!(true))),
    })
}

fn read_body(node: &Node<'_>) -> Result<String> {
    node.only(&["description", "content", "required"])?;
    let content = node.need("content")?;
    content.only(&["application/json"])?;
    let json = content.need("application/json")?;
    json.only(&["schema", "example"])?;
    let schema = json.need("schema")?;
    match shape(&schema)? {
        Shape::Named(name) => Ok(name),
        _ => Err(schema.unknown("shape", "a body is a schema with a name")),
    }
}

/// What the one success holds; every other answer is a `Problem`, or `304`, which is not asked for.
fn read_answer(responses: &Node<'_>) -> Result<Option<Shape>> {
    let mut answers = Vec::new();
    for (status, response) in responses.members()? {
        match status {
            "default" if response.get("$ref").is_some_and(|of| of.is(&json!("#/components/responses/Problem"))) => {}
            "304" => {}
            _ if status.starts_with('2') => answers.push(response),
            _ => return Err(response.unknown("answer", "expected one success, and a `Problem` by default")),
        }
    }
    let [answer] = answers.as_slice() else {
        return Err(responses.unknown("shape", "expected one success"));
    };
    answer.only(&["description", "headers", "content"])?;
    let Some(content) = answer.get("content") else { return Ok(None) };
    content.only(&["application/json"])?;
    let json = content.need("application/json")?;
    json.only(&["schema", "example"])?;
    shape(&json.need("schema")?).map(Some)
}
