//! What would keep JavaScript waiting, on a thread of Node's pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{Env, Error, Task};
use wishlist_bridge::{OpenOptions, Wishlists};

use crate::calls::NativeWishlists;
use crate::replies::Replies;
use crate::thrown;

/// A file that is being opened.
#[derive(Debug)]
pub struct Opening {
    pub(crate) path: String,
    pub(crate) options: OpenOptions,
    pub(crate) replies: Replies,
}

impl Task for Opening {
    type Output = Wishlists;
    type JsValue = NativeWishlists;

    fn compute(&mut self) -> napi::Result<Wishlists> {
        caught(|| Wishlists::open(&self.path, self.options).map_err(|e| thrown(&e)))
    }

    fn resolve(&mut self, _: Env, wishlists: Wishlists) -> napi::Result<NativeWishlists> {
        Ok(NativeWishlists::of(wishlists, self.replies.clone()))
    }
}

/// Wishlists that are being closed.
#[derive(Debug)]
pub struct Closing(pub(crate) Wishlists);

impl Task for Closing {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        caught(|| {
            self.0.close();
            Ok(())
        })
    }

    fn resolve(&mut self, _: Env, (): ()) -> napi::Result<()> {
        Ok(())
    }
}

/// A panic on a thread of the pool would end the process.
fn caught<T>(work: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    let panicked = |_| Err(Error::from_reason("a fault of the program, please report it"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
}
