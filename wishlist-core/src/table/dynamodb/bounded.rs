//! A bound on what is read of a response: DynamoDB keeps to limits of its own, and whoever else answers might not.

use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use crate::table::MAX_PAGE_BYTES;

/// Ends the reading of a response behind so many bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounded(usize);

impl Bounded {
    /// Any response: a `BatchGetItem` is 16 MB at most, counted without the names of types and without escapes.
    pub(super) const ANY: Self = Self(32 << 20);

    /// One page of a `Query`. An escape takes six bytes of what is counted as one; `true` takes thirteen, but is rare.
    pub(super) const PAGE: Self = Self(8 * MAX_PAGE_BYTES);
}

impl Intercept for Bounded {
    fn name(&self) -> &'static str {
        "Bounded"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().take_body();
        *context.response_mut().body_mut() = SdkBody::from_body_1_x(Limited::new(body, self.0));
        Ok(())
    }
}
