//! What happened in the table, noted with each commit and held against what may happen at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use wishlist_core::check::Source;
use wishlist_core::ids::{ItemId, WriteId};
use wishlist_core::model::{Item, VisitedPage};
use wishlist_core::table::{Change, Key, Record, Stored, keys};

use super::invariants::{Broken, Invariant};

/// The notes of one world.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Notes>);

#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Rises with everything that happens.
    pub(crate) tick: u64,
    /// The call whose turn it is.
    pub(crate) at: Option<usize>,
    /// The commits of each call that had an effect.
    pub(crate) effects: BTreeMap<usize, BTreeSet<WriteId>>,
    /// By which call an item was made.
    pub(crate) made: BTreeMap<ItemId, Option<usize>>,
    /// The visit that an item last showed, by item and page.
    shown: BTreeMap<(ItemId, String), u64>,
    /// The sort keys of the prices of each page.
    prices: BTreeMap<String, BTreeSet<String>>,
    pub(crate) broken: Option<Broken>,
    pub(crate) transcript: Vec<String>,
    /// Calls of the table.
    pub(crate) calls: usize,
    /// Faults that came to pass.
    pub(crate) faults: usize,
}

/// When the journal hears of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    AtOnce,
    /// Behind another one that took place later.
    Late,
}

impl Journal {
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an invariant does not hold. The first one counts.
    pub(crate) fn broken(&self, invariant: Invariant, what: impl Into<String>) {
        self.notes().broken.get_or_insert(Broken { invariant, what: what.into() });
    }

    pub(crate) fn tell(&self, line: String) {
        self.notes().transcript.push(line);
    }

    /// Takes note of a commit that has happened. One whose reply was lost is told by its second reply, and what came behind it may have
    /// been told before: what it wrote is in its order no more.
    pub(crate) fn committed(&self, changes: &[Change], table: &dyn Source) {
        let is_last = |record: &Record| {
            let found = table.find(&record.key).ok().flatten();
            found.is_some_and(|found| found.revision.write == record.revision.write)
        };
        let is_late = changes.iter().any(|change| matches!(change, Change::Put(record, _) if !is_last(record)));
        let told = if is_late { Told::Late } else { Told::AtOnce };
        for change in changes {
            match change {
                Change::Put(record, _) => self.put(record, told),
                Change::Delete(key, _) => self.deleted(key, table),
                Change::Check(..) => {}
            }
        }
    }

    fn put(&self, record: &Record, told: Told) {
        let mut notes = self.notes();
        if let Some(call) = notes.at {
            notes.effects.entry(call).or_default().insert(record.revision.write);
        }
        if record.key.sk.starts_with(keys::prefix::PRICE) {
            let seen = notes.prices.entry(record.key.pk.clone()).or_default();
            let last = seen.last().cloned();
            let is_behind = told == Told::AtOnce && last.is_some_and(|last| last > record.key.sk);
            if !seen.insert(record.key.sk.clone()) || is_behind {
                drop(notes);
                let what = format!("`{}` was put behind a later price", record.key.sk);
                self.broken(Invariant::HistoryIsInOrder, what);
            }
        } else if record.key.sk.starts_with(keys::prefix::ITEM) {
            let Ok(Stored { value: item, .. }) = Stored::<Item>::read(record) else { return };
            let call = notes.at;
            notes.made.entry(item.id).or_insert(call);
            drop(notes);
            if told == Told::AtOnce {
                self.shows(&item);
            }
        }
    }

    /// What an item shows is from its own page, and no older than what it showed before.
    fn shows(&self, item: &Item) {
        let Some(title) = &item.page.title else { return };
        let url = item.url.as_ref().map(ToString::to_string).unwrap_or_default();
        let Some(visit) = visit_of(title, &url) else {
            let what = format!("item {} of `{url}` shows `{title}`", item.id);
            return self.broken(Invariant::NoLateResultOverwrites, what);
        };
        let before = self.notes().shown.insert((item.id, url), visit);
        if before.is_some_and(|before| before > visit) {
            let what = format!("item {} shows visit {visit} after visit {}", item.id, before.unwrap_or(0));
            self.broken(Invariant::NoLateResultOverwrites, what);
        }
    }

    /// A price is taken away only with its page, which has forgotten everything by then.
    fn deleted(&self, key: &Key, table: &dyn Source) {
        if !key.sk.starts_with(keys::prefix::PRICE) {
            return;
        }
        if let Some(seen) = self.notes().prices.get_mut(&key.pk) {
            seen.remove(&key.sk);
        }
        let page = Key { pk: key.pk.clone(), sk: "PAGE".to_owned() };
        let page = table.find(&page).ok().flatten().and_then(|page| Stored::<VisitedPage>::read(&page).ok());
        if page.is_some_and(|page| page.value.read_at.is_some()) {
            self.broken(Invariant::HistoryIsInOrder, format!("`{}` was taken out of the history of a page", key.sk));
        }
    }
}

/// What a visit of a page says as its title.
pub(crate) fn title_of(url: &str, visit: u64) -> String {
    format!("{url} visit {visit}")
}

/// The visit of this page that says this title; `None` where it is another page's.
fn visit_of(title: &str, url: &str) -> Option<u64> {
    title.strip_prefix(url)?.strip_prefix(" visit ")?.parse().ok()
}
