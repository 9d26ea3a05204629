//! What people ask for: chosen from what they know to be there, and done by the engine.

use serde_json::{Value, json};
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{IdempotencyKey, ItemDraft, ItemState, Viewer, WishlistDraft};
use wishlist_core::operations::{AddedItem, Engine, ItemFilter, Neighbours, PriceWindow, StateFilter};
use wishlist_core::{Error, Kind, Result};

use super::chance::Chance;
use super::memory::Memory;
use super::walk::Deed;

/// Everybody's id: it is searched for when they are gone.
pub(crate) const NAMES: [&str; super::walk::PEOPLE] = ["alice-canary", "bob-canary"];

/// What an item has of its owner: title and page.
pub(crate) type Text = (Option<String>, Option<String>);

/// So many items are added by more than one commit, between which whoever adds them may be gone.
const SEVERAL_COMMITS: usize = 48;

/// A call as it is made, and made again.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    CreateList { name: String },
    RenameList { list: WishlistId, name: String, expected: Option<u64> },
    DeleteList { list: WishlistId },
    Add { list: WishlistId, items: Vec<Text> },
    AddSeveral { list: WishlistId, items: Vec<Text> },
    Edit { list: WishlistId, item: ItemId, text: Text, expected: Option<u64> },
    Remove { list: WishlistId, item: ItemId },
    Move { list: WishlistId, item: ItemId, to: WishlistId },
    Copy { list: WishlistId, item: ItemId, to: WishlistId },
    Place { list: WishlistId, item: ItemId, neighbours: Neighbours },
    PutInState { list: WishlistId, item: ItemId, state: ItemState },
    Refresh { list: WishlistId, item: ItemId },
    Find { list: WishlistId, item: ItemId },
    List { list: WishlistId, limit: usize },
    Lists { limit: usize },
    Prices { list: WishlistId, item: ItemId },
    DeleteMe,
}

impl Request {
    /// The request of a person; `None` where they have nothing that it could be about. `number` is nobody else's.
    pub(crate) fn of(deed: Deed, person: usize, number: usize, memory: &Memory, chance: &mut Chance) -> Option<Self> {
        let name = NAMES[person];
        match deed {
            Deed::CreateList => return Some(Self::CreateList { name: format!("{name} list {number}") }),
            Deed::DeleteMe => return Some(Self::DeleteMe),
            Deed::Lists => return Some(Self::Lists { limit: 1 + chance.place(3) }),
            _ => {}
        }
        let list = memory.any_list(person, chance)?;
        let text = |part: usize, chance: &mut Chance| -> Text {
            let url = (!chance.once_in(6)).then(|| page(name, chance));
            (Some(format!("{name} title {number}.{part}")), url)
        };
        match deed {
            Deed::RenameList => {
                let expected = chance.once_in(2).then(|| memory.version_of_list(list)).flatten();
                return Some(Self::RenameList { list, name: format!("{name} list {number}"), expected });
            }
            Deed::DeleteList => return Some(Self::DeleteList { list }),
            Deed::Add => return Some(Self::Add { list, items: vec![text(0, chance)] }),
            Deed::AddSeveral => {
                let mut items: Vec<_> = (0..3).map(|part| text(part, chance)).collect();
                if chance.once_in(4) {
                    items
                        .extend((3..SEVERAL_COMMITS).map(|part| (Some(format!("{name} title {number}.{part}")), None)));
                }
                return Some(Self::AddSeveral { list, items });
            }
            Deed::List => return Some(Self::List { list, limit: 1 + chance.place(3) }),
            _ => {}
        }
        let (item, list) = memory.any_item(person, chance)?;
        Some(match deed {
            Deed::Edit => {
                let expected = chance.once_in(2).then(|| memory.version_of_item(item)).flatten();
                Self::Edit { list, item, text: text(0, chance), expected }
            }
            Deed::Remove => Self::Remove { list, item },
            Deed::Move => Self::Move { list, item, to: memory.any_list(person, chance)? },
            Deed::Copy => Self::Copy { list, item, to: memory.any_list(person, chance)? },
            Deed::Place => {
                let (other, _) = memory.any_item(person, chance)?;
                let behind = chance.once_in(2);
                let neighbours = Neighbours { after: behind.then_some(other), before: (!behind).then_some(other) };
                Self::Place { list, item, neighbours }
            }
            Deed::Receive => Self::PutInState { list, item, state: ItemState::Received },
            Deed::Restore => Self::PutInState { list, item, state: ItemState::Active },
            Deed::Refresh => Self::Refresh { list, item },
            Deed::Prices => Self::Prices { list, item },
            _ => Self::Find { list, item },
        })
    }

    /// Whether callers may name it, so that it can be sent twice.
    pub(crate) fn can_be_named(&self) -> bool {
        use Request as R;
        !matches!(
            self,
            R::RenameList { .. }
                | R::DeleteList { .. }
                | R::Edit { .. }
                | R::Remove { .. }
                | R::Find { .. }
                | R::List { .. }
                | R::Lists { .. }
                | R::Prices { .. }
                | R::DeleteMe
        )
    }

    /// The list that has to be there for it.
    pub(crate) fn list(&self) -> Option<WishlistId> {
        use Request as R;
        match self {
            R::CreateList { .. } | R::Lists { .. } | R::DeleteMe => None,
            R::RenameList { list, .. }
            | R::DeleteList { list }
            | R::Add { list, .. }
            | R::AddSeveral { list, .. }
            | R::Edit { list, .. }
            | R::Remove { list, .. }
            | R::Move { list, .. }
            | R::Copy { list, .. }
            | R::Place { list, .. }
            | R::PutInState { list, .. }
            | R::Refresh { list, .. }
            | R::Find { list, .. }
            | R::List { list, .. }
            | R::Prices { list, .. } => Some(*list),
        }
    }

    /// Makes the call, and answers what it answered as JSON.
    pub(crate) async fn make(self, engine: Engine, viewer: Viewer, key: Option<IdempotencyKey>) -> Result<Value> {
        let (viewer, key) = (&viewer, key.as_ref());
        match self {
            Self::CreateList { name } => json_of(engine.create_wishlist(viewer, &named(name), key).await),
            Self::RenameList { list, name, expected } => {
                json_of(engine.update_wishlist(viewer, list, &named(name), expected).await)
            }
            Self::DeleteList { list } => json_of(engine.delete_wishlist(viewer, list, None).await),
            Self::Add { list, items } => json_of(engine.add_item(viewer, list, &draft(&items[0]), key).await),
            Self::AddSeveral { list, items } => add_several(&engine, viewer, list, &items, key).await,
            Self::Edit { list, item, text, expected } => {
                json_of(engine.update_item(viewer, list, item, &draft(&text), expected).await)
            }
            Self::Remove { list, item } => json_of(engine.remove_item(viewer, list, item, None).await),
            Self::Move { list, item, to } => json_of(engine.move_item(viewer, list, item, to, key).await),
            Self::Copy { list, item, to } => json_of(engine.copy_item(viewer, list, item, to, key).await),
            Self::Place { list, item, neighbours } => {
                json_of(engine.place_item(viewer, list, item, neighbours, key).await)
            }
            Self::PutInState { list, item, state: ItemState::Received } => {
                json_of(engine.receive_item(viewer, list, item, key).await)
            }
            Self::PutInState { list, item, state: ItemState::Active } => {
                json_of(engine.restore_item(viewer, list, item, key).await)
            }
            Self::Refresh { list, item } => json_of(engine.refresh_item(viewer, list, item, key).await),
            Self::Find { list, item } => json_of(engine.find_item(viewer, list, item).await),
            Self::List { list, limit } => list_all(&engine, viewer, list, limit).await,
            Self::Lists { limit } => all_lists(&engine, viewer, limit).await,
            Self::Prices { list, item } => {
                let window = PriceWindow { from: None, to: None, after: None, limit: 10 };
                let prices = engine.list_prices(viewer, list, item, window).await?;
                let moments: Vec<_> = prices.items.iter().map(|seen| seen.seen_at.as_millis()).collect();
                Ok(json!(moments))
            }
            Self::DeleteMe => json_of(engine.delete_me(viewer).await),
        }
    }
}

async fn add_several(
    engine: &Engine,
    viewer: &Viewer,
    list: WishlistId,
    items: &[Text],
    key: Option<&IdempotencyKey>,
) -> Result<Value> {
    let drafts: Vec<_> = items.iter().map(draft).collect();
    let added = engine.add_items(viewer, list, &drafts, key).await?;
    // What is to be sent again is told by the first entry that failed.
    json_of(added.into_iter().collect::<Result<Vec<AddedItem>>>())
}

/// More pages than any listing of a world has: what repeats itself for ever is found out by what it has repeated.
const PAGES: usize = 200;

/// All items of a list, by pages.
async fn list_all(engine: &Engine, viewer: &Viewer, list: WishlistId, limit: usize) -> Result<Value> {
    let filter = ItemFilter { state: StateFilter::All, ..ItemFilter::default() };
    let (mut items, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = engine.list_items(viewer, list, filter, after.as_ref(), limit).await?;
        // What is beyond the limit was not asked for, and is as good as not listed.
        for item in page.items.iter().take(limit) {
            items.push(json_of(Ok(&***item))?);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Value::Array(items))
}

/// All lists of a person, by pages.
async fn all_lists(engine: &Engine, viewer: &Viewer, limit: usize) -> Result<Value> {
    let (mut lists, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = engine.list_wishlists(viewer, None, after, limit).await?;
        lists.extend(page.items.into_iter().take(limit));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    json_of(Ok(lists))
}

fn json_of(answer: Result<impl serde::Serialize>) -> Result<Value> {
    serde_json::to_value(answer?).map_err(|error| Error::new(Kind::Internal, error.to_string()))
}

fn named(name: String) -> WishlistDraft {
    WishlistDraft { name, ..WishlistDraft::default() }
}

fn draft((title, url): &Text) -> ItemDraft {
    ItemDraft { url: url.clone(), title: title.clone(), ..ItemDraft::default() }
}

/// A page: one that everybody wishes for, or one of their own.
fn page(name: &str, chance: &mut Chance) -> String {
    match chance.below(5) {
        0..=2 => format!("https://shop.example/{}", chance.below(2)),
        _ => format!("https://other.example/{name}/{}", chance.below(2)),
    }
}
