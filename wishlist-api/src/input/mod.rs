//! What comes with a request, read so that whatever is wrong is named by its place.

mod body;
mod idempotency;
mod path;
mod query;
mod reader;
mod refusal;
mod value;

pub(crate) use self::body::{Body, NoBody};
pub(crate) use self::idempotency::{IdempotencyHeader, Named};
pub(crate) use self::path::{ItemPath, WishlistPath};
pub(crate) use self::query::{Query, refuse_query};
