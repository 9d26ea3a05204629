//! A role of the program as a function's process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::runtime_api::RuntimeApi;

/// What is left to a call unless a test says otherwise.
const LIMIT: Duration = Duration::from_mins(1);

/// The trace that calls are part of.
pub(crate) const TRACE: &str = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

/// A process that is called through a Runtime API of its own.
pub(crate) struct Function {
    child: Child,
    pub(crate) runtime: RuntimeApi,
    lines: Arc<Mutex<Vec<Value>>>,
}

/// What is started in place of what cargo built: `cargo xtask test image` names what is deployed.
const PROGRAM: &str = "WISHLIST_TEST_PROGRAM";

/// The program as Lambda starts it: no arguments, and the role as the handler.
pub(crate) fn command(handler: &str) -> Command {
    #[expect(clippy::disallowed_methods, reason = "one of the two things that the test command tells its tests")]
    let program = std::env::var_os(PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_wishlist-service").into());
    let mut command = Command::new(program);
    command.env_clear().env("_HANDLER", handler).stdin(Stdio::null());
    command
}

impl Function {
    pub(crate) async fn start(handler: &str, environment: &[(&str, String)]) -> Self {
        let runtime = RuntimeApi::open().await;
        let mut child = command(handler)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", runtime.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", format!("test-{handler}"))
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::<Mutex<Vec<Value>>>::default();
        read(child.stdout.take().unwrap(), &lines);
        read(child.stderr.take().unwrap(), &lines);
        Self { child, runtime, lines }
    }

    /// Calls the function with an event.
    pub(crate) async fn call(&self, event: Value) -> Result<Value, Value> {
        self.runtime.call(event, LIMIT, TRACE).await
    }

    /// The same with so long to answer.
    pub(crate) async fn call_within(&self, event: Value, limit: Duration) -> Result<Value, Value> {
        self.runtime.call(event, limit, TRACE).await
    }

    /// The lines of its logs that `wanted` takes, as soon as there is one.
    pub(crate) async fn lines(&self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.so_many_lines(1, wanted).await
    }

    /// The same as soon as there are `count`.
    pub(crate) async fn so_many_lines(&self, count: usize, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        for _ in 0..500 {
            let found: Vec<_> = self.lines.lock().unwrap().iter().filter(|line| wanted(line)).cloned().collect();
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no such line in {:#?}", self.lines.lock().unwrap());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads lines, each of which has to be JSON: nothing else may reach the logs.
fn read(from: impl Read + Send + 'static, lines: &Arc<Mutex<Vec<Value>>>) {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
            lines.lock().unwrap().push(line);
        }
    });
}
