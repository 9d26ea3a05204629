//! The table of a world at rest, held against what its people know.

use std::collections::BTreeMap;

use wishlist_core::check::check;
use wishlist_core::clock::Clock as _;
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{Item, ItemStatus, VisitedPage, Wishlist};
use wishlist_core::operations::PriceSeen;
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{Record, Stored};

use super::deeds::{NAMES, Request};
use super::invariants::{Broken, Invariant};
use super::judge::reads;
use super::memory::KnownItem;
use super::settle::is_item;
use super::world::{SWEEPER, World};

/// Every record that exists.
pub(crate) fn records(world: &World) -> Vec<Record> {
    let (now, mut all) = (world.clocks[SWEEPER].now(), Vec::new());
    let seen = world.ground.table.each(&mut |_, record| {
        all.extend(record.filter(|record| record.expires_at.is_none_or(|at| at > now)));
        Ok(())
    });
    if let Err(error) = seen {
        world.journal.broken(Invariant::NoFaultOfTheProgram, error.chain());
    }
    all
}

/// Everything that can be said of a table at rest.
pub(crate) fn all(world: &World) -> Result<(), Broken> {
    let all = records(world);
    items(world, &all);
    lists(world, &all);
    histories(world, &all);
    together(world);
    world.holds()?;
    erasure(world, Pages::Erased)
}

fn together(world: &World) {
    match check(&*world.ground.table, world.clocks[SWEEPER].now(), &[]) {
        Ok(report) if report.is_clean() && report.unknown.is_empty() => {}
        Ok(report) => {
            let what: Vec<_> = report.violations.iter().map(ToString::to_string).collect();
            world.journal.broken(Invariant::RecordsGoTogether, format!("{what:?} {:?}", report.unknown));
        }
        Err(error) => world.journal.broken(Invariant::NoFaultOfTheProgram, error.chain()),
    }
}

/// Whether a person has left, as the table has it.
fn has_left(world: &World, person: usize) -> bool {
    let begun = |request: &Request| matches!(request, Request::DeleteMe);
    world.memory.calls.iter().any(|call| call.person == person && begun(&call.request))
}

fn items(world: &World, all: &[Record]) {
    let mut found = BTreeMap::<ItemId, Item>::new();
    for record in all.iter().filter(|record| is_item(record)) {
        let Ok(Stored { value: item, .. }) = Stored::<Item>::read(record) else { continue };
        if let Some(other) = found.insert(item.id, item) {
            let what = format!("item {} is in two lists", other.id);
            world.journal.broken(Invariant::NothingAcknowledgedIsLost, what);
        }
    }
    for item in found.values() {
        comes_from_somebody(world, item);
        tells_what_its_page_does(world, all, item);
    }
    for (id, known) in world.memory.items.iter().filter(|(_, known)| !has_left(world, known.owner)) {
        if let Some(item) = found.get(id) {
            reads(&world.journal, known, item, u64::MAX - 1, u64::MAX);
        } else if !may_be_gone(world, known) {
            world.journal.broken(Invariant::NothingAcknowledgedIsLost, format!("item {id} is lost"));
        }
    }
}

/// Whether an item may have been removed, or have been in a list that was.
fn may_be_gone(world: &World, item: &KnownItem) -> bool {
    let is_list_gone = |list: WishlistId| {
        let list = world.memory.list(list);
        list.is_some_and(|list| list.is_there.between(u64::MAX - 1, u64::MAX).any(|is_there| !is_there))
    };
    let mut places = item.place.between(u64::MAX - 1, u64::MAX);
    places.any(|place| place.is_none_or(is_list_gone))
}

/// An item that nobody was told of is that of a call which nobody was answered.
fn comes_from_somebody(world: &World, item: &Item) {
    if world.memory.items.contains_key(&item.id) {
        return;
    }
    let by = world.journal.notes().made.get(&item.id).copied().flatten();
    if by.and_then(|by| world.memory.calls.get(by)).is_none_or(|call| call.answer.is_some()) {
        let what = format!("item {} is nobody's", item.id);
        world.journal.broken(Invariant::OneEffectOneReply, what);
    }
}

/// At rest an item says what its page says.
fn tells_what_its_page_does(world: &World, all: &[Record], item: &Item) {
    let Some(url) = &item.url else { return };
    let key = keys::page(&PageDigest::from(url));
    let page = all.iter().find(|record| record.key == key).and_then(|record| Stored::<VisitedPage>::read(record).ok());
    let Some(Stored { value: page, .. }) = page.filter(|_| item.status == ItemStatus::Ready) else { return };
    let price = item.page.price.is_some() && page.failure.is_none();
    if price && page.visited_at.is_some() && item.page.price != page.product.price {
        let what = format!("item {} says {:?}, and its page {:?}", item.id, item.page.price, page.product.price);
        world.journal.broken(Invariant::NoLateResultOverwrites, what);
    }
}

fn lists(world: &World, all: &[Record]) {
    for known in world.memory.lists.iter().filter(|list| !has_left(world, list.owner)) {
        let key = keys::wishlist(known.id);
        let found = all.iter().find(|record| record.key == key);
        let found = found.and_then(|record| Stored::<Wishlist>::read(record).ok()).map(|stored| stored.value);
        let is_there = known.is_there.between(u64::MAX - 1, u64::MAX).any(|may_be| *may_be == found.is_some());
        let name = |list: &Wishlist| known.name.between(u64::MAX - 1, u64::MAX).any(|name| *name == list.name);
        if !is_there || !found.as_ref().is_none_or(name) {
            let what = format!("list {} is {:?}", known.id, found.as_ref().map(|list| &list.name));
            world.journal.broken(Invariant::NothingAcknowledgedIsLost, what);
        }
        let left = all.iter().filter(|record| record.key.pk == key.pk).count();
        if found.is_none() && left > 0 {
            world.journal.broken(Invariant::ErasureIsComplete, format!("{left} records of list {} are left", known.id));
        }
    }
}

/// The prices of a page: no two in a row are the same.
fn histories(world: &World, all: &[Record]) {
    let mut last: Option<PriceSeen> = None;
    for record in all.iter().filter(|record| record.key.sk.starts_with(keys::prefix::PRICE)) {
        let Ok(Stored { value: seen, .. }) = Stored::<PriceSeen>::read(record) else { continue };
        if let Some(before) = last.replace(seen.clone()).filter(|before| before.page == seen.page) {
            let is_later = before.observation.seen_at < seen.observation.seen_at;
            if !is_later || before.observation.says_the_same(&seen.observation) {
                let what = format!("{:?} is followed by {:?}", before.observation, seen.observation);
                world.journal.broken(Invariant::HistoryIsInOrder, what);
            }
        }
    }
}

/// Which pages of a person are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Those that the erasure has taken. What somebody took off their lists before is a page of nobody's, kept for a day after
    /// it is next looked at.
    Erased,
    All,
}

/// Of those who were told that they are gone there is a mark, and nothing else.
pub(crate) fn erasure(world: &World, pages: Pages) -> Result<(), Broken> {
    for person in world.memory.left.keys() {
        let (name, mark) = (NAMES[*person], keys::user(&NAMES[*person].parse().expect("a user")));
        let leaves_pages = |request: &Request| {
            matches!(request, Request::Edit { .. } | Request::Remove { .. } | Request::DeleteList { .. })
        };
        let mut calls = world.memory.calls.iter().filter(|call| call.person == *person);
        let with_pages = pages == Pages::All || !calls.any(|call| leaves_pages(&call.request));
        let is_about = |record: &&Record| {
            let Record { key, body, .. } = record;
            let is_named = [&*key.pk, &*key.sk, body.as_json()].iter().any(|text| text.contains(name));
            is_named && *key != mark && (with_pages || !key.pk.starts_with("PAGE#"))
        };
        let all = records(world);
        let left: Vec<_> = all.iter().filter(is_about).map(|record| &record.key).collect();
        if !left.is_empty() {
            world.journal.broken(Invariant::ErasureIsComplete, format!("of {name} there is left: {left:?}"));
        }
    }
    world.holds()
}
