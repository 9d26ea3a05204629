//! Who writes, and knows what must be there after a loss, what may be, and what must not.

use std::collections::{BTreeMap, BTreeSet};

use wishlist_core::clock::{Random, SeededRandom};
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{ItemDraft, Viewer, WishlistDraft};
use wishlist_core::operations::{AddedItem, Engine, ItemFilter, StateFilter};
use wishlist_core::{Error, Kind, Result};

use crate::machine::Machine;

/// A list with so many items is deleted for another one.
const MOST_ITEMS: usize = 60;

/// Lists that were deleted and are looked for, the last ones.
const DELETED: usize = 5;

/// Items of a batch: one commit of some eighty records.
const BATCH: usize = 20;

/// A person with one list at a time.
pub(crate) struct Writer {
    viewer: Viewer,
    random: SeededRandom,
    list: Option<WishlistId>,
    /// Whether its deletion was tried and refused.
    may_be_gone: bool,
    items: BTreeMap<ItemId, Known>,
    /// The titles of what was refused, each call's together: there as a whole, or not.
    refused: Vec<BTreeSet<String>>,
    deleted: Vec<WishlistId>,
    turns: usize,
    /// Calls that were acknowledged.
    pub(crate) acknowledged: usize,
}

struct Known {
    /// The one that was acknowledged last, and those that were refused since.
    titles: BTreeSet<String>,
    /// Whether nobody tried to remove it.
    is_certain: bool,
}

impl Writer {
    pub(crate) fn new(name: &str, seed: u64) -> Self {
        Self {
            viewer: Viewer { user: name.parse().unwrap() },
            random: SeededRandom::new(seed),
            list: None,
            may_be_gone: false,
            items: BTreeMap::new(),
            refused: Vec::new(),
            deleted: Vec::new(),
            turns: 0,
            acknowledged: 0,
        }
    }

    /// Writes until the power is gone.
    pub(crate) async fn work(&mut self, engine: &Engine, machine: &Machine) {
        while !machine.is_off() {
            if let Err(error) = self.turn(engine).await {
                assert_eq!(error.kind(), Kind::Unavailable, "{error}");
            }
        }
    }

    /// One call. An error is one that was refused; whether it has had its effect shows only after a loss.
    pub(crate) async fn turn(&mut self, engine: &Engine) -> Result<()> {
        self.turns += 1;
        let Some(list) = self.list else { return self.create(engine).await };
        let nth = self.below(self.items.len());
        let id = self.items.keys().nth(nth).copied();
        match (self.below(20), id) {
            _ if self.items.len() > MOST_ITEMS => self.delete(engine, list).await?,
            (0, _) => self.delete(engine, list).await?,
            (1, _) => self.add_batch(engine, list).await?,
            (2..=5, Some(id)) => self.update(engine, list, id).await?,
            (6 | 7, Some(id)) => self.remove(engine, list, id).await?,
            _ => self.add(engine, list).await?,
        }
        self.acknowledged += 1;
        // What was refused before has been written over.
        self.may_be_gone = false;
        Ok(())
    }

    async fn create(&mut self, engine: &Engine) -> Result<()> {
        let draft = WishlistDraft { name: format!("List {}", self.turns), ..WishlistDraft::default() };
        self.list = Some(engine.create_wishlist(&self.viewer, &draft, None).await?.id);
        self.acknowledged += 1;
        Ok(())
    }

    async fn delete(&mut self, engine: &Engine, list: WishlistId) -> Result<()> {
        self.may_be_gone = true;
        engine.delete_wishlist(&self.viewer, list, None).await?;
        self.is_gone(list);
        Ok(())
    }

    async fn add(&mut self, engine: &Engine, list: WishlistId) -> Result<()> {
        let (title, draft) = self.draft(0);
        match engine.add_item(&self.viewer, list, &draft, None).await {
            Ok(added) => self.knows(&added, title),
            Err(error) => return Err(self.refuses(BTreeSet::from([title]), error)),
        }
        Ok(())
    }

    async fn add_batch(&mut self, engine: &Engine, list: WishlistId) -> Result<()> {
        let (titles, drafts): (Vec<_>, Vec<_>) = (0..BATCH).map(|nth| self.draft(nth)).unzip();
        let added = engine.add_items(&self.viewer, list, &drafts, None).await;
        match added.and_then(|added| added.into_iter().collect::<Result<Vec<_>>>()) {
            Ok(added) => added.iter().zip(titles).for_each(|(added, title)| self.knows(added, title)),
            Err(error) => return Err(self.refuses(titles.into_iter().collect(), error)),
        }
        Ok(())
    }

    async fn update(&mut self, engine: &Engine, list: WishlistId, id: ItemId) -> Result<()> {
        let (title, draft) = self.draft(0);
        let outcome = engine.update_item(&self.viewer, list, id, &draft, None).await;
        let titles = &mut self.items.get_mut(&id).unwrap().titles;
        if outcome.is_ok() {
            titles.clear();
        }
        titles.insert(title);
        outcome.map(drop)
    }

    async fn remove(&mut self, engine: &Engine, list: WishlistId, id: ItemId) -> Result<()> {
        self.items.get_mut(&id).unwrap().is_certain = false;
        engine.remove_item(&self.viewer, list, id, None).await?;
        self.items.remove(&id);
        Ok(())
    }

    /// Holds what is there after a loss against what must and may be, and goes on from it.
    pub(crate) async fn compare(&mut self, engine: &Engine) -> Result<(), String> {
        for list in &self.deleted {
            let found = engine.find_wishlist(&self.viewer, *list).await;
            let is_gone = found.as_ref().is_err_and(|error| error.kind() == Kind::NotFound);
            ensure(is_gone, || format!("list {list} was deleted, and is there: {found:?}"))?;
        }
        let Some(list) = self.list else { return Ok(()) };
        let all = ItemFilter { state: StateFilter::All, ..ItemFilter::default() };
        let found = match engine.list_items(&self.viewer, list, all, None, 1000).await {
            Ok(found) => found.items,
            Err(error) if error.kind() == Kind::NotFound && self.may_be_gone => {
                self.is_gone(list);
                return Ok(());
            }
            Err(error) => return Err(format!("list {list} is lost: {error}")),
        };
        let mut there: BTreeMap<_, _> =
            found.iter().map(|item| (item.id, item.title().unwrap_or_default().to_owned())).collect();
        for (id, Known { titles, is_certain }) in std::mem::take(&mut self.items) {
            let Some(title) = there.remove(&id) else {
                ensure(!is_certain, || format!("item {id} was acknowledged, and is lost"))?;
                continue;
            };
            ensure(titles.contains(&title), || format!("item {id} is `{title}`, and none of {titles:?}"))?;
            self.items.insert(id, Known { titles: BTreeSet::from([title]), is_certain: true });
        }
        self.take_over(there)
    }

    /// What is left is what was refused: whole calls.
    fn take_over(&mut self, there: BTreeMap<ItemId, String>) -> Result<(), String> {
        let mut titles: BTreeSet<_> = there.values().cloned().collect();
        for call in self.refused.drain(..) {
            let count = call.iter().filter(|title| titles.remove(*title)).count();
            ensure(count == 0 || count == call.len(), || format!("{count} items of {} in one commit", call.len()))?;
        }
        ensure(titles.is_empty(), || format!("nobody wrote {titles:?}"))?;
        let known = |title| Known { titles: BTreeSet::from([title]), is_certain: true };
        self.items.extend(there.into_iter().map(|(id, title)| (id, known(title))));
        Ok(())
    }

    fn is_gone(&mut self, list: WishlistId) {
        self.deleted.truncate(DELETED - 1);
        self.deleted.insert(0, list);
        self.items.clear();
        self.refused.clear();
        (self.list, self.may_be_gone) = (None, false);
    }

    fn knows(&mut self, added: &AddedItem, title: String) {
        self.items.insert(added.item.id, Known { titles: BTreeSet::from([title]), is_certain: true });
    }

    fn refuses(&mut self, titles: BTreeSet<String>, error: Error) -> Error {
        self.refused.push(titles);
        error
    }

    /// A title that no other has, and an item of it: with a page to visit or without, small or of several sectors.
    fn draft(&self, nth: usize) -> (String, ItemDraft) {
        let title = format!("Kettle {}-{nth}", self.turns);
        let url = format!("https://shop.example/{}", self.below(50));
        let note = "n".repeat(self.below(2) * self.below(2000));
        let draft = ItemDraft {
            url: (self.below(2) == 0).then_some(url),
            title: Some(title.clone()),
            note: (!note.is_empty()).then_some(note),
            ..ItemDraft::default()
        };
        (title, draft)
    }

    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).unwrap()
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
