//! Everything that can go wrong, in the one shape in which it is answered (RFC 9457).
//!
//! A handler answers a [`Problem`]; the middleware writes its body, because only there the request's id is known.

mod body;
mod code;
mod value;

pub(crate) use self::body::{FieldProblem, ProblemBody};
pub(crate) use self::code::Code;
pub(crate) use self::value::{Problem, no_such_path};
