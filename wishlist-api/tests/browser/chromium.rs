//! A Chromium without a window, driven by the `DevTools` protocol over a pair of pipes: messages are JSON, each ended by a
//! zero byte, read on descriptor 3 and written on 4.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The longest that anything may take: the first start of a browser on a busy machine takes five seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// The names under which it is installed.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

const INSTALL: &str = "there is no Chromium; install it: `apt-get install --yes chromium fonts-dejavu-core`";

/// A running browser.
pub(crate) struct Chromium {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    asked: u64,
    /// What was told without being asked for, in its order.
    pub(crate) events: Vec<Value>,
    /// Holds everything that the browser keeps.
    _profile: TempDir,
}

impl Chromium {
    pub(crate) fn start() -> Self {
        let profile = TempDir::new().unwrap();
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", program()])
            .args(["--headless", "--remote-debugging-pipe", "--hide-scrollbars", "--no-first-run", "--disable-gpu"])
            // Its sandbox asks for user namespaces, which root and most containers do not have.
            .arg("--no-sandbox")
            .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, input, messages: read(output), asked: 0, events: Vec::new(), _profile: profile }
    }

    /// Asks for something, of one page or of the browser, and answers what it says.
    pub(crate) fn ask(&mut self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.next(method);
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    /// Waits until this was told.
    pub(crate) fn until(&mut self, method: &str) {
        while !self.events.iter().any(|event| event["method"] == method) {
            let event = self.next(method);
            self.events.push(event);
        }
    }

    fn next(&self, waiting_for: &str) -> Value {
        self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("Chromium does not answer to {waiting_for}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its children end with it, and its profile has to be still before it is removed.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn program() -> &'static str {
    let answers = |program: &&str| {
        let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    PROGRAMS.into_iter().find(answers).expect(INSTALL)
}

/// Reads messages in the background, so that waiting for one can end.
fn read(output: ChildStdout) -> Receiver<Value> {
    let (sender, messages) = channel();
    thread::spawn(move || {
        for message in BufReader::new(output).split(0) {
            let Ok(message) = message else { break };
            if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                break;
            }
        }
    });
    messages
}
