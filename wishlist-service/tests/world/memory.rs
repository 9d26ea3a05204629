//! What the people of the world know: what they asked for, and what they were told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tokio::time::Instant;
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{IdempotencyKey, Item, ItemState, Wishlist};
use wishlist_core::operations::AddedItem;

use super::chance::Chance;
use super::deeds::{Request, Text};
use super::register::Register;

/// Everything that is known.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) calls: Vec<Call>,
    pub(crate) lists: Vec<KnownList>,
    pub(crate) items: BTreeMap<ItemId, KnownItem>,
    /// When a person was told that they are gone.
    pub(crate) left: BTreeMap<usize, u64>,
}

/// A call, however often it was sent.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) person: usize,
    pub(crate) request: Request,
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) begun: u64,
    pub(crate) begun_at: Instant,
    /// How many are at it.
    pub(crate) under_way: usize,
    pub(crate) answer: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct KnownList {
    pub(crate) id: WishlistId,
    pub(crate) owner: usize,
    pub(crate) name: Register<String>,
    pub(crate) is_there: Register<bool>,
    pub(crate) version: u64,
    pub(crate) won: BTreeSet<u64>,
}

#[derive(Debug)]
pub(crate) struct KnownItem {
    pub(crate) owner: usize,
    /// The list it is in.
    pub(crate) place: Register<Option<WishlistId>>,
    pub(crate) text: Register<Text>,
    pub(crate) state: Register<ItemState>,
    /// When it was given another place in its list: begun, and ended where nobody is at it any more.
    pub(crate) placed: Vec<(usize, u64, Option<u64>)>,
    pub(crate) version: u64,
    pub(crate) won: BTreeSet<u64>,
}

impl Memory {
    /// A list of the person, also one that is gone.
    pub(crate) fn any_list(&self, person: usize, chance: &mut Chance) -> Option<WishlistId> {
        let lists: Vec<_> = self.lists.iter().filter(|list| list.owner == person).collect();
        (!lists.is_empty()).then(|| lists[chance.place(lists.len())].id)
    }

    /// An item of the person, and where they think it is.
    pub(crate) fn any_item(&self, person: usize, chance: &mut Chance) -> Option<(ItemId, WishlistId)> {
        let places = |item: &KnownItem| item.place.between(u64::MAX - 1, u64::MAX).filter_map(|list| *list).last();
        let items = self.items.iter().filter(|(_, item)| item.owner == person);
        let items: Vec<_> = items.filter_map(|(id, item)| Some((*id, places(item)?))).collect();
        // Half of it is about the newest, so that two calls are about one item often.
        let newest = items.last().copied().filter(|_| chance.once_in(2));
        newest.or_else(|| (!items.is_empty()).then(|| items[chance.place(items.len())]))
    }

    pub(crate) fn list(&self, id: WishlistId) -> Option<&KnownList> {
        self.lists.iter().find(|list| list.id == id)
    }

    fn list_mut(&mut self, id: WishlistId) -> Option<&mut KnownList> {
        self.lists.iter_mut().find(|list| list.id == id)
    }

    pub(crate) fn version_of_list(&self, id: WishlistId) -> Option<u64> {
        self.list(id).map(|list| list.version)
    }

    pub(crate) fn version_of_item(&self, id: ItemId) -> Option<u64> {
        self.items.get(&id).map(|item| item.version)
    }

    /// A call is sent, once more perhaps: from now on it may have happened.
    pub(crate) fn begin(&mut self, number: usize, now: u64) {
        let call = &mut self.calls[number];
        call.under_way += 1;
        let request = call.request.clone();
        match request {
            Request::RenameList { list, name, .. } => {
                self.list_mut(list).into_iter().for_each(|list| list.name.begin(number, name.clone(), now));
            }
            Request::DeleteList { list } => {
                self.list_mut(list).into_iter().for_each(|list| list.is_there.begin(number, false, now));
            }
            Request::Edit { item, text, .. } => self.with_item(item, |known| known.text.begin(number, text, now)),
            Request::Remove { item, .. } => self.with_item(item, |known| known.place.begin(number, None, now)),
            Request::Move { item, to, .. } => self.with_item(item, |known| known.place.begin(number, Some(to), now)),
            Request::PutInState { item, state, .. } => {
                self.with_item(item, |known| known.state.begin(number, state, now));
            }
            Request::Place { item, .. } => self.with_item(item, |known| known.placed.push((number, now, None))),
            _ => {}
        }
    }

    fn with_item(&mut self, id: ItemId, change: impl FnOnce(&mut KnownItem)) {
        if let Some(item) = self.items.get_mut(&id) {
            change(item);
        }
    }

    /// Nobody is at one attempt of a call any more, whatever came of it.
    pub(crate) fn leave(&mut self, number: usize, now: u64) {
        self.calls[number].under_way -= 1;
        let Request::Place { item, .. } = self.calls[number].request else { return };
        self.with_item(item, |known| {
            let mut open = known.placed.iter_mut().filter(|(by, _, ended)| *by == number && ended.is_none());
            if let Some((_, _, ended)) = open.next() {
                *ended = Some(now);
            }
        });
    }

    /// A call was refused for good, and with nobody else at it has had no effect.
    pub(crate) fn refuse(&mut self, number: usize) {
        if self.calls[number].under_way > 0 {
            return;
        }
        for list in &mut self.lists {
            list.name.refuse(number);
            list.is_there.refuse(number);
        }
        for item in self.items.values_mut() {
            item.place.refuse(number);
            item.text.refuse(number);
            item.state.refuse(number);
        }
    }

    /// A call was acknowledged for the first time.
    pub(crate) fn acknowledge(&mut self, number: usize, answer: &Value, now: u64) {
        let Call { person, begun, .. } = self.calls[number];
        self.calls[number].answer = Some(answer.clone());
        for list in &mut self.lists {
            list.name.end(number, now);
            list.is_there.end(number, now);
        }
        for item in self.items.values_mut() {
            item.place.end(number, now);
            item.text.end(number, now);
            item.state.end(number, now);
        }
        match &self.calls[number].request {
            Request::CreateList { .. } => {
                if let Ok(list) = serde_json::from_value::<Wishlist>(answer.clone()) {
                    let name = Register::new(number, list.name, begun, now);
                    let is_there = Register::new(number, true, begun, now);
                    let (id, version, won) = (list.id, list.version, BTreeSet::new());
                    self.lists.push(KnownList { id, owner: person, name, is_there, version, won });
                }
            }
            Request::DeleteMe => drop(self.left.entry(person).or_insert(now)),
            _ => {}
        }
        for item in made(&self.calls[number].request, answer) {
            let known = KnownItem {
                owner: person,
                place: Register::new(number, Some(item.wishlist_id), begun, now),
                text: Register::new(number, text_of(&item), begun, now),
                state: Register::new(number, item.state, begun, now),
                placed: Vec::new(),
                version: item.version,
                won: BTreeSet::new(),
            };
            self.items.entry(item.id).or_insert(known);
        }
    }

    /// Remembers that a version was taken by whoever named it; `false` where somebody else had it, or it was over.
    pub(crate) fn wins(&mut self, request: &Request, answer: &Value) -> bool {
        let version = answer.get("Version").and_then(Value::as_u64).unwrap_or(0);
        let (expected, won, known) = match request {
            Request::Edit { item, expected, .. } => {
                let Some(item) = self.items.get_mut(item) else { return true };
                (*expected, &mut item.won, &mut item.version)
            }
            Request::RenameList { list, expected, .. } => {
                let Some(list) = self.list_mut(*list) else { return true };
                (*expected, &mut list.won, &mut list.version)
            }
            _ => return true,
        };
        *known = version;
        // A version that is left as it was is nobody's; the one behind it is the winner's, and no later one is.
        let is_won = |expected: u64| version == expected || version == expected + 1 && won.insert(expected);
        expected.is_none_or(is_won)
    }
}

/// The items that an acknowledged call says it has made.
pub(crate) fn made(request: &Request, answer: &Value) -> Vec<Item> {
    let items = |added: Vec<AddedItem>| added.into_iter().map(|added| added.item).collect();
    match request {
        Request::Add { .. } => serde_json::from_value(answer.clone()).map(|added| items(vec![added])),
        Request::AddSeveral { .. } => serde_json::from_value(answer.clone()).map(items),
        Request::Copy { .. } => serde_json::from_value(answer.clone()).map(|item| vec![item]),
        _ => return Vec::new(),
    }
    .unwrap_or_default()
}

/// What an item has of its owner.
pub(crate) fn text_of(item: &Item) -> Text {
    (item.typed.title.clone(), item.url.as_ref().map(ToString::to_string))
}
