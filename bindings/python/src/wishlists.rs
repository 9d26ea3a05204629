//! Wishlists of a file or of a server.

use std::path::PathBuf;
use std::process;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wishlist_bridge::{ConnectOptions, Failure, OpenOptions};
use wishlist_client::ErrorKind;

use crate::call::{Operation, Parts};
use crate::failure::raised;
use crate::reply::{Started, Told, closed};

/// How often a thread that waits looks whether the program was interrupted, as by Ctrl-C.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Wishlists of a file or of a server, by calls of their parts.
#[pyclass(frozen, module = "smart_wishlist._native")]
#[derive(Debug)]
pub(crate) struct Wishlists {
    /// None once this value is dropped.
    bridge: Option<wishlist_bridge::Wishlists>,
    /// The process whose threads and connections they are.
    process: u32,
}

#[pymethods]
impl Wishlists {
    /// Opens a file.
    #[staticmethod]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        visits: bool,
        visits_at_once: usize,
        private_addresses: bool,
        refresh_every: Option<Duration>,
    ) -> PyResult<Self> {
        let options = OpenOptions { visits, visits_at_once, refresh_every, private_addresses };
        Self::of(py, py.detach(|| wishlist_bridge::Wishlists::open(&path, options)))
    }

    /// Calls a server.
    #[staticmethod]
    fn connect(
        py: Python<'_>,
        url: &str,
        timeout: Option<Duration>,
        tries: Option<u32>,
        session: Option<String>,
        root_certificates: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let options = ConnectOptions { timeout, tries, session, root_certificates };
        Self::of(py, py.detach(|| wishlist_bridge::Wishlists::connect(url, options)))
    }

    /// The same as somebody.
    fn as_user(&self, py: Python<'_>, name: &str) -> PyResult<Self> {
        Self::of(py, self.here(py)?.as_user(name))
    }

    /// The body of a success. The thread waits, without the lock of the interpreter.
    fn call<'py>(&self, py: Python<'py>, operation: &Operation, parts: Parts) -> PyResult<Bound<'py, PyBytes>> {
        let bridge = self.here(py)?;
        let (done, mut told) = sync_channel(1);
        let started = bridge.start(operation.call(parts), move |result| drop(done.send(result)));
        let started = started.map_err(|failure| raised(py, failure))?;
        let result = loop {
            let heard;
            (heard, told) = py.detach(move || (told.recv_timeout(LOOK_EVERY), told));
            match heard {
                Ok(result) => break result,
                Err(RecvTimeoutError::Disconnected) => break Err(closed()),
                Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| started.cancel())?,
            }
        };
        result.map(|reply| PyBytes::new(py, &reply)).map_err(|failure| raised(py, failure))
    }

    /// The same without waiting: `done` is called with the reply and the exception, of which one is none, on a thread of ours.
    /// It may be called as well where this raises.
    fn start(&self, py: Python<'_>, operation: &Operation, parts: Parts, done: Py<PyAny>) -> PyResult<Started> {
        let bridge = self.here(py)?;
        let told = Told::new(done);
        bridge.start(operation.call(parts), move |result| told.tell(result)).map(Started).map_err(|f| raised(py, f))
    }

    /// The tokens of who signed in, as JSON.
    fn session(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.here(py)?.session())
    }

    /// Closes the file, for everybody who uses it.
    fn close(&self, py: Python<'_>) {
        // What was open before a fork is the other process's to close.
        if let Ok(bridge) = self.here(py) {
            py.detach(|| bridge.close());
        }
    }
}

impl Wishlists {
    fn of(py: Python<'_>, bridge: Result<wishlist_bridge::Wishlists, Failure>) -> PyResult<Self> {
        let bridge = bridge.map_err(|failure| raised(py, failure))?;
        Ok(Self { bridge: Some(bridge), process: process::id() })
    }

    /// What this process opened.
    fn here(&self, py: Python<'_>) -> PyResult<&wishlist_bridge::Wishlists> {
        let of_this_process = self.bridge.as_ref().filter(|_| self.process == process::id());
        of_this_process.ok_or_else(|| {
            let message = "it was opened before the process forked; open it again, after the fork only";
            raised(py, Failure::new(ErrorKind::Closed, message))
        })
    }
}

impl Drop for Wishlists {
    fn drop(&mut self) {
        // After a fork its locks may be held by threads that were left behind, and its connections are the other process's.
        if self.process != process::id() {
            std::mem::forget(self.bridge.take());
        }
    }
}
