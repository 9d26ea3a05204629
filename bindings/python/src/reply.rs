//! What a call that was started is answered with, and who is told.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wishlist_bridge::Failure;
use wishlist_client::ErrorKind;

use crate::failure::raised;

/// A call that was started.
#[pyclass(frozen, module = "smart_wishlist._native")]
#[derive(Debug)]
pub(crate) struct Started(pub(crate) wishlist_bridge::Started);

#[pymethods]
impl Started {
    /// Gives the call up.
    fn cancel(&self) {
        self.0.cancel();
    }
}

/// Who is told how a call ends: a function of a reply and an exception, of which one is none. It is called once, on any thread,
/// even where the call is cut off because the wishlists are closed: somebody may wait for it.
#[derive(Debug)]
pub(crate) struct Told(Option<Py<PyAny>>);

impl Told {
    pub(crate) fn new(done: Py<PyAny>) -> Self {
        Self(Some(done))
    }

    pub(crate) fn tell(mut self, result: Result<impl AsRef<[u8]>, Failure>) {
        self.tell_once(result);
    }

    fn tell_once(&mut self, result: Result<impl AsRef<[u8]>, Failure>) {
        let Some(done) = self.0.take() else { return };
        // None while the interpreter ends, when nobody waits any more.
        Python::try_attach(|py| {
            let called = match result {
                Ok(reply) => done.call1(py, (PyBytes::new(py, reply.as_ref()), py.None())),
                Err(failure) => done.call1(py, (py.None(), raised(py, failure))),
            };
            // Nobody is above us on this thread to be told.
            if let Err(error) = called {
                error.write_unraisable(py, None);
            }
        });
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.tell_once(Err::<&[u8], _>(closed()));
    }
}

/// That it was closed while a call was under way.
pub(crate) fn closed() -> Failure {
    Failure::new(ErrorKind::Closed, "it was closed while the call was under way; open it again")
}
