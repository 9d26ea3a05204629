//! One proxy a role.

use anyhow::{Context, Result, bail};

use super::document::Document;
use super::recorder::{Recorder, Replies};

/// Whose calls are told apart: the three roles, and the command that makes the table, which no role does.
pub(super) const ROLES: [&str; 4] = ["api", "worker", "sweep", "create-table"];

/// Proxies that run.
#[derive(Debug)]
pub(crate) struct Recorders(Vec<(&'static str, Recorder)>);

impl Recorders {
    /// Starts one a role before the emulator at this URL.
    pub(crate) fn start(emulator: &str, replies: Replies) -> Result<Self> {
        let address = emulator.strip_prefix("http://").and_then(|address| address.parse().ok());
        let address = address.with_context(|| format!("`{emulator}` is no address of an emulator"))?;
        let start = |role| Ok((role, Recorder::start(address, replies)?));
        ROLES.into_iter().map(start).collect::<Result<_>>().map(Self)
    }

    /// How the example of a deployment is told of them.
    pub(crate) fn arguments(&self) -> Vec<String> {
        self.0.iter().flat_map(|(role, of)| ["--endpoint-of".to_owned(), format!("{role}={}", of.url)]).collect()
    }

    /// Adds what was noted until now.
    ///
    /// # Errors
    /// Where a request could not be noted: what each role asks for is not known then.
    pub(crate) fn add_to(&self, document: &mut Document) -> Result<()> {
        for (role, recorder) in &self.0 {
            let notes = recorder.notes();
            if let Some(fault) = notes.faults.first() {
                bail!("{} requests of `{role}` could not be noted, the first: {fault}", notes.faults.len());
            }
            document.add(role, &notes.calls);
        }
        Ok(())
    }
}
