//! A `serve` process on a free port.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wishlist-service"));
    command.env_clear();
    command
}

/// The command that serves `directory` on a free port and may visit loopback.
pub(crate) fn serve(directory: &Path) -> Command {
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--allow-private-addresses", "--data-dir"]).arg(directory);
    command
}

pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
    /// Reads the logs: a process whose logs nobody reads waits for ever once the pipe is full.
    logs: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts the process and waits until it says where it listens.
    pub(crate) fn start(directory: &Path) -> Self {
        let mut child = serve(directory).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap() > 0 {
            let event: Value = serde_json::from_str(&line).unwrap();
            if let Some(address) = event["address"].as_str() {
                let (address, logs) = (address.to_owned(), Some(std::thread::spawn(move || read_all(reader))));
                return Self { child, address, logs };
            }
            line.clear();
        }
        panic!("the server ended before it served: {:?}", child.wait());
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// SIGTERM; answers how the process ended and what it had logged.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        (status, self.logs.take().unwrap().join().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_all(mut logs: impl Read) -> String {
    let mut text = String::new();
    logs.read_to_string(&mut text).unwrap();
    text
}
