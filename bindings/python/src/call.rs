//! A call as the face hands it over.

use pyo3::prelude::*;
use wishlist_bridge::Call;

/// What is the same in every call of one operation.
#[pyclass(frozen, module = "smart_wishlist._native")]
#[derive(Debug)]
pub(crate) struct Operation {
    name: String,
    method: String,
    is_signed: bool,
    is_idempotent: bool,
    is_conditional: bool,
}

#[pymethods]
impl Operation {
    #[new]
    #[pyo3(signature = (name, method, *, signed=false, idempotent=false, conditional=false))]
    fn new(name: String, method: String, signed: bool, idempotent: bool, conditional: bool) -> Self {
        Self { name, method, is_signed: signed, is_idempotent: idempotent, is_conditional: conditional }
    }

    /// Its name in the contract.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    fn __repr__(&self) -> String {
        format!("Operation('{}')", self.name)
    }
}

/// What is of one call: the parts of its path, the parameters of its query, its body, its key and its version.
#[derive(Debug, FromPyObject)]
pub(crate) struct Parts(Vec<String>, Vec<(String, String)>, Option<Vec<u8>>, Option<String>, Option<i64>);

impl Operation {
    pub(crate) fn call(&self, parts: Parts) -> Call {
        let Parts(path, query, body, key, version) = parts;
        Call {
            operation: self.name.clone(),
            method: self.method.clone(),
            path,
            query,
            body,
            is_signed: self.is_signed,
            is_idempotent: self.is_idempotent,
            is_conditional: self.is_conditional,
            key,
            version,
        }
    }
}
