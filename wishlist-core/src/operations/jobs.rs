//! Cascades: work of more than one commit, in steps that may be done twice.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::items::unwatch;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::{JobId, WishlistId};
use crate::model::Item;
use crate::table::{Condition, Due, Entity, Key, Query, Stored, Transaction, keys};

/// Items of one step: an item is two changes of the hundred that a commit may have.
const STEP: usize = 45;

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Kind")]
pub enum JobWork {
    /// Removes what a deleted wishlist has left.
    #[serde(rename_all = "PascalCase")]
    DeleteWishlist {
        /// The wishlist; its own record is gone already.
        wishlist_id: WishlistId,
    },
}

/// Work under way, due until it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// What to do.
    pub work: JobWork,
    /// When the sweeper takes it up.
    pub due: Timestamp,
    /// When it was put.
    pub created_at: Timestamp,
}

impl Job {
    /// How long the first message is waited for before the sweeper sends another.
    const GRACE: Duration = Duration::from_secs(15);

    pub(super) fn new(id: JobId, work: JobWork, now: Timestamp) -> Self {
        Self { id, work, due: now + Self::GRACE, created_at: now }
    }
}

impl Entity for Job {
    fn key(&self) -> Key {
        keys::job(self.id)
    }

    fn due(&self) -> Option<Due> {
        Some(Due { at: self.due, id: self.id.to_string() })
    }
}

/// How far a job is after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobProgress {
    /// It was done before, or is done now.
    Done,
    /// There is more; its record stays due.
    More,
}

impl Engine {
    /// Runs a job until it is done, at most `steps` steps. Two workers at one job do no harm: a step removes what is there.
    ///
    /// # Errors
    /// Those of the table; the job stays due.
    pub async fn run_job(&self, id: JobId, steps: usize) -> Result<JobProgress> {
        let Some(job) = Stored::<Job>::find(self.table(), keys::job(id)).await? else { return Ok(JobProgress::Done) };
        let JobWork::DeleteWishlist { wishlist_id } = job.value.work;
        for _ in 0..steps {
            if self.delete_items(wishlist_id).await? == 0 {
                let mut transaction = Transaction::new(self.ids());
                transaction.delete(keys::job(id), Condition::Always);
                transaction.commit(self.table()).await?;
                return Ok(JobProgress::Done);
            }
        }
        Ok(JobProgress::More)
    }

    async fn delete_items(&self, list: WishlistId) -> Result<usize> {
        let page = self.table().query(&Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).limit(STEP)).await?;
        let mut transaction = Transaction::new(self.ids());
        for record in &page.items {
            let item = Stored::<Item>::read(record)?.value;
            transaction.delete(record.key.clone(), Condition::Always);
            unwatch(&mut transaction, &item);
        }
        if !page.items.is_empty() {
            transaction.commit(self.table()).await?;
        }
        Ok(page.items.len())
    }
}
