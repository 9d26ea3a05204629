//! What went wrong, as the exceptions of the face.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use wishlist_bridge::Failure;

/// The exception of a failure. The face has the one table of kinds and classes.
pub(crate) fn raised(py: Python<'_>, failure: Failure) -> PyErr {
    static RAISED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let raised = RAISED.import(py, "smart_wishlist._errors", "of_failure");
    let fields: Vec<_> = failure.fields.into_iter().map(|field| (field.pointer, field.detail)).collect();
    let told =
        (failure.kind, failure.message, failure.code, failure.status, failure.request_id, fields, failure.retry_after);
    // Where even that fails, what failed is told.
    raised.and_then(|raised| raised.call1(told)).map_or_else(|error| error, PyErr::from_value)
}
