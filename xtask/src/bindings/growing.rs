//! An operation that the API does not have, called by every client: none of them has a line for it that somebody wrote.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::directory::copy;
use crate::{cargo, generate};

/// What the clients are called with and have to print.
const NAME: &str = "Ada";
const ANSWER: &str = "Good morning, Ada";

/// Adds the operation to a copy of the contract, makes the clients of it, and calls it by each.
pub(crate) fn run() -> Result<()> {
    let directory = crate::python::directory("growing")?;
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let document = directory.join("openapi.json");
    let contract = fs::read_to_string(cargo::root().join("openapi.json")).context("the contract cannot be read")?;
    fs::write(&document, grown(&contract)?)?;
    let made = directory.join("made");
    generate::elsewhere(&document, &made)?;
    let url = serve()?;
    expect("Rust", &rust(&directory, &made, &url)?)?;
    expect("Python", &python(&directory, &made, &url)?)?;
    expect("Node", &node(&directory, &made, &url)?)
}

fn expect(language: &str, printed: &str) -> Result<()> {
    ensure!(printed.trim() == ANSWER, "{language} printed `{}` and not `{ANSWER}`", printed.trim());
    println!("{language}: {ANSWER}");
    Ok(())
}

/// The contract with one operation and one type more.
fn grown(contract: &str) -> Result<String> {
    let mut document: Value = serde_json::from_str(contract).context("the contract is not JSON")?;
    document["paths"]["/v1/greetings/{name}"] = json!({"get": {
        "tags": ["system"],
        "summary": "Greet somebody",
        "operationId": "find_greeting",
        "parameters": [
            {"name": "name", "in": "path", "required": true, "description": "Who.", "schema": {"type": "string"}},
            {"name": "politely", "in": "query", "description": "How.", "schema": {"type": "boolean"}}
        ],
        "responses": {
            "200": {"description": "The greeting",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Greeting"}}}},
            "default": {"$ref": "#/components/responses/Problem"}
        }
    }});
    document["components"]["schemas"]["Greeting"] = json!({
        "type": "object", "description": "A greeting.", "required": ["spokenText"],
        "properties": {"spokenText": {"type": "string", "description": "What is said."}}
    });
    Ok(document.to_string())
}

/// Answers the one path until the program ends.
fn serve() -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(url)
}

fn answer(mut stream: &TcpStream) -> Result<()> {
    let mut request = BufReader::new(stream);
    let mut line = String::new();
    request.read_line(&mut line)?;
    let mut rest = String::new();
    while request.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let is_asked = line.starts_with(&format!("GET /v1/greetings/{NAME}?politely=true "));
    let (status, body) =
        if is_asked { ("200 OK", json!({"spokenText": ANSWER})) } else { ("404 Not Found", json!({})) };
    let body = body.to_string();
    let head = format!("content-type: application/json\r\nconnection: close\r\ncontent-length: {}", body.len());
    Ok(write!(stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}")?)
}

/// Builds the Rust client of the grown contract, and a program that calls it.
fn rust(directory: &Path, made: &Path, url: &str) -> Result<String> {
    let workspace = directory.join("rust");
    copy(&cargo::root().join("wishlist-client"), &workspace.join("wishlist-client"), &|_| true)?;
    copy(&made.join("wishlist-client"), &workspace.join("wishlist-client"), &|_| true)?;
    let caller = workspace.join("caller");
    fs::create_dir_all(caller.join("src"))?;
    fs::write(caller.join("Cargo.toml"), CALLER)?;
    fs::write(caller.join("src/main.rs"), PROGRAM.replace("URL", url).replace("NAME", NAME))?;
    fs::write(workspace.join("Cargo.toml"), manifest(&fs::read_to_string(cargo::root().join("Cargo.toml"))?)?)?;
    fs::copy(cargo::root().join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    let manifest = workspace.join("Cargo.toml");
    let manifest = manifest.to_str().context("the target directory's name is not UTF-8")?;
    // What the client depends on is built already.
    cargo::output(&[
        "run",
        "--quiet",
        "--manifest-path",
        manifest,
        "--package",
        "caller",
        "--target-dir",
        cargo::text(&cargo::target()?)?,
    ])
}

/// Our own workspace with these two members.
fn manifest(ours: &str) -> Result<String> {
    let (Some(begin), Some(end)) = (ours.find("members = ["), ours.find("[workspace.package]")) else {
        bail!("the manifest of the workspace has no members");
    };
    let (Some(before), Some(after)) = (ours.get(..begin), ours.get(end..)) else { bail!("it is cut within a letter") };
    Ok(format!("{before}members = [\"wishlist-client\", \"caller\"]\n\n{after}"))
}

const CALLER: &str = r#"[package]
name = "caller"
version = "0.0.0"
edition = "2024"

[dependencies]
tokio.workspace = true
wishlist-client.workspace = true
"#;

const PROGRAM: &str = r#"use wishlist_client::{Client, options::FindGreeting};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::connect("URL").unwrap();
    let options = FindGreeting { politely: Some(true), ..Default::default() };
    let greeting: wishlist_client::model::Greeting = client.find_greeting("NAME", &options).await.unwrap();
    println!("{}", greeting.spoken_text);
}
"#;

/// Puts the grown face over a copy of the package that was installed, and calls it.
fn python(directory: &Path, made: &Path, url: &str) -> Result<String> {
    let environment = super::python::installed()?;
    let (python, place) = (environment.join("bin/python"), "import smart_wishlist; print(smart_wishlist.__path__[0])");
    let package = cargo::output_of(cargo::text(&python)?, &["-c", place])?;
    let copied = directory.join("python");
    copy(Path::new(package.trim()), &copied.join("smart_wishlist"), &|_| true)?;
    copy(&made.join("bindings/python/python"), &copied, &|_| true)?;
    let program = format!(
        "import sys; sys.path.insert(0, {:?})\nfrom smart_wishlist import Wishlists\nwith Wishlists.connect({url:?}) as server:\n    \
         print(server.find_greeting({NAME:?}, politely=True).spoken_text)",
        cargo::text(&copied)?
    );
    cargo::output_of(cargo::text(&python)?, &["-c", &program])
}

/// The same for Node.
fn node(directory: &Path, made: &Path, url: &str) -> Result<String> {
    let app = super::node::installed()?;
    let copied = directory.join("node");
    copy(&app.join("node_modules"), &copied.join("node_modules"), &|name| name.starts_with("smart-wishlist"))?;
    copy(&made.join("bindings/node"), &copied.join("node_modules/smart-wishlist"), &|_| true)?;
    let program = copied.join("call.mjs");
    let source = format!(
        "import {{ Wishlists }} from 'smart-wishlist';\nconst server = Wishlists.connect('{url}');\n\
         console.log((await server.findGreeting('{NAME}', {{ politely: true }})).spokenText);\nawait server.close();\n"
    );
    fs::write(&program, source)?;
    cargo::output_of("node", &[cargo::text(&program)?])
}
