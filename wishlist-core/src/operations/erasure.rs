//! What deletions leave to be done: the items of a list, everything of a person.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Engine;
use super::items::unwatch;
use super::jobs::{ErasureStage, JobWork, Step};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::{UserId, WishlistId};
use crate::model::{Item, PageUrl, Refresh, VisitedPage, WishlistPointer};
use crate::table::keys::PageDigest;
use crate::table::{Condition, Key, Query, Stored, Transaction, keys};

/// Items of one step: an item is three changes of the hundred that a commit may have, its watcher's and its page's with it.
const ITEMS: usize = 33;

/// Records of one step that are one change each.
const RECORDS: usize = 90;

/// Pages looked at at once.
const AT_ONCE: usize = 8;

/// What a step's items leave of their page.
enum Left {
    /// It is watched by this one still.
    Watched(Key),
    /// Nobody else watches it.
    Unwatched(Box<Stored<VisitedPage>>),
    /// There is none.
    Nothing,
}

impl Engine {
    /// Removes some items of a list whose record is gone. A page that nobody watches any more goes a day later.
    pub(super) async fn delete_some_items(&self, list: WishlistId) -> Result<Step> {
        let taken = self.take_some_items(list, self.clock().now() + VisitedPage::KEPT).await?;
        Ok(if taken.is_none() { Step::Done } else { Step::More })
    }

    /// Removes something of a person, the sign-in first: then their lists, one after the other, then what else is theirs.
    /// Only the mark stays, until it expires. Each step looks for what is left, so that it can be done twice.
    pub(super) async fn erase_some(&self, user: &UserId, stage: ErasureStage, of: Option<&str>) -> Result<Step> {
        let pk = keys::user(user).pk;
        if stage == ErasureStage::SignIn {
            if let Some(identities) = self.identities() {
                identities.erase(user).await?;
            }
            let (user, identities) = (user.clone(), of.map(str::to_owned));
            return Ok(Step::Onward(JobWork::EraseUser { user, stage: ErasureStage::Records, identities }));
        }
        let pointer = self.table().query(&Query::prefix(&pk, keys::prefix::WISHLIST).limit(1)).await?;
        if let Some(record) = pointer.items.first() {
            let list = Stored::<WishlistPointer>::read(record)?.value.wishlist_id;
            return self.erase_some_of_list(user, list).await;
        }
        let mark = keys::user(user);
        for partition in [pk, keys::calls_of(user), keys::rates_of(user)] {
            let page = self.table().query(&Query::prefix(partition, "").limit(RECORDS)).await?;
            let left: Vec<_> = page.items.into_iter().map(|record| record.key).filter(|key| *key != mark).collect();
            if !left.is_empty() {
                let mut transaction = Transaction::new(self.ids());
                for key in left {
                    transaction.delete(key, Condition::Always);
                }
                transaction.commit(self.table()).await?;
                return Ok(Step::More);
            }
        }
        self.kept_items().forget();
        Ok(Step::Done)
    }

    /// Removes the list itself first, so that nothing is added to it any more, and its pointer last, so that it is found
    /// again until nothing of it is left.
    async fn erase_some_of_list(&self, user: &UserId, list: WishlistId) -> Result<Step> {
        let mut transaction = Transaction::new(self.ids());
        transaction.delete(keys::wishlist(list), Condition::Always);
        transaction.commit(self.table()).await?;
        let Some(pages) = self.take_some_items(list, self.clock().now()).await? else {
            let mut transaction = Transaction::new(self.ids());
            transaction.delete(keys::my_wishlist(user, list), Condition::Always);
            transaction.commit(self.table()).await?;
            return Ok(Step::More);
        };
        // Where this is cut off, the sweeper goes on: the pages are due.
        for page in pages {
            self.remove_page(&page).await?;
        }
        Ok(Step::More)
    }

    /// Removes some items of a list, and answers the pages that nobody watches any more; `None` where no item was left.
    ///
    /// Such a page is due at `gone_at` from the same commit on, to be removed as any page that nobody watches. So the commit
    /// is held to what it was decided by: the items, for a visit of theirs may be making their page; and of each page its
    /// revision, or the watcher that keeps it, for the last two may be leaving at once.
    async fn take_some_items(&self, list: WishlistId, gone_at: Timestamp) -> Result<Option<Vec<PageDigest>>> {
        let page = self.table().query(&Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).limit(ITEMS)).await?;
        let (mut transaction, mut watching) = (Transaction::new(self.ids()), BTreeMap::<PageUrl, BTreeSet<Key>>::new());
        for record in &page.items {
            let Stored { value: item, revision, .. } = Stored::<Item>::read(record)?;
            transaction.delete(record.key.clone(), Condition::Revision(revision));
            unwatch(&mut transaction, &item);
            if let Some(url) = &item.url {
                let watcher = keys::watcher(&PageDigest::from(url), item.wishlist_id, item.id);
                watching.entry(url.clone()).or_default().insert(watcher);
            }
        }
        if page.items.is_empty() {
            return Ok(None);
        }
        let left: Vec<_> = stream::iter(watching)
            .map(|(url, watchers)| self.left_without(PageDigest::from(&url), watchers))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let mut pages = Vec::new();
        for left in left {
            match left {
                Left::Watched(by) => drop(transaction.check(by, Condition::Present)),
                Left::Unwatched(page) => {
                    transaction.replace(page.revision, &leaving(&page.value, gone_at))?;
                    pages.push(PageDigest::from(&page.value.url));
                }
                Left::Nothing => {}
            }
        }
        transaction.commit(self.table()).await?;
        Ok(Some(pages))
    }

    /// What is left of a page without these watchers. The page is read first: a visit for a watcher that came later raises
    /// its revision.
    async fn left_without(&self, digest: PageDigest, watchers: BTreeSet<Key>) -> Result<Left> {
        let page = self.find_page(&digest).await?;
        let query = Query::prefix(keys::page(&digest).pk, keys::prefix::WATCH).limit(watchers.len() + 1);
        let found = self.table().query(&query).await?.items;
        let other = found.into_iter().map(|record| record.key).find(|key| !watchers.contains(key));
        Ok(other.map_or_else(|| page.map_or(Left::Nothing, |page| Left::Unwatched(Box::new(page))), Left::Watched))
    }
}

/// A page that nobody watches any more, to be gone at `gone_at`. What a worker holds of it is of no use to anybody.
fn leaving(page: &VisitedPage, gone_at: Timestamp) -> VisitedPage {
    let since = page.refresh.and_then(|refresh| refresh.unwatched_since);
    let since = since.map_or(gone_at - VisitedPage::KEPT, |since| since.min(gone_at - VisitedPage::KEPT));
    let (look_at, watched) = (since + VisitedPage::KEPT, page.refresh.unwrap_or_else(|| Refresh::watched(gone_at)));
    let refresh = Refresh { due: look_at, visit_at: None, look_at, unwatched_since: Some(since), ..watched };
    VisitedPage { lease: None, refresh: Some(refresh), ..page.clone() }
}
