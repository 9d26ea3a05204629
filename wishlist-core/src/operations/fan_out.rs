//! Telling a page's watchers what has changed: a job in steps, each of which may be done twice.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::jobs::Step;
use super::{Decision, Engine, Job, JobWork};
use crate::clock::Timestamp;
use crate::error::{Kind, Result};
use crate::model::{Item, Observation, PageUrl, VisitedPage, Watcher};
use crate::table::keys::{self, PageDigest};
use crate::table::{MAX_KEYS, Query, Revision, Stored, Transaction};

/// Items written at once: writers of one file share a commit to disk, and a partition takes a thousand writes a second.
const AT_ONCE: usize = 8;

/// By how much the clocks of two machines may differ, when it is asked which of two writes was later.
const SKEW: Duration = Duration::from_mins(5);

/// Who is told about a page, and how far that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FanOut {
    /// The page's address.
    #[serde(rename = "URL")]
    pub url: PageUrl,
    /// What is new in its price history. The page may have gone on when an item is told; this is in no summary then but by
    /// being carried here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Observation>,
    /// Which walk over the watchers it is.
    pub pass: Pass,
    /// The sort key behind which to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A walk over a page's watchers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pass {
    /// Over all of them.
    Everyone,
    /// Over those that came since the job was put: an item that is moved to another list during the first walk has another
    /// key, which the walk may be past already.
    Newcomers,
}

/// A watcher, and which write made it.
type Watching = Stored<Watcher>;

/// One step's watchers.
struct Walked {
    watchers: Vec<Watching>,
    next: Option<String>,
}

impl FanOut {
    pub(super) fn new(url: PageUrl, seen: Option<Observation>) -> Self {
        Self { url, seen, pass: Pass::Everyone, after: None }
    }
}

impl Engine {
    /// Tells the next hundred watchers. Two queries' and a get's reading, and a write for each item that is told something
    /// new; where the walk is, is kept with the job, so that another worker goes on from there.
    pub(super) async fn fan_out_some(&self, fan_out: &FanOut, job: &Job) -> Result<Step> {
        let walked = self.next_watchers(fan_out).await?;
        let told = self.tell_watchers(fan_out, job, &walked).await?;
        let next = following(fan_out, walked.next, told);
        Ok(next.map_or(Step::Done, |next| Step::Onward(JobWork::FanOut(next))))
    }

    async fn next_watchers(&self, fan_out: &FanOut) -> Result<Walked> {
        let pk = keys::page(&PageDigest::from(&fan_out.url)).pk;
        let query = Query::prefix(pk, keys::prefix::WATCH).after(fan_out.after.clone()).limit(MAX_KEYS);
        let page = self.table().query(&query).await?;
        let watchers = page.items.iter().map(Stored::read).collect::<Result<_>>()?;
        Ok(Walked { watchers, next: page.next })
    }

    /// Tells the step's items. Answers whether all of them were there.
    async fn tell_watchers(&self, fan_out: &FanOut, job: &Job, step: &Walked) -> Result<Complete> {
        let begun = job.created_at - SKEW;
        let here = |watcher: &&Watching| fan_out.pass == Pass::Everyone || written_at(watcher.revision) >= begun;
        let wanted: Vec<_> = step.watchers.iter().filter(here).map(|watcher| &watcher.value).collect();
        let wanted: Vec<_> =
            wanted.into_iter().map(|watcher| keys::item(watcher.wishlist_id, watcher.item_id)).collect();
        if wanted.is_empty() {
            return Ok(Complete::Yes);
        }
        let items = self.table().get(&wanted).await?;
        // Behind the items: what an item has been told is never newer than the page that is read now.
        let page = self.find_page(&PageDigest::from(&fan_out.url)).await?;
        let Some(page) = page else { return Ok(Complete::Yes) };
        let complete = if items.iter().all(Option::is_some) { Complete::Yes } else { Complete::No };
        let items = items.iter().flatten().map(Stored::<Item>::read).collect::<Result<Vec<_>>>()?;
        stream::iter(items)
            .map(|item| self.tell_item(fan_out, item, &page.value))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(complete)
    }

    /// Tells one item, if there is anything new for it. An item that was changed meanwhile is read again, and the page
    /// behind it.
    async fn tell_item(&self, fan_out: &FanOut, item: Stored<Item>, page: &VisitedPage) -> Result<()> {
        let Some(told) = news_for(fan_out, &item.value, page, self.clock().now()) else { return Ok(()) };
        let key = keys::item(item.value.wishlist_id, item.value.id);
        let mut transaction = Transaction::new(self.ids());
        transaction.replace(item.revision, &told)?;
        match transaction.commit(self.table()).await {
            Err(error) if error.kind() == Kind::Conflict => {}
            other => return other,
        }
        self.decide(|| async {
            let Some(item) = Stored::<Item>::find(self.table(), key.clone()).await? else {
                return Ok(Decision::Done(()));
            };
            let page = self.find_page(&PageDigest::from(&fan_out.url)).await?;
            let now = self.clock().now();
            let told = page.and_then(|page| news_for(fan_out, &item.value, &page.value, now));
            let Some(told) = told else { return Ok(Decision::Done(())) };
            let mut transaction = Transaction::new(self.ids());
            transaction.replace(item.revision, &told)?;
            Ok(Decision::Commit(transaction, ()))
        })
        .await
    }
}

/// Whether every watcher's item was where the watcher says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Complete {
    Yes,
    No,
}

/// What is left to do behind a step that ended at `next`. Where one step saw every watcher and its item, none can have
/// slipped past.
fn following(fan_out: &FanOut, next: Option<String>, complete: Complete) -> Option<FanOut> {
    let at_once = fan_out.after.is_none() && next.is_none() && complete == Complete::Yes;
    match (fan_out.pass, next) {
        (pass, Some(after)) => Some(FanOut { pass, after: Some(after), ..fan_out.clone() }),
        (Pass::Everyone, None) if !at_once => Some(FanOut { pass: Pass::Newcomers, after: None, ..fan_out.clone() }),
        (Pass::Everyone | Pass::Newcomers, None) => None,
    }
}

/// The item with what is new for it, if anything is.
fn news_for(fan_out: &FanOut, item: &Item, page: &VisitedPage, now: Timestamp) -> Option<Item> {
    if item.url.as_ref() != Some(&fan_out.url) {
        return None;
    }
    let mut told = item.clone();
    if let Some(seen) = fan_out.seen.filter(|seen| seen.seen_at >= item.has_url_since()) {
        told.prices.take(&seen);
    }
    let news = page.tell_news(&mut told, now) || told.prices != item.prices;
    news.then_some(told)
}

/// When a record was written: its commit's id is a UUIDv7, which begins with the time.
fn written_at(revision: Revision) -> Timestamp {
    let millis = revision.write.as_uuid().as_u128() >> 80;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
