//! Read, decide, commit; and decide anew where somebody else was quicker.

use std::time::Duration;

use super::Engine;
use crate::error::{Error, Kind, Result};
use crate::table::Transaction;

/// How often a lost race is decided anew.
const TRIES: u32 = 8;

/// The bound of the first wait; it doubles with every lost race. A commit takes one to three milliseconds, so twenty
/// writers of one list are through well before the last bound.
const FIRST_WAIT: Duration = Duration::from_millis(4);

/// What was decided from what was read.
#[derive(Debug)]
pub enum Decision<T> {
    /// Make these changes and answer.
    Commit(Transaction, T),
    /// Answer; there is nothing to change.
    Done(T),
}

impl Engine {
    /// Runs `decide` and commits its decision; where the commit loses a race, all again from the reading on.
    ///
    /// # Errors
    /// Those of `decide`, those of a commit, and [`Kind::Unavailable`] after eight lost races.
    pub async fn decide<T, Deciding>(&self, mut decide: impl FnMut() -> Deciding) -> Result<T>
    where
        Deciding: Future<Output = Result<Decision<T>>>,
    {
        for lost in 0..TRIES {
            match decide().await? {
                Decision::Done(answer) => return Ok(answer),
                Decision::Commit(transaction, answer) => match transaction.commit(self.table()).await {
                    Ok(()) => return Ok(answer),
                    Err(error) if error.kind() == Kind::Conflict => {
                        tokio::time::sleep(self.jitter(FIRST_WAIT * 2u32.pow(lost))).await;
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Err(Error::new(Kind::Unavailable, "too many writers at one record; try again"))
    }
}
