//! What deletions leave to be done: the items of a list, everything of a person.

use super::Engine;
use super::items::unwatch;
use super::jobs::{ErasureStage, JobWork, Step};
use crate::error::Result;
use crate::ids::{UserId, WishlistId};
use crate::model::{Item, PageUrl, WishlistPointer};
use crate::table::keys::PageDigest;
use crate::table::{Condition, Query, Stored, Transaction, keys};

/// Items of one step: an item is two changes of the hundred that a commit may have.
const ITEMS: usize = 45;

/// Records of one step that are one change each.
const RECORDS: usize = 90;

impl Engine {
    /// Removes some items of a list whose record is gone.
    pub(super) async fn delete_some_items(&self, list: WishlistId) -> Result<Step> {
        Ok(if self.take_some_items(list).await?.is_empty() { Step::Done } else { Step::More })
    }

    /// Removes something of a person, the sign-in first: then their lists, one after the other, then what else is theirs.
    /// Only the mark stays, until it expires. Each step looks for what is left, so that it can be done twice.
    pub(super) async fn erase_some(&self, user: &UserId, stage: ErasureStage) -> Result<Step> {
        let pk = keys::user(user).pk;
        if stage == ErasureStage::SignIn {
            if let Some(identities) = self.identities() {
                identities.erase(user).await?;
            }
            return Ok(Step::Onward(JobWork::EraseUser { user: user.clone(), stage: ErasureStage::Records }));
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
        let taken = self.take_some_items(list).await?;
        for url in taken.iter().filter_map(|item| item.url.as_ref()) {
            self.forget_unwatched_page(url).await?;
        }
        if taken.is_empty() {
            let mut transaction = Transaction::new(self.ids());
            transaction.delete(keys::my_wishlist(user, list), Condition::Always);
            transaction.commit(self.table()).await?;
        }
        Ok(Step::More)
    }

    /// Removes some items of a list and answers them.
    async fn take_some_items(&self, list: WishlistId) -> Result<Vec<Item>> {
        let page = self.table().query(&Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).limit(ITEMS)).await?;
        let (mut transaction, mut items) = (Transaction::new(self.ids()), Vec::new());
        for record in &page.items {
            let item = Stored::<Item>::read(record)?.value;
            transaction.delete(record.key.clone(), Condition::Always);
            unwatch(&mut transaction, &item);
            items.push(item);
        }
        if !items.is_empty() {
            transaction.commit(self.table()).await?;
        }
        Ok(items)
    }

    /// Removes a page and what was seen on it, if nobody watches it any more. What a worker holds of it lapses with it.
    async fn forget_unwatched_page(&self, url: &PageUrl) -> Result<()> {
        let pk = keys::page(&PageDigest::from(url)).pk;
        let watched = self.table().query(&Query::prefix(&pk, keys::prefix::WATCH).limit(1)).await?;
        if !watched.items.is_empty() {
            return Ok(());
        }
        loop {
            let page = self.table().query(&Query::prefix(&pk, "").limit(RECORDS)).await?;
            let mut transaction = Transaction::new(self.ids());
            let left: Vec<_> = page.items.into_iter().map(|record| record.key).collect();
            let left: Vec<_> = left.into_iter().filter(|key| !key.sk.starts_with(keys::prefix::WATCH)).collect();
            if left.is_empty() {
                return Ok(());
            }
            for key in left {
                transaction.delete(key, Condition::Always);
            }
            transaction.commit(self.table()).await?;
        }
    }
}
