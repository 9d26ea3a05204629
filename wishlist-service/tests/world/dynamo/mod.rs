//! DynamoDB as a model below its client: the requests that the table sends, answered within the process by DynamoDB's published
//! rules. Whatever it does not know it refuses by name. The conformance list of all tables is its own test.

mod connector;
mod expressions;
mod ground;
mod items;
mod operations;
mod requests;
mod worlds;

pub(crate) use ground::dynamo;
