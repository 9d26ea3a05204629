//! Plays a scenario: its steps one by one against a server that runs, each named by its operation.
//!
//! A scenario is a file that a client in any language can play; `tests/scenario/README.md` says what its steps mean.

use std::collections::BTreeMap;
use std::fmt::Write;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::running::{Running, serve};
use crate::saying::Names;
use crate::shop;

const PASSWORD: &str = "correct horse battery";

/// The headers of an answer that a scenario shows.
const SHOWN: [&str; 7] =
    ["content-type", "etag", "location", "retry-after", "cache-control", "allow", "www-authenticate"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) about: String,
    /// Who is signed up and in before the first step: `${alice}` is then Alice's access token.
    #[serde(default)]
    people: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Call(Box<Call>),
    /// The code that was sent last is kept under a name.
    Code {
        code: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// The `operationId`.
    #[serde(rename = "call")]
    pub(crate) operation: String,
    /// Instead of the operation's own method.
    method: Option<String>,
    #[serde(rename = "as")]
    by: Option<String>,
    #[serde(default)]
    path: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// The body as it is, where it is no JSON.
    raw: Option<String>,
    pub(crate) status: u16,
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

impl Call {
    /// Whether the step is the operation itself, not another method of its path.
    pub(crate) fn is_its_own(&self) -> bool {
        self.method.is_none()
    }
}

impl Scenario {
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = &Call> {
        self.steps.iter().filter_map(|step| match step {
            Step::Call(call) => Some(&**call),
            Step::Code { .. } => None,
        })
    }

    /// Plays it against a server of its own, and answers what was asked and answered.
    pub(crate) async fn play(&self) -> String {
        let directory = tempfile::tempdir().unwrap();
        let mut command = serve(directory.path());
        command.args(["--confirm", "log"]);
        let mut stage = Stage::open(Running::of(command)).await;
        for person in &self.people {
            stage.sign_in(person).await;
        }
        for step in &self.steps {
            match step {
                Step::Call(call) => stage.ask(call).await,
                Step::Code { code } => {
                    let given = stage.server.code();
                    stage.names.hide(&given, "code");
                    stage.kept.insert(code.clone(), given);
                }
            }
        }
        format!("{}\n{}", self.about, stage.told)
    }
}

/// What a scenario is played on.
struct Stage {
    server: Running,
    client: Client,
    document: Value,
    kept: BTreeMap<String, String>,
    names: Names,
    told: String,
}

impl Stage {
    async fn open(server: Running) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let shop = format!("http://{}", shop::open().await);
        let document = client.get(format!("http://{}/openapi.json", server.address)).send().await.unwrap();
        let (document, mut names) = (document.json().await.unwrap(), Names::default());
        names.hide(&shop, "shop");
        let kept = BTreeMap::from([("shop".to_owned(), shop)]);
        Self { server, client, document, kept, names, told: String::new() }
    }

    async fn sign_in(&mut self, person: &str) {
        let email = format!("{person}@example.com");
        self.post("sign-up", &json!({ "email": email, "password": PASSWORD })).await;
        let code = self.server.code();
        self.post("confirm", &json!({ "email": email, "code": code })).await;
        let session = self.post("sign-in", &json!({ "email": email, "password": PASSWORD })).await;
        self.kept.insert(person.to_owned(), session["accessToken"].as_str().unwrap().to_owned());
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/v1/auth/{path}", self.server.address);
        let response = self.client.post(url).json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap_or_default()
    }

    async fn ask(&mut self, call: &Call) {
        let (method, target) = self.target(call);
        let mut request = self.client.request(method.clone(), format!("http://{}{target}", self.server.address));
        for (name, value) in &call.headers {
            request = request.header(name, self.filled(value));
        }
        if let Some(person) = &call.by {
            request = request.bearer_auth(&self.kept[person]);
        }
        let body = call.body.as_ref().map(|body| self.filled(&body.to_string())).or(call.raw.clone());
        if let Some(body) = &body {
            request = request.body(body.clone());
            if !call.headers.contains_key("content-type") {
                request = request.header("content-type", "application/json");
            }
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = response.text().await.unwrap();
        let by = call.by.as_ref().map(|by| format!(" as {by}")).unwrap_or_default();
        let asked = format!("\n## {}{by}\n{method} {target}\n", call.operation);
        self.told.push_str(&self.names.told(&asked));
        self.tell_request(call, body.as_deref());
        assert_eq!(status, call.status, "{}\n{answer}", self.told);
        self.keep(call, &answer);
        self.tell_answer(status, &headers, &answer);
    }

    /// The method and the path of an operation, as the document has them.
    fn target(&self, call: &Call) -> (Method, String) {
        let paths = self.document["paths"].as_object().unwrap();
        let mut found = paths.iter().flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        });
        let operation = found.find(|(_, _, operation)| operation["operationId"] == call.operation.as_str());
        let (path, method, _) = operation.unwrap_or_else(|| panic!("`{}` is not in the document", call.operation));
        let method = call.method.as_deref().unwrap_or(method).to_uppercase().parse().unwrap();
        let mut target = path.clone();
        for (name, value) in &call.path {
            target = target.replace(&format!("{{{name}}}"), &self.filled(value));
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(call.query.iter().map(|(name, value)| (name, self.filled(value))));
        match query.finish() {
            query if query.is_empty() => (method, target),
            query => (method, format!("{target}?{query}")),
        }
    }

    /// A text with the values of its `${names}`.
    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
        let filled = self.kept.iter().fold(text.to_owned(), fill);
        assert!(!filled.contains("${"), "nothing was kept under a name of `{text}`");
        filled
    }

    fn keep(&mut self, call: &Call, answer: &str) {
        for (name, pointer) in &call.keep {
            let answer: Value = serde_json::from_str(answer).unwrap();
            let value = answer.pointer(pointer).and_then(Value::as_str);
            let value = value.unwrap_or_else(|| panic!("`{pointer}` is not in {answer:#}"));
            match pointer.as_str() {
                "/nextCursor" => self.names.hide(value, "cursor"),
                pointer if pointer.ends_with("Token") => self.names.hide(value, "token"),
                _ => {}
            }
            self.kept.insert(name.clone(), value.to_owned());
        }
    }

    fn tell_request(&mut self, call: &Call, body: Option<&str>) {
        for (name, value) in &call.headers {
            let line = format!("{name}: {}\n", self.filled(value));
            self.told.push_str(&self.names.told(&line));
        }
        if let Some(body) = body {
            let shown: String = body.chars().take(400).collect();
            let rest = if shown.len() < body.len() { "…" } else { "" };
            self.told.push_str(&self.names.told(&format!("{shown}{rest}\n")));
        }
    }

    fn tell_answer(&mut self, status: u16, headers: &HeaderMap, answer: &str) {
        let _ = writeln!(self.told, "→ {status}");
        for name in SHOWN {
            for value in headers.get_all(name) {
                let value = value.to_str().unwrap();
                // A weak tag is a digest of the whole document, which every change to it changes.
                let shown = if value.starts_with("W/") { "W/\"<digest>\"" } else { value };
                let line = format!("{name}: {shown}\n");
                self.told.push_str(&self.names.told(&line));
            }
        }
        self.told.push_str(&self.names.answer(answer));
    }
}
