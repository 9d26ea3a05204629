//! Wishlists: create, list, find, update, delete.

use super::accounts::known;
use super::{Decision, Engine, Job, JobWork, Listing, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::ids::WishlistId;
use crate::model::{IdempotencyKey, User, Viewer, Wishlist, WishlistDraft, WishlistPointer};
use crate::queue::Message;
use crate::table::{Condition, MAX_KEYS, Query, Stored, Transaction, keys};

/// How many wishlists one person may own.
const MAX_WISHLISTS: u32 = 1000;

impl Engine {
    /// Makes a wishlist of the caller. One read, one write.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with the wrong fields; [`Kind::Conflict`] where the caller owns 1,000 wishlists;
    /// [`Kind::IdempotencyMismatch`].
    pub async fn create_wishlist(
        &self,
        viewer: &Viewer,
        draft: &WishlistDraft,
        key: Option<&IdempotencyKey>,
    ) -> Result<Wishlist> {
        let call = NamedCall::of(self, viewer, key, "create_wishlist", draft)?;
        let fields = draft.check()?;
        let (id, now) = (self.ids().mint(), self.clock().now());
        let wishlist = Wishlist {
            id,
            owner: viewer.user.clone(),
            name: fields.name,
            description: fields.description,
            occasion: fields.occasion,
            event_date: fields.event_date,
            currency: fields.currency,
            archived: fields.archived,
            claim_policy: fields.claim_policy,
            item_count: 0,
            received_count: 0,
            last_slot: 0,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let pointer = WishlistPointer { user: viewer.user.clone(), wishlist_id: id, created_at: now };
        let _turn = self.turn(&viewer.user).await;
        self.decide_once(call, || async {
            let stored = self.stored_user(viewer).await?;
            let user = with_count(stored.as_ref(), viewer, wishlist.created_at, 1);
            if user.wishlist_count > MAX_WISHLISTS {
                let full = format!("you own {MAX_WISHLISTS} wishlists, the most one can; delete one first");
                return Err(Error::new(Kind::Conflict, full));
            }
            let mut transaction = Transaction::new(self.ids());
            transaction.upsert(stored.as_ref(), &user)?.create(&wishlist)?.create(&pointer)?;
            Ok(Decision::Commit(transaction, wishlist.clone()))
        })
        .await
    }

    /// One page of the caller's wishlists, in the order they were made; only archived ones, or only others, where that is
    /// asked for. Two round trips, and two more for each page of a hundred that the filter passes over.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn list_wishlists(
        &self,
        viewer: &Viewer,
        archived: Option<bool>,
        after: Option<WishlistId>,
        limit: usize,
    ) -> Result<Listing<Wishlist, WishlistId>> {
        let (mut items, mut after) = (Vec::new(), after);
        loop {
            // A filter may pass over any number of lists.
            let read = if archived.is_some() { MAX_KEYS } else { limit.min(MAX_KEYS) };
            let page = self.list_some(viewer, after, read).await?;
            let wanted =
                page.items.into_iter().filter(|list| archived.is_none_or(|archived| archived == list.archived));
            items.extend(wanted);
            if items.len() > limit {
                items.truncate(limit);
                return Ok(Listing { next: items.last().map(|list| list.id), items });
            }
            if page.next.is_none() || items.len() == limit {
                return Ok(Listing { items, next: page.next });
            }
            after = page.next;
        }
    }

    async fn list_some(
        &self,
        viewer: &Viewer,
        after: Option<WishlistId>,
        limit: usize,
    ) -> Result<Listing<Wishlist, WishlistId>> {
        let pk = keys::user(&viewer.user).pk;
        let after = after.map(|wishlist| keys::my_wishlist(&viewer.user, wishlist).sk);
        let query = Query::prefix(pk, keys::prefix::WISHLIST).after(after).limit(limit);
        let (user, page) = tokio::join!(self.stored_user(viewer), self.table().query(&query));
        user?;
        let page = page?;
        let pointers = page.items.iter().map(Stored::<WishlistPointer>::read).collect::<Result<Vec<_>>>()?;
        let wanted: Vec<_> = pointers.iter().map(|pointer| keys::wishlist(pointer.value.wishlist_id)).collect();
        let found = if wanted.is_empty() { Vec::new() } else { self.table().get(&wanted).await? };
        // A list that was deleted between the two reads is left out.
        let read = found.iter().flatten().map(|record| Ok(Stored::<Wishlist>::read(record)?.value));
        let items = read
            .filter(|wishlist| wishlist.as_ref().map_or(true, |wishlist| wishlist.is_open_to(viewer)))
            .collect::<Result<_>>()?;
        let last = pointers.last().map(|pointer| pointer.value.wishlist_id);
        Ok(Listing { items, next: page.next.and(last) })
    }

    /// A wishlist of the caller. One read.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is none, or it is not the caller's.
    pub async fn find_wishlist(&self, viewer: &Viewer, id: WishlistId) -> Result<Wishlist> {
        Ok(self.open_wishlist(viewer, id).await?.value)
    }

    /// Replaces the editable part of a wishlist. One read, one write; none where nothing changes.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] with the wrong fields; [`Kind::Stale`] where `expected` is not the version.
    pub async fn update_wishlist(
        &self,
        viewer: &Viewer,
        id: WishlistId,
        draft: &WishlistDraft,
        expected: Option<u64>,
    ) -> Result<Wishlist> {
        self.decide(|| async {
            let stored = self.open_wishlist(viewer, id).await?;
            let fields = draft.check()?;
            expect_version(expected, stored.value.version)?;
            let mut wishlist = Wishlist {
                name: fields.name,
                description: fields.description,
                occasion: fields.occasion,
                event_date: fields.event_date,
                currency: fields.currency,
                claim_policy: fields.claim_policy,
                archived: fields.archived,
                ..stored.value.clone()
            };
            if wishlist == stored.value {
                return Ok(Decision::Done(wishlist));
            }
            wishlist.version += 1;
            wishlist.updated_at = self.clock().now();
            let mut transaction = Transaction::new(self.ids());
            transaction.replace(stored.revision, &wishlist)?;
            Ok(Decision::Commit(transaction, wishlist))
        })
        .await
    }

    /// Removes a wishlist at once, and its items in the background. Two reads at once, one write, and a job.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Stale`] where `expected` is not the version.
    pub async fn delete_wishlist(&self, viewer: &Viewer, id: WishlistId, expected: Option<u64>) -> Result<()> {
        let job_id = self.ids().mint();
        let turn = self.turn(&viewer.user).await;
        self.decide(|| async {
            let (list, user) = tokio::join!(self.open_wishlist(viewer, id), self.stored_user(viewer));
            let (list, user) = (list?, user?);
            expect_version(expected, list.value.version)?;
            let now = self.clock().now();
            let mut transaction = Transaction::new(self.ids());
            transaction
                .delete(keys::wishlist(id), Condition::Revision(list.revision))
                .delete(keys::my_wishlist(&viewer.user, id), Condition::Always)
                .upsert(user.as_ref(), &with_count(user.as_ref(), viewer, now, -1))?
                .create(&Job::new(job_id, JobWork::DeleteWishlist { wishlist_id: id }, now))?;
            Ok(Decision::Commit(transaction, ()))
        })
        .await?;
        drop(turn);
        self.hint(Message::Job { job_id }, std::time::Duration::ZERO).await;
        Ok(())
    }

    /// The wishlist, if the viewer may see it: not there and not yours are one answer.
    pub(super) async fn open_wishlist(&self, viewer: &Viewer, id: WishlistId) -> Result<Stored<Wishlist>> {
        let found = self.table().get(&[keys::user(&viewer.user), keys::wishlist(id)]).await?;
        known(Stored::read_option(found[0].as_ref())?)?;
        let wishlist = Stored::<Wishlist>::read_option(found[1].as_ref())?;
        wishlist.filter(|wishlist| wishlist.value.is_open_to(viewer)).ok_or_else(|| Error::not_found("wishlist"))
    }
}

/// Refuses a change of a version that is no longer the present one.
pub(super) fn expect_version(expected: Option<u64>, present: u64) -> Result<()> {
    if expected.is_some_and(|expected| expected != present) {
        return Err(Error::new(
            Kind::Stale,
            format!("the present version is {present}; read it again and decide anew"),
        ));
    }
    Ok(())
}

fn with_count(stored: Option<&Stored<User>>, viewer: &Viewer, now: crate::clock::Timestamp, change: i32) -> User {
    let user = stored.map_or_else(|| User::new(viewer.user.clone(), now), |stored| stored.value.clone());
    User { wishlist_count: user.wishlist_count.saturating_add_signed(change), ..user }
}
