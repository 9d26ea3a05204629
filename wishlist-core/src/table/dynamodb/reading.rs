//! Takes the bytes of a response from the SDK before it makes a map of them.
//!
//! The SDK's own types for a page of fifty items are some thousand small allocations, which would all be made into records and
//! dropped. Everything else about a request, and every error, stays the SDK's.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{Error as AnyError, Output};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};

use super::fault::{Fault, refused};
use super::response::{Response, Unreadable};
use crate::ids::WriteId;
use crate::table::cost::Operation;

/// Where the bytes of the response to one request are put.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Vec<u8>>>>);

impl Slot {
    fn put(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }

    /// The response, once the request is done.
    pub(super) fn read(&self, to: Operation) -> Result<Response, Fault> {
        self.read_without(to, |_, _| false)
    }

    /// The same without the items of which `known` says that they may be left out.
    pub(super) fn read_without(&self, to: Operation, known: impl Fn(&str, WriteId) -> bool) -> Result<Response, Fault> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let bytes = bytes.ok_or_else(|| Fault::Refused(refused("the response was not read".to_owned())))?;
        // Text is looked at once as a whole, for looking at each attribute takes longer.
        let text = std::str::from_utf8(&bytes);
        let text = text.map_err(|error| Fault::Lost(format!("the response cannot be read: {error}")))?;
        Response::read(text, to, known).map_err(|unreadable| match unreadable {
            // What was cut off on its way may come whole the next time.
            Unreadable::Response(causes) => Fault::Lost(causes),
            Unreadable::Record(error) => Fault::Refused(error),
        })
    }
}

/// Puts the response to one request into a slot, and gives the SDK the empty output that it expects.
pub(super) struct Reading<T> {
    slot: Slot,
    empty: fn() -> T,
}

impl<T> Reading<T> {
    pub(super) fn into(slot: &Slot, empty: fn() -> T) -> Self {
        Self { slot: slot.clone(), empty }
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> Intercept for Reading<T> {
    fn name(&self) -> &'static str {
        "Reading"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().status().is_success() {
            let reader = Self::into(&self.slot, self.empty);
            config.interceptor_state().store_put(SharedResponseDeserializer::new(reader));
        }
        Ok(())
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> DeserializeResponse for Reading<T> {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<AnyError>> {
        self.slot.put(response.body().bytes().unwrap_or_default().to_vec());
        Ok(Output::erase((self.empty)()))
    }
}

impl<T> fmt::Debug for Reading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reading")
    }
}
