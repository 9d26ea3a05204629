//! A `serve` process on a free port.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::machine::read;

/// The ticks of a second on every Linux there is (`USER_HZ`, proc(5)).
const TICKS: f64 = 100.0;

/// A running server; it ends with its value.
pub(crate) struct Server {
    child: Child,
    address: String,
}

/// Memory of a process in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// What is resident now.
    pub(crate) resident: u64,
    /// The most that was, since the start or [`Server::forget_peak`].
    pub(crate) peak: u64,
}

impl Server {
    /// Starts the program over a directory, and waits until it says where it listens.
    pub(crate) fn start(directory: &Path) -> Result<Self> {
        Self::start_program(Path::new(env!("CARGO_BIN_EXE_wishlist-service")), directory)
    }

    /// The same with another program.
    pub(crate) fn start_program(program: &Path, directory: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--allow-private-addresses",
                "--calls-per-second",
                "0",
                "--visits-per-hour",
                "0",
                "--data-dir",
            ])
            .arg(directory);
        let mut child = command
            .env_clear()
            .stderr(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .context("`serve` does not start")?;
        let logs = child.stderr.take();
        let mut server = Self { child, address: String::new() };
        let mut logs = BufReader::new(logs.context("`serve` has no logs")?);
        let mut line = String::new();
        while logs.read_line(&mut line)? > 0 {
            let event: Value = serde_json::from_str(&line).with_context(|| format!("`serve` says: {line}"))?;
            if let Some(address) = event["address"].as_str() {
                address.clone_into(&mut server.address);
                // A process whose logs nobody reads waits for ever once the pipe is full.
                std::thread::spawn(move || std::io::copy(&mut logs, &mut std::io::sink()));
                return Ok(server);
            }
            line.clear();
        }
        anyhow::bail!("`serve` ended before it listened")
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = read(&format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes =
                line.and_then(|line| line.split_whitespace().next()).with_context(|| format!("no {name}"))?;
            Ok(kibibytes.parse::<u64>()? * 1024)
        };
        Ok(Memory { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    /// How long the process has had a processor so far, in seconds (`utime` and `stime` of `stat`, proc(5)).
    pub(crate) fn processor_time(&self) -> Result<f64> {
        let stat = read(&format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program is in parentheses and may have spaces.
        let (_, behind) = stat.rsplit_once(')').context("`stat` names no program")?;
        let ticks = behind.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(f64::from(ticks.sum::<Result<u32, _>>()?) / TICKS)
    }

    /// Lets the peak begin anew at what is resident now (`5` in `clear_refs`, proc(5)). Where that is not allowed the peak
    /// stays that of the whole life, which is never less.
    pub(crate) fn forget_peak(&self) {
        drop(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to end then.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
