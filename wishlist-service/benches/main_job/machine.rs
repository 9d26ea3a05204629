//! What else is known of the machine, so that figures of two runs can be compared.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;

/// The machine at a moment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    cores: usize,
    kernel: String,
    /// The load averages of one, five and fifteen minutes.
    load: [f64; 3],
}

impl Machine {
    pub(crate) fn now() -> Result<Self> {
        let cores = std::thread::available_parallelism()?.get();
        let load = read("/proc/loadavg")?;
        let mut averages = load.split_whitespace().map(str::parse);
        let mut next = || averages.next().context("`/proc/loadavg` has three averages")?.context("not a load average");
        let load = [next()?, next()?, next()?];
        Ok(Self { cores, kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(), load })
    }

    pub(crate) fn load(&self) -> String {
        self.load.map(|average| format!("{average:.2}")).join(" ")
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cores, kernel {}", self.cores, self.kernel)
    }
}

pub(crate) fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("`{path}` cannot be read; the bench needs Linux"))
}
