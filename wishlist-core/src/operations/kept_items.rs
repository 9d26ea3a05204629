//! Items that were read before, by the write that made them.
//!
//! A write's id says which content a record has, whoever wrote it and wherever it is kept: what was read once is right for as
//! long as the record is of that write, and nothing has to be told when it changes.

use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use serde_json::value::RawValue;

use crate::error::Result;
use crate::ids::WriteId;
use crate::model::Item;
use crate::table::{Known, Record};

/// The bytes that kept items take, about and at most.
const MAX_BYTES: u64 = 32 << 20;

/// How many items that is about: a guess that only saves growing.
const ITEMS: usize = 8192;

/// What an item takes beside its texts, about.
const ITEM_BYTES: usize = 1024;

/// An item that was read, and the text that it was answered as.
pub struct KeptItem {
    item: Item,
    text: OnceLock<Box<RawValue>>,
    /// Of the record.
    bytes: usize,
}

impl KeptItem {
    /// The item as JSON for those who may read all of it, written by the first call and kept with the item. All callers have
    /// to write the same.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn text<E>(&self, write: impl FnOnce(&Item) -> Result<Box<RawValue>, E>) -> Result<&RawValue, E> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let text = write(&self.item)?;
        Ok(self.text.get_or_init(|| text))
    }
}

impl Deref for KeptItem {
    type Target = Item;

    fn deref(&self) -> &Item {
        &self.item
    }
}

impl PartialEq for KeptItem {
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item
    }
}

impl fmt::Debug for KeptItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.item.fmt(f)
    }
}

/// A sort key, which tells the items of one commit apart, and the commit.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place(Box<str>, WriteId);

/// A [`Place`] to look for. It has the same hash, for a `Box<str>` has that of its text.
#[derive(PartialEq, Eq, Hash)]
struct Sought<'a>(&'a str, WriteId);

impl Equivalent<Place> for Sought<'_> {
    fn equivalent(&self, place: &Place) -> bool {
        self.0 == &*place.0 && self.1 == place.1
    }
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Arc<KeptItem>> for Bytes {
    fn weight(&self, _: &Place, item: &Arc<KeptItem>) -> u64 {
        // The texts of the item, and once more in what it was answered as.
        (ITEM_BYTES + 2 * item.bytes) as u64
    }
}

/// Items of a query that were not read again.
#[derive(Clone, Default)]
pub(super) struct Found(Arc<Mutex<Vec<Arc<KeptItem>>>>);

impl Found {
    /// All that were found so far.
    pub(super) fn take(&self) -> Vec<Arc<KeptItem>> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<KeptItem>>> {
        // A push is whole or has not been.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The items that were read last.
#[derive(Clone)]
pub(super) struct KeptItems(Arc<Cache<Place, Arc<KeptItem>, Bytes>>);

impl KeptItems {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::with_weighter(ITEMS, MAX_BYTES, Bytes)))
    }

    /// What need not be read again. It is put into `found` where a table leaves it out.
    pub(super) fn known(&self, found: &Found) -> Known {
        let (cache, found) = (Arc::clone(&self.0), found.clone());
        Known::new(move |sk, write| {
            let item = cache.get(&Sought(sk, write));
            let is_known = item.is_some();
            found.lock().extend(item);
            is_known
        })
    }

    /// The item of a record.
    pub(super) fn item(&self, record: &Record) -> Result<Arc<KeptItem>> {
        let write = record.revision.write;
        if let Some(item) = self.0.get(&Sought(&record.key.sk, write)) {
            return Ok(item);
        }
        let (item, bytes) = (record.body.decode()?, record.body.as_json().len());
        let item = Arc::new(KeptItem { item, text: OnceLock::new(), bytes });
        self.0.insert(Place(record.key.sk.as_str().into(), write), Arc::clone(&item));
        Ok(item)
    }

    /// Forgets all of them, so that nothing of a person is left who had everything deleted.
    pub(super) fn forget(&self) {
        self.0.clear();
    }
}

impl fmt::Debug for KeptItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptItems").field("items", &self.0.len()).finish_non_exhaustive()
    }
}
