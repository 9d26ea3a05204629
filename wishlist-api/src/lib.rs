#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod answer;
mod api;
mod caller;
mod conditional;
mod document;
mod entity_tag;
mod exact;
mod front;
mod input;
mod measure;
mod middleware;
mod pages;
mod paging;
mod problem;
mod request_id;
mod resources;
mod routes;

pub use api::{Api, router, router_with};
pub use caller::NamedCaller;
pub use document::{openapi, openapi_json};
pub use front::{HttpRules, Origins, Transport, Unreadable, Waiting, subscriber};
pub use routes::REFERENCE;
