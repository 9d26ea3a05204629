//! The manual order of a list: one item between two others, without rewriting these.

use serde::Serialize;

use super::{Decision, Engine, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{IdempotencyKey, Item, Rank, Viewer, Wishlist};
use crate::table::{Condition, Stored, Transaction, keys};

/// Where an item is to stand: behind one, before another, or both, and then anywhere between them. At least one is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Neighbours {
    /// The item that it is to stand behind.
    pub after: Option<ItemId>,
    /// The item that it is to stand before.
    pub before: Option<ItemId>,
}

/// How many items around a place are given new ranks at once where there is no room: with the list, the name of the call
/// and what is to come they fit into a commit.
const SPREAD: usize = 90;

/// Where an item goes: its place among the others, and their ranks at both sides.
struct Gap<'a> {
    place: usize,
    low: Option<&'a Rank>,
    high: Option<&'a Rank>,
}

impl Engine {
    /// Places an item in the manual order of its list. One round trip to read the list, one write; none where it stands there
    /// already.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] where no neighbour is named; [`Kind::Unprocessable`] for a neighbour that is not
    /// in the list or is the item itself; [`Kind::Conflict`] where `after` does not stand before `before`;
    /// [`Kind::IdempotencyMismatch`].
    pub async fn place_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        neighbours: Neighbours,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "place_item", &(list, id, neighbours))?;
        let _turn = self.turn(list).await;
        self.decide_once(call, || self.decide_place(viewer, list, id, neighbours)).await
    }

    async fn decide_place(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        neighbours: Neighbours,
    ) -> Result<Decision<Item>> {
        let (opened, others) = tokio::join!(self.open_item(viewer, list, id), self.ranked_items(list));
        let ((wishlist, stored), mut others) = (opened?, others?);
        others.retain(|other| other.value.id != id);
        let gap = gap(&others, neighbours)?;
        let rank = &stored.value.rank;
        if gap.low.is_none_or(|low| low < rank) && gap.high.is_none_or(|high| rank < high) {
            return Ok(Decision::Done(stored.value));
        }
        let now = self.clock().now();
        let (mut item, mut transaction) = (stored.value.clone(), Transaction::new(self.ids()));
        if gap.place == others.len() {
            let last_slot = Rank::next_slot(wishlist.value.last_slot, now);
            transaction.replace(wishlist.revision, &Wishlist { last_slot, ..wishlist.value })?;
            item.place(Rank::of_slot(last_slot), now);
        } else {
            transaction.check(keys::wishlist(list), Condition::Present);
            let between = Rank::between(gap.low, gap.high, self.random());
            let rank = match between.filter(|rank| rank.as_str().len() <= Rank::MAX_BYTES) {
                Some(rank) => rank,
                None => make_room(&mut transaction, &others, gap.place, wishlist.value.last_slot)?,
            };
            item.place(rank, now);
        }
        transaction.replace(stored.revision, &item)?;
        Ok(Decision::Commit(transaction, item))
    }
}

/// The gap among the others that the neighbours name.
fn gap(others: &[Stored<Item>], neighbours: Neighbours) -> Result<Gap<'_>> {
    let place_of = |name: &str, id: ItemId| {
        let refuse = || Error::new(Kind::Unprocessable, format!("`{name}` names no other item of this list"));
        others.iter().position(|other| other.value.id == id).ok_or_else(refuse)
    };
    let after = neighbours.after.map(|id| place_of("after", id)).transpose()?;
    let before = neighbours.before.map(|id| place_of("before", id)).transpose()?;
    let (place, end) = match (after, before) {
        (None, None) => return Err(Error::invalid("", "expected at least `after` or `before`")),
        (Some(after), None) => (after + 1, after + 1),
        (None, Some(before)) => (before, before),
        (Some(after), Some(before)) if after < before => (after + 1, before),
        _ => return Err(Error::new(Kind::Conflict, "`after` does not stand before `before`; list the items again")),
    };
    let rank = |place: usize| others.get(place).map(|other| &other.value.rank);
    Ok(Gap { place, low: place.checked_sub(1).and_then(rank), high: rank(end) })
}

/// Spreads the items around `place` over the room between those further away, and answers the rank that is left free there.
/// Nobody's version rises: the order stays what it was.
fn make_room(transaction: &mut Transaction, others: &[Stored<Item>], place: usize, last_slot: u64) -> Result<Rank> {
    // No item that comes later may come to stand before one of these.
    let end = Rank::of_slot(last_slot + 1);
    let count = others.len().min(SPREAD - 1);
    let middle = place.saturating_sub(count / 2);
    // The window with the place in its middle; where those around it are equals themselves, one further on.
    let starts = (0..=others.len() - count).filter(|start| (*start..=start + count).contains(&place));
    let mut starts: Vec<_> = starts.collect();
    starts.sort_by_key(|start| start.abs_diff(middle));
    let spread = starts.into_iter().find_map(|start| {
        let low = start.checked_sub(1).map(|place| &others[place].value.rank);
        let high = others.get(start + count).map_or(&end, |other| &other.value.rank);
        Some((start, Rank::spread(low, Some(high), count + 1)?))
    });
    let crowded = || Error::new(Kind::Conflict, "too many items stand at one place; move some of them elsewhere first");
    let (start, mut ranks) = spread.ok_or_else(crowded)?;
    let free = ranks.remove(place - start);
    for (other, rank) in others[start..].iter().zip(ranks) {
        transaction.replace(other.revision, &Item { rank, ..other.value.clone() })?;
    }
    Ok(free)
}
