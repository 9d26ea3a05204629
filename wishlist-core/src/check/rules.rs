//! The rules, one a kind of record.

use std::fmt;
use std::time::Duration;

use super::Examination;
use crate::error::Result;
use crate::model::{Item, ItemState, ItemStatus, Lane, User, Visit, VisitedPage, Watcher, Wishlist, WishlistPointer};
use crate::operations::{Job, JobWork, NamedCall, PriceSeen, VisitRate};
use crate::table::Record;
use crate::table::keys::{self, PageDigest};

/// What holds of every record of a kind.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The kind, by its name in the table of keys.
    pub record: &'static str,
    /// Tells the examination what does not hold. An error is one of the table only.
    pub check: fn(&mut Examination<'_>, &Record) -> Result<()>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("record", &self.record).finish_non_exhaustive()
    }
}

/// The rules of the domain's records. A kind without a rule is counted as not checked.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule { record: "user",     check: |at, record| { user(at, record); Ok(()) } },
    Rule { record: "my lists", check: pointer },
    Rule { record: "wishlist", check: wishlist },
    Rule { record: "item",     check: item },
    Rule { record: "page",     check: |at, record| { at.read::<VisitedPage>(record); Ok(()) } },
    Rule { record: "price seen", check: price },
    Rule { record: "watcher",  check: watcher },
    Rule { record: "host",     check: |at, record| { at.read::<Lane>(record); Ok(()) } },
    Rule { record: "idempotency", check: |at, record| { at.read::<NamedCall>(record); Ok(()) } },
    Rule { record: "rate",     check: |at, record| { at.read::<VisitRate>(record); Ok(()) } },
    Rule { record: "job",      check: |at, record| { job(at, record); Ok(()) } },
];

/// How long an item may be pending: a visit ends within a day, and the sweeper comes by within minutes.
const LONGEST_PENDING: Duration = Visit::LONGEST_IN_ALL.saturating_add(Duration::from_mins(30));

/// How long a job may take: what is deleted is gone within a day.
const LONGEST_JOB: Duration = Duration::from_hours(24);

fn user(at: &mut Examination<'_>, record: &Record) {
    if let Some(user) = at.read::<User>(record) {
        at.partition.user = Some((record.key.clone(), user.wishlist_count));
        at.partition.is_erased = user.deleted_at.is_some();
    }
}

fn pointer(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(pointer) = at.read::<WishlistPointer>(record) else { return Ok(()) };
    match at.find::<Wishlist>(&keys::wishlist(pointer.wishlist_id))? {
        // What is erased goes from the list on: its items are still to go, and the pointer is the last.
        None if at.partition.is_erased => drop(at.partition.deleting.insert(pointer.wishlist_id)),
        None => at.fault("its wishlist is not there"),
        Some(wishlist) if wishlist.owner == pointer.user => {
            at.partition.owned += 1;
            at.partition.a_pointer.get_or_insert(record.key.clone());
        }
        Some(_) => at.fault("its wishlist is somebody else's"),
    }
    Ok(())
}

fn wishlist(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    // Also one that cannot be read is there: its items are not told one by one.
    at.partition.an_item = None;
    let Some(wishlist) = at.read::<Wishlist>(record) else { return Ok(()) };
    at.partition.wishlist = Some((record.key.clone(), [wishlist.item_count, wishlist.received_count]));
    let pointed_to = at.is_there(&keys::my_wishlist(&wishlist.owner, wishlist.id))?;
    at.expect(pointed_to, "it is not among its owner's lists");
    Ok(())
}

fn item(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(item) = at.read::<Item>(record) else { return Ok(()) };
    at.partition.items[usize::from(item.state == ItemState::Received)] += 1;
    at.partition.an_item.get_or_insert_with(|| (record.key.clone(), item.wishlist_id));
    let is_pending = item.status == ItemStatus::Pending;
    at.expect(!is_pending || item.visit.is_some(), "it is pending and never due");
    let asked_at = item.visit.filter(|_| is_pending).map(|visit| visit.asked_at.unwrap_or(visit.since));
    let waits_too_long = asked_at.is_some_and(|asked_at| at.now().since(asked_at) >= LONGEST_PENDING);
    at.expect(!waits_too_long, "it is pending for longer than a day");
    if let Some(url) = &item.url {
        let watched = at.is_there(&keys::watcher(&PageDigest::from(url), item.wishlist_id, item.id))?;
        at.expect(watched, "it does not watch its page");
    }
    Ok(())
}

fn price(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(price) = at.read::<PriceSeen>(record) else { return Ok(()) };
    let there = at.is_there(&keys::page(&price.page))?;
    at.expect(there, "its page is not there");
    Ok(())
}

fn watcher(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(watcher) = at.read::<Watcher>(record) else { return Ok(()) };
    let item = at.find::<Item>(&keys::item(watcher.wishlist_id, watcher.item_id))?;
    match item {
        None => at.fault("its item is not there"),
        Some(item) => at.expect(item.url.as_ref() == Some(&watcher.url), "its item has another page"),
    }
    Ok(())
}

fn job(at: &mut Examination<'_>, record: &Record) {
    let Some(job) = at.read::<Job>(record) else { return };
    at.expect(at.now().since(job.created_at) < LONGEST_JOB, "it is not done after a day");
    match job.work {
        JobWork::DeleteWishlist { wishlist_id } => drop(at.partition.deleting.insert(wishlist_id)),
        JobWork::EraseUser { .. } | JobWork::FanOut(_) => {}
    }
}
