//! Where an item stands in the manual order of its list.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::{Random, Timestamp};

/// The digits of a rank, in the order in which text is compared.
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The digits of a slot: milliseconds until the year 5188.
const SLOT_DIGITS: u32 = 9;

/// The random digits behind a rank between two others: of those who go for the same gap at once hardly two meet.
const TAIL_DIGITS: usize = 2;

/// A fraction in base 36, of which only the digits behind the point are written. Text order is the order of the list, and
/// between any two ranks there is room for another.
///
/// Items in a list are in the order of rank and id, so that equal ranks are no fault; they only leave no room between.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rank(String);

impl Rank {
    /// The longest rank that is given out without making room around it first.
    pub const MAX_BYTES: usize = 64;

    /// The rank of an item at the end of a list, by the slot that [`next_slot`](Self::next_slot) gave.
    pub fn of_slot(slot: u64) -> Self {
        let digit = |place: u32| (slot / 36u64.pow(place) % 36) as usize;
        let places = (0..SLOT_DIGITS).rev();
        Self(places.map(|place| char::from(DIGITS[digit(place)])).collect())
    }

    /// The slot behind `last`, the last one that the list gave out: the time, or one more where the clock went back.
    pub fn next_slot(last: u64, now: Timestamp) -> u64 {
        u64::try_from(now.as_millis()).unwrap_or(0).max(last + 1)
    }

    /// A rank behind `low` and before `high`, with a random tail; `None` where there is no room between them.
    pub fn between(low: Option<&Self>, high: Option<&Self>, random: &dyn Random) -> Option<Self> {
        let mut digits = middle(low, high)?;
        for place in (0..TAIL_DIGITS).rev() {
            // A rank that ended with the digit zero would leave no room before it.
            let least = u8::from(place == 0);
            let more = random.below(u64::from(36 - least)) % 36;
            digits.push(least + more as u8);
        }
        Some(Self::of(&digits))
    }

    /// `count` ranks in order, far from each other, behind `low` and before `high`; `None` where there is no room.
    pub fn spread(low: Option<&Self>, high: Option<&Self>, count: usize) -> Option<Vec<Self>> {
        if count == 0 {
            return Some(Vec::new());
        }
        let half = Self::of(&middle(low, high)?);
        let before = count / 2;
        let mut ranks = Self::spread(low, Some(&half), before)?;
        let behind = Self::spread(Some(&half), high, count - before - 1)?;
        ranks.push(half);
        ranks.extend(behind);
        Some(ranks)
    }

    /// The rank as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(digits: &[u8]) -> Self {
        Self(digits.iter().map(|digit| char::from(DIGITS[usize::from(*digit)])).collect())
    }

    fn digits(&self) -> Vec<u8> {
        let value = |byte: u8| byte.wrapping_sub(if byte.is_ascii_digit() { b'0' } else { b'a' - 10 });
        self.0.bytes().map(value).collect()
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digits of the shortest fraction in the middle between two, none of them at its end zero.
fn middle(low: Option<&Rank>, high: Option<&Rank>) -> Option<Vec<u8>> {
    if let (Some(low), Some(high)) = (low, high)
        && low.cmp(high) != Ordering::Less
    {
        return None;
    }
    let low = low.map(Rank::digits).unwrap_or_default();
    let mut high = high.map(Rank::digits);
    let mut digits = Vec::new();
    for place in 0.. {
        let below = low.get(place).copied().unwrap_or(0);
        // Behind its last digit a fraction goes on with zeros, so there is nothing left between.
        let above = match &high {
            Some(high) => *high.get(place)?,
            None => 36,
        };
        if above - below >= 2 {
            digits.push(below + (above - below) / 2);
            return Some(digits);
        }
        if above > below {
            high = None;
        }
        digits.push(below);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SeededRandom;

    #[test]
    fn slots_are_in_the_order_of_their_numbers_and_never_go_back() {
        let at = Timestamp::from_millis;
        assert_eq!(Rank::next_slot(5, at(1_795_368_000_000)), 1_795_368_000_000);
        assert_eq!(Rank::next_slot(1_795_368_000_000, at(9)), 1_795_368_000_001);
        assert_eq!(Rank::of_slot(1_795_368_000_000).as_str(), "0mws3r2tc");
        assert!(Rank::of_slot(35) < Rank::of_slot(36));
    }

    #[test]
    fn equals_leave_no_room() {
        let rank = Rank::of_slot(7);
        assert_eq!(Rank::between(Some(&rank), Some(&rank), &SeededRandom::new(1)), None);
        assert_eq!(Rank::spread(Some(&Rank::of_slot(8)), Some(&rank), 3), None);
        // Written without a rank, as an older version did.
        assert_eq!(Rank::between(None, Some(&Rank::default()), &SeededRandom::new(1)), None);
    }

    #[test]
    fn the_same_place_takes_two_hundred_items_before_a_rank_is_too_long() {
        let random = SeededRandom::new(1);
        let (low, mut high) = (Rank::of_slot(1_795_368_000_000), Rank::of_slot(1_795_368_000_001));
        for turn in 0..200 {
            high = Rank::between(Some(&low), Some(&high), &random).unwrap();
            assert!(high.as_str().len() <= Rank::MAX_BYTES, "turn {turn}: {high}");
        }
    }

    proptest! {
        #[test]
        fn there_is_always_room_between_two_ranks(seed: u64, turns in proptest::collection::vec(any::<prop::sample::Index>(), 1..60)) {
            let random = SeededRandom::new(seed);
            let mut ranks = vec![Rank::of_slot(1)];
            for turn in turns {
                let place = turn.index(ranks.len() + 1);
                let low = place.checked_sub(1).map(|place| &ranks[place]);
                let new = Rank::between(low, ranks.get(place), &random).unwrap();
                ranks.insert(place, new);
            }
            prop_assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
            let spread = Rank::spread(Some(&ranks[0]), ranks.get(1), 90).unwrap();
            prop_assert_eq!(spread.len(), 90);
            let bounds = std::iter::once(&ranks[0]).chain(&spread).chain(ranks.get(1)).collect::<Vec<_>>();
            prop_assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", bounds);
        }
    }
}
