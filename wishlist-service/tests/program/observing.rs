//! What operators see of a running server: metrics, readiness, logs, and what a service manager is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;

use reqwest::Client;
use serde_json::{Value, json};

use crate::person::Person;
use crate::running::{Running, program, serve};
use crate::shop;

async fn fetch(url: &str) -> (u16, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let response = client.get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The samples of a scrape by name and labels; panics where a line is not of the text format (Prometheus, "Exposition
/// formats", version 0.0.4).
fn parse(scrape: &str) -> BTreeMap<String, f64> {
    let (mut samples, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':')
    };
    assert!(scrape.ends_with('\n'));
    for line in scrape.lines().filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (word, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or_default());
            assert!(is_name(name) && !rest.is_empty(), "{line}");
            match word {
                "HELP" => {}
                "TYPE" => {
                    assert!(["counter", "gauge", "histogram"].contains(&rest), "{line}");
                    assert!(kinds.insert(name.to_owned(), rest.to_owned()).is_none(), "{line} is there twice");
                }
                _ => panic!("{line}"),
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let (name, labels) = series.split_once('{').map_or((series, ""), |(name, labels)| {
            (name, labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}")))
        });
        assert!(is_name(name), "{line}");
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let (label, text) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
            assert!(is_name(label) && !text.trim_end_matches('"').contains('"'), "{line}");
        }
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(kinds.contains_key(name) || kinds.get(family).is_some_and(|kind| kind == "histogram"), "{line}");
        let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(samples.insert(series.to_owned(), value).is_none(), "{line} is there twice");
    }
    samples
}

fn observed(directory: &std::path::Path) -> Running {
    let mut command = serve(directory);
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    Running::of(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scrape_says_what_was_done_and_names_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let server = observed(directory.path());
    let metrics = format!("http://{}", server.metrics_address.as_ref().unwrap());
    assert_eq!(fetch(&format!("{metrics}/ready")).await, (200, "ready\n".to_owned()));
    let (person, shop) = (Person::sign_up(&server.address).await, shop::open().await);
    let list = person.list(&server.address).await;
    let items = format!("/wishlists/{list}/items");
    for number in 0..3 {
        person.post(&server.address, &items, &json!({ "url": format!("http://{shop}/{number}") })).await;
    }
    person.get(&server.address, &format!("{items}?wait=20")).await;
    assert_eq!(fetch(&format!("http://{}/v1/nothing/canary", server.address)).await.0, 404);
    let (status, scrape) = fetch(&format!("{metrics}/metrics")).await;
    assert_eq!(status, 200);
    let samples = parse(&scrape);
    for (series, at_least) in [
        (r#"wishlist_http_requests_total{method="POST",route="/v1/wishlists/{wishlistId}/items",status="201"}"#, 3.0),
        (r#"wishlist_http_requests_total{method="GET",route="none",status="404"}"#, 1.0),
        (r#"wishlist_http_request_duration_seconds_count{method="POST",route="/v1/wishlists"}"#, 1.0),
        (r#"wishlist_table_operation_duration_seconds_count{operation="commit"}"#, 8.0),
        (r#"wishlist_visits_total{outcome="ready",code="none"}"#, 3.0),
        (r#"wishlist_sweeps_total{outcome="ok"}"#, 1.0),
        (r#"wishlist_database_bytes{part="data"}"#, 4096.0),
        (r#"wishlist_build_info{version="0.1.0"}"#, 1.0),
        ("process_resident_memory_bytes", 1_000_000.0),
        ("process_open_fds", 5.0),
        ("process_start_time_seconds", 1_700_000_000.0),
    ] {
        assert!(samples.get(series).is_some_and(|value| *value >= at_least), "{series}: {scrape}");
    }
    for (series, value) in [
        (r#"wishlist_backlog_records{state="due"}"#, 0.0),
        // The three pages wait for their next visit.
        (r#"wishlist_backlog_records{state="waiting"}"#, 3.0),
        ("wishlist_http_requests_in_flight", 0.0),
        ("wishlist_panics_total", 0.0),
    ] {
        assert_eq!(samples.get(series), Some(&value), "{series}: {scrape}");
    }
    let runbook = include_str!("../../../docs/operations.md");
    for series in samples.keys() {
        let name = series.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(runbook.contains(&format!("| `{family}` |")), "{family} is not in the runbook");
    }
    for secret in ["canary", "alice", &list, &shop.to_string()] {
        assert!(!scrape.contains(secret), "{secret}: {scrape}");
    }
    assert_eq!(fetch(&format!("{metrics}/")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_anybody_sends_reaches_a_log() {
    let (directory, shop) = (tempfile::tempdir().unwrap(), shop::open().await);
    let mut command = serve(directory.path());
    command.args(["--log-level", "trace", "--metrics-listen", "127.0.0.1:0"]);
    let server = Running::of(command);
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().tls_certs_only([]).no_proxy().user_agent("canary-agent/1").build().unwrap();
    let at = |path: &str| format!("http://{}/v1{path}", server.address);
    let item = json!({
        "title": "canary-title", "note": "canary-note", "url": format!("http://{shop}/7?canary-query#canary-fragment"),
        "imageUrl": "https://pictures.example/canary-picture", "price": { "amount": "1.23", "currency": "EUR" },
    });
    let wrong = json!({ "title": "canary-title", "quantity": "canary-quantity", "canary-name": true });
    let credentials = json!({ "email": "canary@example.com", "password": "canary-password", "name": "canary-name" });
    let refresh = json!({ "refreshToken": "canary-refresh" });
    let items = format!("/wishlists/{list}/items");
    for (path, body, token) in [
        (items.as_str(), &item, person.token.as_str()),
        (items.as_str(), &wrong, person.token.as_str()),
        ("/auth/sign-up", &credentials, ""),
        ("/auth/sign-in", &credentials, ""),
        ("/auth/refresh", &refresh, "canary-token"),
        ("/wishlists", &json!({ "name": "canary-list", "description": "canary" }), person.token.as_str()),
        ("/canary-path?canary-query=1", &item, "canary-token"),
    ] {
        let request = client.post(at(path)).json(body).bearer_auth(token);
        request
            .header("idempotency-key", "canary-key-that-is-long-enough-for-a-guest")
            .header("cookie", "canary-cookie")
            .header("x-forwarded-for", "canary-header")
            .header("referer", "http://canary.example/")
            .send()
            .await
            .unwrap();
    }
    person.get(&server.address, &format!("{items}?wait=20")).await;
    let token = person.token.clone();
    let (status, logs) = server.terminate();
    assert!(status.success());
    assert!(logs.contains("\"answered\"") && logs.contains("\"visit\""), "{logs}");
    for line in logs.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
    }
    for secret in ["canary", "alice", "correct horse", &token] {
        assert!(!logs.to_lowercase().contains(secret), "{secret} is in the logs: {logs}");
    }
}

#[test]
fn a_service_manager_is_told_that_it_is_up_and_that_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let socket = UnixDatagram::bind(directory.path().join("notify")).unwrap();
    let mut command = serve(&directory.path().join("data"));
    command.env("NOTIFY_SOCKET", directory.path().join("notify"));
    let server = Running::of(command);
    let told = || {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).trim().to_owned()
    };
    assert_eq!(told(), "READY=1");
    assert!(server.terminate().0.success());
    assert_eq!(told(), "STOPPING=1");
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_its_flags_are_the_programs() {
    let unit = include_str!("../../../docs/wishlist.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/wishlist-service ")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let start = start.replace("${STATE_DIRECTORY}", &data.display().to_string());
    let mut child = program()
        .args(start.split_whitespace())
        .env("WISHLIST_LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let served = lines.map_while(Result::ok).any(|line| line.contains("\"serving\""));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(served && data.join("wishlist.db").exists());

    let copy = directory.path().join("wishlist.service");
    let program = env!("CARGO_BIN_EXE_wishlist-service");
    std::fs::write(&copy, unit.replace("/usr/local/bin/wishlist-service", program)).unwrap();
    let verify = std::process::Command::new("systemd-analyze").arg("verify").arg(&copy).output();
    let verified = verify.expect("`systemd-analyze` is needed: apt-get install systemd");
    assert!(verified.status.success() && verified.stderr.is_empty(), "{}", String::from_utf8_lossy(&verified.stderr));
}
