//! Cascades: work of more than one commit, in steps that may be done twice.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Engine, FanOut, Identities};
use crate::clock::Timestamp;
use crate::error::{Kind, Result};
use crate::ids::{JobId, UserId, WishlistId};
use crate::model::Lease;
use crate::table::{Condition, Due, Entity, Key, Stored, Transaction, keys};

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
    /// Removes everything of a person; their record is a mark already.
    #[serde(rename_all = "PascalCase")]
    EraseUser {
        /// The person.
        user: UserId,
        /// How far it is.
        stage: ErasureStage,
        /// By the name of [`Identities`](super::Identities), who signs them in. A record of before it was kept has none, nor
        /// has one of a program without any; whoever takes those up erases the sign-in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identities: Option<String>,
    },
    /// Tells a page's watchers what has changed.
    FanOut(FanOut),
}

impl JobWork {
    /// The work that is left when a person whom these identities sign in had everything deleted.
    pub(super) fn erase(user: UserId, identities: Option<&dyn Identities>) -> Self {
        let identities = identities.map(|identities| identities.name().to_owned());
        Self::EraseUser { user, stage: ErasureStage::SignIn, identities }
    }

    /// The identities that the next step needs, and no others.
    fn needs(&self) -> Option<&str> {
        match self {
            Self::EraseUser { stage: ErasureStage::SignIn, identities, .. } => identities.as_deref(),
            _ => None,
        }
    }
}

/// What of a person is being erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErasureStage {
    /// What signs them in.
    SignIn,
    /// Everything else.
    Records,
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
    /// It is for a process with other identities; its record stays due.
    Elsewhere,
}

/// What a step has left.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing.
    Done,
    /// More of the same.
    More,
    /// Something else, which is kept in place of the job's work.
    Onward(JobWork),
}

impl Engine {
    /// Whether the next step of a job is for a process with other identities than this one has. One that has none of its
    /// own may send the job's message to those who have.
    pub fn is_elsewhere(&self, work: &JobWork) -> bool {
        work.needs().zip(self.identities()).is_some_and(|(needed, identities)| needed != identities.name())
    }

    /// Runs a job until it is done, at most `steps` steps. Two workers at one job do no harm: a step removes what is there.
    ///
    /// # Errors
    /// Those of the table; the job stays due.
    pub async fn run_job(&self, id: JobId, steps: usize) -> Result<JobProgress> {
        for _ in 0..steps {
            let Some(job) = Stored::<Job>::find(self.table(), keys::job(id)).await? else {
                return Ok(JobProgress::Done);
            };
            let identities = self.identities().map(Identities::name);
            if job.value.work.needs().is_some_and(|needed| identities != Some(needed)) {
                return Ok(JobProgress::Elsewhere);
            }
            let step = match &job.value.work {
                JobWork::DeleteWishlist { wishlist_id } => self.delete_some_items(*wishlist_id).await,
                JobWork::EraseUser { user, stage, identities } => {
                    self.erase_some(user, *stage, identities.as_deref()).await
                }
                JobWork::FanOut(fan_out) => self.fan_out_some(fan_out, &job.value).await,
            };
            match step {
                Ok(Step::More) => {}
                Ok(Step::Onward(work)) => self.go_on(&job, work).await?,
                Ok(Step::Done) => {
                    let mut transaction = Transaction::new(self.ids());
                    transaction.delete(keys::job(id), Condition::Always);
                    transaction.commit(self.table()).await?;
                    return Ok(JobProgress::Done);
                }
                // Somebody changed what the step had read: it is read again.
                Err(error) if error.kind() == Kind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Ok(JobProgress::More)
    }

    /// Keeps what a job has to do next. Where another worker at the job was quicker, what that one kept counts.
    async fn go_on(&self, job: &Stored<Job>, work: JobWork) -> Result<()> {
        // Who works on is not to be met by the sweeper's next worker.
        let due = self.clock().now() + Lease::LENGTH;
        let mut transaction = Transaction::new(self.ids());
        transaction.replace(job.revision, &Job { work, due, ..job.value.clone() })?;
        match transaction.commit(self.table()).await {
            Err(error) if error.kind() != Kind::Conflict => Err(error),
            _ => Ok(()),
        }
    }
}
