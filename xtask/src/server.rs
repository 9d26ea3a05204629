//! The program itself as a server, over a data directory of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, copy};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// A running server; it ends with the value.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    /// Where it answers.
    pub(crate) url: String,
}

/// Builds the program, with the whole workspace as the tests are.
pub(crate) fn program() -> Result<PathBuf> {
    program_among(&[&cargo::WHOLE[..], &["--bins"]].concat())
}

/// Builds what the arguments choose, and answers the program among it.
pub(crate) fn program_among(arguments: &[&str]) -> Result<PathBuf> {
    let programs = cargo::programs(arguments, "bin")?;
    let mut services = programs.into_iter().filter(|of| of.file_stem().is_some_and(|name| name == "wishlist-service"));
    services.next().context("the build made no `wishlist-service`")
}

impl Server {
    /// Starts the program on a free port of the loopback, with more arguments where a leg has any. Its data and its log go into
    /// `directory`. It counts no calls and no visits, because one user makes them all.
    pub(crate) fn start(program: &Path, directory: &Path, more: &[&str]) -> Result<Self> {
        let data = directory.join("data");
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let process = cargo::command(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--log-level", "info"])
            .args(["--calls-per-second", "0", "--visits-per-hour", "0", "--data-dir"])
            .arg(&data)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .context("the server does not start")?;
        let mut server = Self { process, url: String::new() };
        server.url = server.wait(directory)?;
        Ok(server)
    }

    /// Waits until the log tells the address; what follows is kept in a file.
    fn wait(&mut self, directory: &Path) -> Result<String> {
        let log = self.process.stderr.take().context("the server has no log")?;
        let mut log = BufReader::new(log);
        let mut line = String::new();
        while log.read_line(&mut line)? > 0 {
            let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if let (Some("serving"), Some(address)) = (event["message"].as_str(), event["address"].as_str()) {
                let url = format!("http://{address}");
                let mut kept = File::create(directory.join("server.log"))?;
                thread::spawn(move || copy(&mut log, &mut kept));
                return Ok(url);
            }
            print!("{line}");
            line.clear();
        }
        bail!("the server ended before it served")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that outlives the leg, so it is not asked to end in order.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
