//! `/docs`: every operation of the document, to be read, looked up and tried.

use std::sync::OnceLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::contract::{Call, Contract};
use super::{fields, operation, policy, prose};
use crate::document::openapi_json;
use crate::entity_tag::text_tag;
use crate::problem::Code;

const STYLE: &str = include_str!("reference.css");
const SCRIPT: &str = include_str!("reference.js");

/// The mark in the tab: a parcel.
const ICON: &str = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\
    <path fill='%23b3204d' d='M2 6h12v8H2zM1 3h14v2.5H1z'/><path fill='%23fff' d='M7 3h2v11H7z'/></svg>";

/// The page as it is sent: the same for everyone, for as long as the program runs.
struct Written {
    page: String,
    policy: String,
    tag: String,
}

/// Show the reference of every operation. Anyone may keep it for five minutes, as the document itself.
pub(crate) async fn show_reference() -> Response {
    static WRITTEN: OnceLock<Written> = OnceLock::new();
    let written = WRITTEN.get_or_init(Written::new);
    let common = [
        (CACHE_CONTROL, "public, max-age=300"),
        (ETAG, written.tag.as_str()),
        (CONTENT_SECURITY_POLICY, written.policy.as_str()),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (common, [(CONTENT_TYPE, "text/html; charset=utf-8")], written.page.as_str()).into_response()
}

impl Written {
    fn new() -> Self {
        let json = openapi_json();
        let page = match serde_json::from_str(json) {
            Ok(contract) => page(&contract).into_string(),
            // A document of ours always has what is read of it, as a test shows; a reader still gets the document.
            Err(_) => html! { pre { (json) } }.into_string(),
        };
        Self { tag: text_tag(&page), page, policy: policy::policy(SCRIPT, STYLE) }
    }
}

fn page(contract: &Contract) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (contract.info.title) " · API reference" }
                link rel="icon" href=(ICON);
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (top(contract))
                (navigation(contract))
                main id="content" tabindex="-1" {
                    (introduction(contract))
                    @for (tag, calls) in contract.groups() {
                        section.group aria-labelledby={ "tag-" (tag.name) } {
                            h2 id={ "tag-" (tag.name) } { (title(&tag.name)) }
                            (prose::prose(&tag.description))
                            @for call in calls { (operation::section(contract, call)) }
                        }
                    }
                    (types(contract))
                }
                (sign_in(contract))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn top(contract: &Contract) -> Markup {
    html! { header.top {
        button.menu type="button" aria-expanded="false" aria-controls="navigation" { "Menu" }
        a.brand href="#content" { span.mark aria-hidden="true" {} (contract.info.title) }
        span.version { "API " (contract.info.version) }
        button.session type="button" aria-haspopup="dialog" { "Sign in" }
    } }
}

fn navigation(contract: &Contract) -> Markup {
    html! { nav id="navigation" aria-label="Operations" {
        label.filter { span { "Filter operations" } input type="search" placeholder="Filter  /" autocomplete="off" spellcheck="false"; }
        p.nothing hidden { "No operation has this in its name or path." }
        ul { li { a href="#conventions" { "Conventions" } } li { a href="#problems" { "Problems" } } li { a href="#types" { "Types" } } }
        @for (tag, calls) in contract.groups() {
            section {
                h2 { (title(&tag.name)) }
                ul { @for call in calls { (entry(call)) } }
            }
        }
    } }
}

fn entry(call: Call<'_>) -> Markup {
    let operation = call.operation;
    let words = format!("{} {} {} {}", operation.name, call.method, call.path, operation.summary).to_lowercase();
    html! { li data-words=(words) {
        a href={ "#" (operation.name) } { span { (operation.name) } (operation::method(call)) }
    } }
}

fn introduction(contract: &Contract) -> Markup {
    let (lead, conventions) = contract.info.description.split_once("\n\n").unwrap_or((&contract.info.description, ""));
    html! {
        section.introduction {
            h1 { (contract.info.title) }
            div.lead { (prose::prose(lead)) }
            p.links { a href="openapi.json" { "openapi.json" } span { "OpenAPI 3.1" } }
            noscript { p.note { "Without JavaScript this page can be read; trying a call needs it." } }
        }
        section.split id="conventions" aria-labelledby="conventions-title" {
            h2 id="conventions-title" { "Conventions" }
            (prose::prose(conventions))
        }
        section.split id="problems" aria-labelledby="problems-title" {
            h2 id="problems-title" { "Problems" }
            @if let Some(problem) = contract.named("Problem") {
                (prose::prose(&problem.description))
                table {
                    thead { tr { th scope="col" { "Status" } th scope="col" { "Code" } th scope="col" { "In words" } } }
                    tbody { @for code in Code::ALL { (row(code)) } }
                }
                details.answer { summary { "The body of a problem" } (fields::schema(contract, problem)) }
            }
        }
    }
}

/// What requests and answers are made of, each once.
fn types(contract: &Contract) -> Markup {
    html! { section.group id="types" aria-labelledby="types-title" {
        h2 id="types-title" { "Types" }
        @for (name, schema) in contract.schemas().filter(|(_, schema)| !schema.properties.is_empty()) {
            details.type id={ "type-" (name) } {
                summary { code { (name) } }
                (prose::prose(&schema.description))
                (fields::schema(contract, schema))
            }
        }
    } }
}

fn row(code: Code) -> Markup {
    let status = code.status();
    html! { tr {
        td { span.status data-class=(status.as_str().chars().next().unwrap_or('0')) { (status.as_str()) } }
        td { code { (code.as_str()) } }
        td { (status.canonical_reason().unwrap_or_default()) }
    } }
}

/// The dialog that gets a token. It calls `sign_in` as the document has it.
fn sign_in(contract: &Contract) -> Markup {
    let path = contract.call("sign_in").map(|call| call.path);
    html! { dialog aria-labelledby="session-title" {
        h2 id="session-title" { "Sign in" }
        p { "The token is kept by this tab until it is closed, and sent to this server only." }
        @if let Some(path) = path {
            form.password method="post" data-path=(path) {
                label { span { "Email" } input name="email" type="email" autocomplete="username" required; }
                label { span { "Password" } input name="password" type="password" autocomplete="current-password" required; }
                button.primary type="submit" { "Sign in" }
            }
        }
        form.paste method="post" {
            label { span { "Or paste an access token" } input name="token" autocomplete="off" spellcheck="false" required; }
            button type="submit" { "Use it" }
        }
        p.hint role="status" {}
        p.actions {
            button.forget type="button" hidden { "Forget the token" }
            button.close type="button" { "Close" }
        }
    } }
}

fn title(tag: &str) -> String {
    let mut letters = tag.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
