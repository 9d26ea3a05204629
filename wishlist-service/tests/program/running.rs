//! A `serve` process on a free port.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wishlist-service"));
    command.env_clear();
    command
}

/// The command that serves `directory` on a free port and may visit loopback.
pub(crate) fn serve(directory: &Path) -> Command {
    let mut command = program();
    command
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--allow-private-addresses",
            "--calls-per-second",
            "0",
            "--data-dir",
        ])
        .arg(directory);
    command
}

/// A command under a limit that the shell sets.
pub(crate) fn limited(limit: &str, command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.env_clear().args(["-c", &format!(r#"{limit} && exec "$0" "$@""#)]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
    /// Where operators look, if the server was asked for it.
    pub(crate) metrics_address: Option<String>,
    /// Reads the logs: a process whose logs nobody reads waits for ever once the pipe is full.
    logs: Option<JoinHandle<String>>,
    /// The codes that were logged instead of mailed.
    codes: Receiver<String>,
}

impl Running {
    /// Serves `directory`, and waits until the process says where it listens.
    pub(crate) fn start(directory: &Path) -> Self {
        Self::of(serve(directory))
    }

    /// The same of another command.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut line, mut metrics_address) = (String::new(), String::new(), None);
        while reader.read_line(&mut line).unwrap() > 0 {
            let event: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            if let Some(address) = event["address"].as_str() {
                let (address, (sender, codes)) = (address.to_owned(), channel());
                let logs = Some(std::thread::spawn(move || said + &read_all(reader, &sender)));
                return Self { child, address, metrics_address, logs, codes };
            }
            metrics_address = event["metrics_address"].as_str().map(str::to_owned).or(metrics_address);
            said.push_str(&line);
            line.clear();
        }
        panic!("the server ended before it served: {:?}", child.wait());
    }

    /// The memory that the process has now, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// The most that it has had, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_kib(&self) -> u64 {
        self.status_kib("VmHWM:")
    }

    #[cfg(target_os = "linux")]
    fn status_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next code that a person is sent, which a server under `--confirm log` writes to its log.
    pub(crate) fn code(&self) -> String {
        self.codes.recv_timeout(Duration::from_secs(30)).expect("no code was sent")
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// SIGTERM, and no more.
    pub(crate) fn signal(&self) {
        let pid = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// SIGTERM; answers how the process ended and what it had logged.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        self.signal();
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

fn read_all(mut logs: impl BufRead, codes: &Sender<String>) -> String {
    let (mut text, mut line) = (String::new(), String::new());
    while logs.read_line(&mut line).unwrap() > 0 {
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        let code = event["purpose"].as_str().and(event["code"].as_str()).filter(|code| !code.is_empty());
        // Nobody waits for codes once the server has been ended.
        let _ = code.map(|code| codes.send(code.to_owned()));
        text.push_str(&line);
        line.clear();
    }
    text
}
