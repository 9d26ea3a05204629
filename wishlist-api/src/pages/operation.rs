//! One operation on the page: what it does, takes and answers on the left, and the form that tries it on the right.

use maud::{Markup, html};

use super::contract::{Answer, Body, Call, Contract, Place};
use super::prose::prose;
use super::{fields, trial};

/// The section of one operation, which its name links to.
pub(super) fn section(contract: &Contract, call: Call<'_>) -> Markup {
    let operation = call.operation;
    html! {
        article.operation id=(operation.name) aria-labelledby={ (operation.name) "-title" } {
            div.told {
                h3 id={ (operation.name) "-title" } {
                    (operation.summary.trim_end_matches('.')) " "
                    a.link href={ "#" (operation.name) } aria-label={ "Link to " (operation.name) } { "#" }
                }
                p.route { (method(call)) " " code { (path(call.path)) } }
                p.facts {
                    code { (operation.name) }
                    @if operation.security.is_empty() { span { "no token needed" } } @else { span { "needs a token" } }
                }
                (prose(&operation.description))
                (taken(contract, call))
                h4 { "Answers" }
                @for (status, answer) in contract.answers(operation) { (answered(contract, status, answer)) }
            }
            (trial::form(contract, call))
        }
    }
}

/// The method as a mark of its own colour.
pub(super) fn method(call: Call<'_>) -> Markup {
    html! { b.method data-method=(call.method) { (call.method.to_uppercase()) } }
}

/// A path that may be broken behind each of its steps, where the line is too short.
fn path(path: &str) -> Markup {
    html! { @for step in path.split_inclusive('/') { (step) wbr; } }
}

fn taken(contract: &Contract, call: Call<'_>) -> Markup {
    let places = [(Place::Path, "In the path"), (Place::Query, "In the query"), (Place::Header, "Headers")];
    let operation = call.operation;
    html! {
        @for (place, title) in places {
            @let mut of = contract.parameters(operation).filter(|parameter| parameter.place == place).peekable();
            @if of.peek().is_some() { h4 { (title) } (fields::parameters(contract, of)) }
        }
        @if let Some(body) = &operation.request_body { (sent(contract, body)) }
    }
}

fn sent(contract: &Contract, body: &Body) -> Markup {
    html! { @for (form, content) in &body.content {
        h4 { "Body" span.aside { (form) @if !body.required { " · optional" } } }
        (prose(&contract.schema(&content.schema).description))
        (fields::schema(contract, &content.schema))
        @if contract.schema(&content.schema).is_closed() { p.closed { "A field that is not among these is refused." } }
    } }
}

/// An answer, folded: what a caller looks up, not what they read through.
fn answered(contract: &Contract, status: &str, answer: &Answer) -> Markup {
    if status == "default" {
        return html! { p.answer { span.status data-class="other" { "4xx 5xx" } " " a href="#problems" { "A problem" } } };
    }
    html! { details.answer {
        summary {
            span.status data-class=(status.chars().next().unwrap_or('0')) { (status) } " " (answer.description)
        }
        @for (form, content) in &answer.content {
            h5 { "Body" span.aside { (form) " · " (fields::kind(contract, &content.schema)) } }
            (fields::content(contract, &content.schema))
        }
        h5 { "Headers" }
        (fields::headers(contract, contract.headers(answer)))
    } }
}
