//! `openapi.json` as a small model, from which every client is written. What the model does not know fails and is named.

mod breaking;
mod model;
mod names;
mod node;
mod operations;
mod schemas;
#[cfg(test)]
mod tests;

pub(super) use breaking::breaking;
pub(super) use model::{Contract, Field, Kind, Operation, Parameter, Place, Shape, Type, Variant};
pub(super) use names::snake;
