//! The table with what every change of it needs: the time, ids, randomness, and another try for a lost race.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::clock::{Clock, Random, Timestamp};
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::Ids;
use wishlist_core::table::{Entity, Key, Record, Stored, Table, Transaction};

/// How often a lost race is decided anew before the caller is asked to.
const TRIES: u32 = 8;

/// Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) table: Arc<dyn Table>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Ids,
    pub(super) random: Arc<dyn Random>,
}

/// What was read in one round trip, in the order of the keys.
#[derive(Debug)]
pub(super) struct Found(Vec<Option<Record>>);

impl Found {
    /// The entity at `place`, if there is one.
    pub(super) fn read<T: Entity>(&self, place: usize) -> Result<Option<Stored<T>>> {
        Stored::read_option(self.0.get(place).and_then(Option::as_ref))
    }
}

impl Store {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn find(&self, keys: &[Key]) -> Result<Found> {
        self.table.get(keys).await.map(Found)
    }

    pub(super) fn transaction(&self) -> Transaction {
        Transaction::new(&self.ids)
    }

    pub(super) async fn commit(&self, transaction: Transaction) -> Result<()> {
        transaction.commit(self.table.as_ref()).await
    }

    /// Runs `decide`, which reads and commits; where it loses a race, all again from the reading on.
    ///
    /// # Errors
    /// Those of `decide`, and [`Kind::Unavailable`] after eight lost races.
    pub(super) async fn decide<T, Deciding>(&self, mut decide: impl FnMut() -> Deciding) -> Result<T>
    where
        Deciding: Future<Output = Result<T>>,
    {
        for lost in 0..TRIES {
            match decide().await {
                Err(error) if error.kind() == Kind::Conflict => self.back_off(lost).await,
                decided => return decided,
            }
        }
        Err(Error::new(Kind::Unavailable, "too many changes of one account at once; try again soon"))
    }

    /// Full jitter, so that those who met once do not meet again.
    async fn back_off(&self, lost: u32) {
        tokio::time::sleep(Duration::from_millis(self.random.below(4 << lost))).await;
    }
}
