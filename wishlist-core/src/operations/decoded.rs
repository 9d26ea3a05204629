//! Items that were read before, by the write that made them.
//!
//! A write's id says which content a record has, whoever wrote it and wherever it is kept: what was decoded once is right for
//! as long as the record is of that write, and nothing has to be told when it changes.

use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::error::Result;
use crate::ids::WriteId;
use crate::model::Item;
use crate::table::Record;

/// The bytes of records whose items are kept, at most. To read a list of fifty items anew takes five times as long.
const MAX_BYTES: u64 = 16 << 20;

/// How many items that is about: a guess that only saves growing.
const ITEMS: usize = 4096;

/// A sort key, which tells the items of one commit apart, and the commit.
type Place = (Box<str>, WriteId);

/// The items that were read last.
#[derive(Clone)]
pub(super) struct DecodedItems(Arc<Cache<Place, Arc<Item>, Bytes>>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Arc<Item>> for Bytes {
    fn weight(&self, _: &Place, item: &Arc<Item>) -> u64 {
        // Texts are most of an item that is large, and the rest has one size.
        let texts = item.typed.note.as_ref().map_or(0, String::len)
            + item.page.description.as_ref().map_or(0, String::len)
            + item.page.images.iter().map(String::len).sum::<usize>();
        1024 + texts as u64
    }
}

impl DecodedItems {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::with_weighter(ITEMS, MAX_BYTES, Bytes)))
    }

    /// The item of a record.
    pub(super) fn item(&self, record: &Record) -> Result<Arc<Item>> {
        let place = (record.key.sk.as_str().into(), record.revision.write);
        if let Some(item) = self.0.get(&place) {
            return Ok(item);
        }
        let item: Arc<Item> = Arc::new(record.body.decode()?);
        self.0.insert(place, Arc::clone(&item));
        Ok(item)
    }

    /// Forgets all of them, so that nothing of a person is left who had everything deleted.
    pub(super) fn forget(&self) {
        self.0.clear();
    }
}

impl fmt::Debug for DecodedItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodedItems").field("items", &self.0.len()).finish_non_exhaustive()
    }
}
