//! How a reply gets from a thread of ours to the one that runs JavaScript.

use std::fmt;
use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use wishlist_bridge::Failure;

/// The function that JavaScript hands over: the number of the call, whether it went well, and the JSON of the answer or of the
/// failure; no text where the answer is none.
pub(crate) type Reply = Function<'static, FnArgs<(u32, bool, Option<String>)>, Unknown<'static>>;

/// Weak: it alone keeps no process alive. That is for whoever waits for a reply.
type Sender = ThreadsafeFunction<Told, Unknown<'static>, FnArgs<(u32, bool, Option<String>)>, Status, false, true, 0>;

/// The way to one function. Clones share it.
#[derive(Clone)]
pub(crate) struct Replies(Arc<Sender>);

type Told = (u32, Result<Vec<u8>, Failure>);

impl Replies {
    pub(crate) fn to(reply: &Reply) -> napi::Result<Self> {
        let sender = reply.build_threadsafe_function::<Told>().weak::<true>().build_callback(|told| {
            let (id, result) = told.value;
            Ok(FnArgs::from(match result {
                // What is not UTF-8 is no JSON either, and told as that.
                Ok(body) => (id, true, String::from_utf8(body).ok()),
                Err(failure) => (id, false, serde_json::to_string(&failure).ok()),
            }))
        })?;
        Ok(Self(Arc::new(sender)))
    }

    /// Tells what became of a call. Nobody hears it once the JavaScript around has ended.
    pub(crate) fn tell(&self, id: u32, result: Result<Vec<u8>, Failure>) {
        let _ = self.0.call((id, result), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

impl fmt::Debug for Replies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::opaque(formatter, "Replies")
    }
}
