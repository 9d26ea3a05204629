#![doc = include_str!("../README.md")]

mod answer;
mod api;
mod caller;
mod document;
mod entity_tag;
mod input;
mod middleware;
mod paging;
mod problem;
mod request_id;
mod resources;
mod routes;

pub use api::{Api, router};
pub use document::{openapi, openapi_json};
