//! The native module of the Python package `smart-wishlist`: what `wishlist-bridge` does, for the typed face in `python/`.
//!
//! Nothing here is about one operation, and nobody but the face calls it: arguments are judged there.

#![expect(clippy::result_large_err, reason = "the bridge's failures are values, made once a call")]
#![expect(clippy::needless_pass_by_value, reason = "what Python hands over is made for the call")]

mod call;
mod failure;
mod pure;
mod reply;
mod wishlists;

/// What `smart_wishlist` is made of. Its functions may change with every version.
#[pyo3::pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use crate::call::Operation;
    #[pymodule_export]
    use crate::pure::{extract, parse_price};
    #[pymodule_export]
    use crate::reply::Started;
    #[pymodule_export]
    use crate::wishlists::Wishlists;
}
