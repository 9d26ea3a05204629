//! A page's records: what a visit leaves in them, who watches, and their end.

use std::time::Duration;

use super::prices::PriceSeen;
use super::{Decision, Engine, FanOut, Job, JobWork};
use crate::clock::Timestamp;
use crate::error::{Kind, Result};
use crate::ids::JobId;
use crate::model::{Lease, PageUrl, Refresh, Settled, VisitedPage};
use crate::queue::Message;
use crate::table::keys::{self, PageDigest};
use crate::table::{Condition, Query, Revision, Stored, Transaction};

/// Observations removed by one commit: of the hundred changes one holds the page to its revision.
const STEP: usize = 99;

/// Steps of one removal; a longer history is removed when the page is next taken up.
const STEPS: usize = 50;

/// By how much the clocks of two machines may differ, when it is asked whether one of them had gone ahead.
const SKEW: Duration = Duration::from_mins(5);

impl Engine {
    /// Whether `moment` is still to be waited for, which is never for longer than `longest`. One further ahead was set by a
    /// clock that had gone ahead, and counts for nothing.
    pub fn is_to_come(moment: Timestamp, longest: Duration, now: Timestamp) -> bool {
        moment > now && moment <= now + longest + SKEW
    }

    /// Whether somebody holds a record by this lease.
    pub fn is_held(lease: Option<Lease>, now: Timestamp) -> bool {
        lease.is_some_and(|lease| Self::is_to_come(lease.until, Lease::LENGTH, now))
    }

    /// A page's record. One read.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn find_page(&self, page: &PageDigest) -> Result<Option<Stored<VisitedPage>>> {
        Stored::find(self.table(), keys::page(page)).await
    }

    /// How many items watch the page, counted up to `at_most`. One read.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn count_watchers(&self, page: &PageDigest, at_most: usize) -> Result<usize> {
        let query = Query::prefix(keys::page(page).pk, keys::prefix::WATCH).limit(at_most);
        Ok(self.table().query(&query).await?.items.len())
    }

    /// Adds to a commit what a visit leaves: the page, what is new in its price history, and where `told` the job that tells
    /// its watchers. Answers that job.
    ///
    /// # Errors
    /// [`Kind::Internal`] for what JSON cannot hold.
    pub fn keep_visit(
        &self,
        transaction: &mut Transaction,
        revision: Revision,
        settled: &Settled,
        told: Told,
    ) -> Result<Option<JobId>> {
        transaction.replace(revision, &settled.page)?;
        let page = PageDigest::from(&settled.page.url);
        if let Some(observation) = settled.seen {
            transaction.create(&PriceSeen { page, observation })?;
        }
        if told == Told::Nobody || !settled.changed {
            return Ok(None);
        }
        let id = self.ids().mint();
        let work = JobWork::FanOut(FanOut::new(settled.page.url.clone(), settled.seen));
        transaction.create(&Job::new(id, work, self.clock().now()))?;
        Ok(Some(id))
    }

    /// Sends the hint for a job that was put.
    pub async fn hint_job(&self, job_id: JobId) {
        self.hint(Message::Job { job_id }, Duration::ZERO).await;
    }

    /// Removes a page that nobody watches, and its price history. `false` where a visit took it up meanwhile, or where the
    /// history is so long that there is more to remove.
    ///
    /// The page first forgets what it said, then the history goes, then the page: whoever takes it up half-way finds a page
    /// that was never visited. Every step holds the page to its revision, which a visit raises.
    ///
    /// # Errors
    /// Those of the table; what was done is done.
    pub async fn remove_page(&self, page: &PageDigest) -> Result<bool> {
        let Some(url) = self.forget_page(page).await? else { return Ok(false) };
        for _ in 0..STEPS {
            let Some(stored) = self.find_page(page).await?.filter(|stored| is_forgotten(&stored.value, &url)) else {
                return Ok(false);
            };
            let history = Query::prefix(keys::page(page).pk, keys::prefix::PRICE).limit(STEP);
            let history = self.table().query(&history).await?;
            let mut transaction = Transaction::new(self.ids());
            let last = history.items.is_empty();
            if last {
                transaction.delete(keys::page(page), Condition::Revision(stored.revision));
            } else {
                transaction.check(keys::page(page), Condition::Revision(stored.revision));
            }
            for record in history.items {
                transaction.delete(record.key, Condition::Always);
            }
            match transaction.commit(self.table()).await {
                Ok(()) if last => return Ok(true),
                Ok(()) => {}
                Err(error) if error.kind() == Kind::Conflict => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Lets an unwatched page forget what it said; `None` where it is watched, visited or gone.
    async fn forget_page(&self, page: &PageDigest) -> Result<Option<PageUrl>> {
        self.decide(|| async {
            let Some(stored) = self.find_page(page).await? else { return Ok(Decision::Done(None)) };
            let now = self.clock().now();
            if Self::is_held(stored.value.lease, now) || self.count_watchers(page, 1).await? > 0 {
                return Ok(Decision::Done(None));
            }
            let url = stored.value.url.clone();
            if is_forgotten(&stored.value, &url) {
                return Ok(Decision::Done(Some(url)));
            }
            let due = stored.value.refresh.map_or(now, |refresh| refresh.due);
            let unwatched = Refresh { due, unwatched_since: Some(now), ..Refresh::watched(now) };
            let unwatched =
                stored.value.refresh.filter(|refresh| refresh.unwatched_since.is_some()).unwrap_or(unwatched);
            let mut transaction = Transaction::new(self.ids());
            let forgotten = VisitedPage { refresh: Some(unwatched), ..VisitedPage::unvisited(url.clone(), now) };
            transaction.replace(stored.revision, &forgotten)?;
            Ok(Decision::Commit(transaction, Some(url)))
        })
        .await
    }
}

/// Who is told what a visit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Everybody who watches the page.
    Watchers,
    /// Nobody: the item that asked is the only one.
    Nobody,
}

/// Whether the page knows nothing and nobody is at it: only its watch over itself is left.
fn is_forgotten(page: &VisitedPage, url: &PageUrl) -> bool {
    let unwatched = page.refresh.is_some_and(|refresh| refresh.unwatched_since.is_some());
    let blank = VisitedPage { refresh: page.refresh, ..VisitedPage::unvisited(url.clone(), Timestamp::from_millis(0)) };
    unwatched && *page == blank
}
