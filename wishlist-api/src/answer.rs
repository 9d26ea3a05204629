//! The answers that hold one record.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::entity_tag::entity_tag;
use crate::problem::Problem;

/// What a long answer has around its parts, about: a cursor and the names of fields.
const FRAME: usize = 512;

/// A record with a version and a place of its own.
pub(crate) trait Resource: Serialize {
    /// Rises when a field of it changes.
    fn version(&self) -> u64;

    /// The path at which it is found.
    fn location(&self) -> String;
}

/// `200` with the record and its entity tag.
pub(crate) struct Found<T>(pub(crate) T);

impl<T: Resource> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        ([(ETAG, entity_tag(self.0.version()))], Json(self.0)).into_response()
    }
}

/// `201` with the record, its entity tag and where it is.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Resource> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = [(LOCATION, self.0.location())];
        (StatusCode::CREATED, location, Found(self.0)).into_response()
    }
}

/// `202` with the record as it is while the work goes on, and its entity tag.
pub(crate) struct Accepted<T>(pub(crate) T);

impl<T: Resource> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Found(self.0)).into_response()
    }
}

/// `200` with an answer of about so many bytes, which is written into one block of memory.
pub(crate) struct Long<T>(pub(crate) T, pub(crate) usize);

impl<T: Serialize> IntoResponse for Long<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(self.1 + FRAME);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
            Err(_) => Problem::internal("an answer could not be written as JSON").into_response(),
        }
    }
}
