//! The commands that end by themselves.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::running::{Running, program, serve};

const PAGE: &str = r#"<!doctype html><title>Kettle | Shop</title><script type="application/ld+json">
    {"@context":"https://schema.org","@type":"Product","name":"Kettle","sku":"K-1",
     "offers":{"@type":"Offer","price":"19.99","priceCurrency":"EUR"}}</script><h1>Kettle</h1>"#;

fn fed(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn try_turns_the_sample_shop_into_a_wishlist() {
    let output = program().args(["try", "--exit"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text} {}", String::from_utf8_lossy(&output.stderr));
    let visited = text.lines().filter(|line| line.starts_with("  ✓ ") || line.starts_with("  ✗ ")).count();
    assert!(visited >= 6, "{text}");
    for expected in
        ["Signed up", "EUR", "out of stock", "the page does not sell a single product", "there is no such page"]
    {
        assert!(text.contains(expected), "`{expected}` is not in {text}");
    }
    assert!(!text.contains("not answered yet"), "{text}");
}

#[test]
fn try_prints_what_the_readme_shows() {
    let readme = include_str!("../../../README.md");
    let shown = readme.split("<!-- try:begin -->").nth(1).unwrap().split("<!-- try:end -->").next().unwrap();
    let output = program().args(["try", "--exit"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (printed, _) = printed.split_once("This was a look").unwrap();
    assert_eq!(comparable(printed), comparable(shown));
}

/// The lines without indentation and ports, in the order of the alphabet: visits end in any order.
fn comparable(text: &str) -> Vec<String> {
    let without_port = |line: &str| {
        let mut parts = line.trim().split("127.0.0.1:");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |line, part| {
            format!("{line}127.0.0.1:{}", part.trim_start_matches(|c: char| c.is_ascii_digit()))
        })
    };
    let mut lines: Vec<_> = text.lines().map(without_port).filter(|line| !line.is_empty()).collect();
    lines.sort();
    lines
}

#[test]
fn try_visits_no_private_address_that_it_was_not_given_by_itself() {
    let output = program().args(["try", "--exit", "http://127.0.0.1:9/", "not a link"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("the address is not one that may be visited"), "{text}");
    assert!(text.contains("not a page's address"), "{text}");
}

#[test]
fn extract_prints_what_a_page_says() {
    let mut command = program();
    command.args(["extract", "--url", "https://shop.example/kettle"]);
    let found: Value = serde_json::from_slice(&fed(command, PAGE).stdout).unwrap();
    assert_eq!(found["kind"], "product");
    assert_eq!(found["product"]["title"], "Kettle");
    assert_eq!(found["product"]["price"], json!({ "amount": "19.99", "currency": "EUR" }));
    assert_eq!(found["sources"]["price"], "json_ld");
    assert!(found["confidence"]["price"].as_u64().is_some_and(|percent| percent > 80), "{found}");
}

#[test]
fn extract_shows_no_address_of_a_private_network_that_a_public_page_names() {
    let page = "<title>Kettle</title><link rel=canonical href=http://127.0.0.1/><meta property=og:image \
                content=http://169.254.169.254/x.png><meta property=og:image content=/a.jpg>";
    let mut command = program();
    command.args(["extract", "--url", "https://shop.example/kettle"]);
    let output = fed(command, page);
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["product"]["images"], serde_json::json!(["https://shop.example/a.jpg"]));
    assert_eq!(printed["product"].get("canonicalUrl"), None);
}

#[test]
fn extract_explains_itself() {
    let mut command = program();
    command.args(["extract", "--explain", "-"]);
    let text = String::from_utf8(fed(command, PAGE).stdout).unwrap();
    let price = text.lines().find(|line| line.starts_with("price")).unwrap_or_default();
    assert!(price.contains('*') && price.contains("json_ld") && price.contains("19.99 EUR"), "{text}");
    assert!(text.contains("% sure: it is what the most trusted source says"), "{text}");
    assert!(text.contains("it is marked up as a product with a price"), "{text}");
}

#[test]
fn extract_explains_itself_to_programs() {
    let mut command = program();
    command.args(["extract", "--explain", "--json"]);
    let found: Value = serde_json::from_slice(&fed(command, PAGE).stdout).unwrap();
    assert_eq!((&found["kind"], &found["kindRule"]), (&json!("product"), &json!("pricedMarkup")));
    assert_eq!(found["findings"]["price"]["rule"], "mostTrusted");
    assert!(found["evidence"].as_array().unwrap().iter().any(|one| one["field"] == "price" && one["chosen"] == true));
}

#[test]
fn extract_reads_single_values() {
    let rows = [
        (
            "price",
            r#"{"text":"1.299,00 \u20ac","currency_hint":null}"#,
            json!({ "amount": "1299.00", "currency": "EUR" }),
        ),
        ("price", r#"{"text":"5","currency_hint":"USD"}"#, json!({ "amount": "5", "currency": "USD" })),
        ("price", r#"{"text":"soon"}"#, json!({})),
        ("brand", r#"{"html":"<a href=/acme><img alt=Acme></a>"}"#, json!({ "value": "Acme" })),
        ("gtin", r#"{"text":"EAN: 4006381333931"}"#, json!({ "value": "4006381333931", "kind": "gtin13" })),
        ("gtin", r#"{"text":"4006381333932"}"#, json!({})),
    ];
    for (kind, line, expected) in rows {
        let mut command = program();
        command.args(["extract", "--lines", kind]);
        let output = fed(command, line);
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected, "{kind} {line}");
    }
}

#[test]
fn extract_reads_many_pages() {
    let directory = tempfile::tempdir().unwrap();
    let (plain, packed) = (directory.path().join("kettle.html"), directory.path().join("kettle.html.gz"));
    std::fs::write(&plain, PAGE).unwrap();
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    encoder.write_all(PAGE.as_bytes()).unwrap();
    encoder.finish().unwrap();
    let line =
        |name: &str, file: &std::path::Path| json!({ "name": name, "url": "https://shop.example/k", "file": file });
    let mut command = program();
    command.args(["extract", "--batch"]);
    let output = fed(command, &format!("{}\n\n{}\n", line("plain", &plain), line("packed", &packed)));
    let answers: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(answers.iter().map(|answer| answer["name"].as_str().unwrap()).collect::<Vec<_>>(), ["plain", "packed"]);
    for answer in answers {
        assert_eq!((&answer["product"]["sku"], &answer["kind"]), (&json!("K-1"), &json!("product")));
        assert!(answer["cpuMicros"].is_u64());
        assert!(answer["product"].get("brand").is_none());
    }
}

#[test]
fn help_names_every_command() {
    let text = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    for command in ["serve", "try", "extract"] {
        assert!(text.contains(command), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logged_code_says_what_it_is_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = serve(directory.path());
    command.args(["--confirm", "log"]);
    let server = Running::of(command);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let credentials = json!({ "email": "alice@example.com", "password": "correct horse battery" });
    let address = format!("http://{}/v1/auth/sign-up", server.address);
    client.post(address).json(&credentials).send().await.unwrap().error_for_status().unwrap();
    let code = server.code();
    let logs = server.terminate().1;
    let line = logs.lines().find(|line| line.contains(&code)).unwrap();
    let event: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&event["purpose"], &event["code"]), (&json!("confirm"), &json!(code)), "{line}");
    assert!(!logs.contains("alice"), "{logs}");
}
