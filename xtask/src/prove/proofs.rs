//! The proofs, one a line.

use anyhow::Result;

use super::inputs::Inputs;
use super::row::Row;
use super::{broken, contract, judged, killed, load, supply, world};

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// What the test command has time for.
    Quick,
    /// All.
    Full,
}

/// One proof.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    /// The name, as typed behind the command.
    pub(super) name: &'static str,
    pub(super) promise: &'static str,
    pub(super) run: fn(&'static str, &Inputs, Depth) -> Result<Row>,
}

/// The proof that is a leg of the test command, which so need not make it twice.
pub(super) const CONTRACT: &str = "contract";

#[rustfmt::skip]
pub(super) const PROOFS: &[Proof] = &[
    Proof { name: "address", promise: "a user's URL never makes us connect to an address that is not public", run: judged::address },
    Proof { name: "tokens", promise: "only access tokens of our pool and client pass", run: judged::tokens },
    Proof { name: "signatures", promise: "only whole signatures of the issuer's one algorithm pass", run: judged::signatures },
    Proof { name: "access", promise: "nobody reads or changes what is not theirs; foreign is as unknown", run: judged::access },
    Proof { name: CONTRACT, promise: "every answer obeys the contract, whatever is sent", run: contract::run },
    Proof { name: "texts", promise: "what people type comes back as they typed it", run: judged::texts },
    Proof { name: "kills", promise: "an acknowledged write survives kill -9", run: killed::run },
    Proof { name: world::NAME, promise: "in seeded worlds of faults every invariant holds, on SQLite", run: world::on_sqlite },
    Proof { name: world::NAME, promise: "the same on DynamoDB's table, over a model of DynamoDB; both answer alike", run: world::on_dynamodb },
    Proof { name: "load", promise: "a call is answered or told when to come again, and silent connections keep nobody out", run: load::run },
    Proof { name: "power", promise: "an acknowledged write survives a loss of power, and nothing is there by half", run: broken::power },
    Proof { name: "machine", promise: "without room, writes, memory, files or the right time nothing is lost, and it goes on", run: broken::machine },
    Proof { name: "supply", promise: "every crate that is shipped has a licence, a source and a version that we chose", run: supply::run },
];
