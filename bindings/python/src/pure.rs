//! What needs neither a file nor a server.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::failure::raised;

/// What a page says, as the JSON of a `ProductPreview`.
#[pyfunction]
pub(crate) fn extract<'py>(py: Python<'py>, html: Vec<u8>, url: &str) -> PyResult<Bound<'py, PyBytes>> {
    let told = py.detach(|| wishlist_bridge::extract(&html, url));
    told.map(|told| PyBytes::new(py, told.as_bytes())).map_err(|failure| raised(py, failure))
}

/// The price that a text names, as JSON.
#[pyfunction]
pub(crate) fn parse_price<'py>(py: Python<'py>, text: &str, language: Option<&str>) -> PyResult<Bound<'py, PyBytes>> {
    let told = wishlist_bridge::parse_price(text, language);
    told.map(|told| PyBytes::new(py, told.as_bytes())).map_err(|failure| raised(py, failure))
}
