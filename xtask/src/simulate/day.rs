//! One day, second by second, for one of every thousand pages with all of its items: a sample by pages keeps what pages share.

use std::collections::{BTreeMap, VecDeque};
use std::iter;

use wishlist_core::clock::{Random, SeededRandom};
use wishlist_core::table::keys::DUE_SHARDS;

/// A page of so many is looked at.
pub(super) const SAMPLE: u32 = 1000;

/// What is assumed of a hundred million users.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assumptions {
    /// Pages that somebody watches.
    pub(super) pages: u32,
    /// Items that are added in a day.
    pub(super) added: u32,
    /// Visits that the workers make in a second.
    pub(super) visits_per_second: u32,
}

pub(super) const ASSUMPTIONS: Assumptions =
    Assumptions { pages: 100_000_000, added: 8_000_000, visits_per_second: 2500 };

/// How long what a visit found answers for further items of the page, in seconds.
const FRESH: u32 = 15 * 60;

const DAY: u32 = 24 * 60 * 60;

/// Whose visit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// A page is visited for all of its items.
    Pages,
    /// Every item is visited for itself.
    Nothing,
}

/// What a day was like. Everything is for all pages, not for the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) items: u64,
    pub(super) visits: u64,
    /// Items that were answered by a visit that was made for another.
    pub(super) answered: u64,
    /// Seconds that visits waited: the median, all but one of a hundred, and the longest; and what still waits.
    pub(super) ages: [u32; 3],
    pub(super) waiting: u64,
    /// Visits of the page that was visited most.
    pub(super) most_visited: usize,
    /// Write units a second of a shard of the index, if every visit were made when it is asked for: in the busiest minute.
    pub(super) shard_writes: u64,
}

/// A visit that is asked for.
#[derive(Clone, Copy)]
struct Asked {
    at: u32,
    page: u32,
    is_new: bool,
}

/// Lives through a day.
pub(super) fn live(sharing: Sharing, seed: u64) -> Day {
    let random = SeededRandom::new(seed);
    let items = popularity(&random);
    let asked = asked(sharing, &items, &random);
    let (mut queue, mut next) = (VecDeque::new(), asked.iter().peekable());
    let mut done = Done::default();
    for second in 0..DAY {
        while let Some(asked) = next.next_if(|asked| asked.at <= second) {
            queue.push_back(*asked);
        }
        let mut turns = turns(second);
        while turns > 0
            && let Some(asked) = queue.pop_front()
        {
            turns -= u32::from(done.take(sharing, asked, second));
        }
    }
    let scaled = |count: usize| count as u64 * u64::from(SAMPLE);
    Day {
        items: scaled(items.iter().map(|items| *items as usize).sum()),
        visits: scaled(done.visited_at.values().map(|(_, visits)| *visits).sum()),
        answered: scaled(done.answered),
        ages: done.ages(),
        waiting: scaled(queue.len()),
        most_visited: done.visited_at.values().map(|(_, visits)| *visits).max().unwrap_or(0),
        shard_writes: scaled(busiest_minute(sharing, &asked)) / 60 / u64::from(DUE_SHARDS),
    }
}

/// What the workers have done so far.
#[derive(Default)]
struct Done {
    /// By page: when it was visited last, and how often.
    visited_at: BTreeMap<u32, (u32, usize)>,
    answered: usize,
    waited: Vec<u32>,
}

impl Done {
    /// Takes up what was asked for; `false` where an earlier visit answers it.
    fn take(&mut self, sharing: Sharing, asked: Asked, now: u32) -> bool {
        self.waited.push(now - asked.at);
        let last = self.visited_at.entry(asked.page).or_insert((0, 0));
        let is_fresh = last.1 > 0 && now - last.0 < FRESH;
        if sharing == Sharing::Pages && asked.is_new && is_fresh {
            self.answered += 1;
            return false;
        }
        *last = (now, last.1 + 1);
        true
    }

    /// Half of the visits waited no longer than the first, all but one of a hundred no longer than the second, none longer
    /// than the third.
    fn ages(&self) -> [u32; 3] {
        let mut waited = self.waited.clone();
        waited.sort_unstable();
        let last = waited.len().saturating_sub(1);
        [last / 2, last - last / 100, last].map(|place| waited.get(place).copied().unwrap_or(0))
    }
}

/// The writes to the index in the minute in which there are most, if every visit were made when it is asked for.
fn busiest_minute(sharing: Sharing, asked: &[Asked]) -> usize {
    let writes = |minute: &[Asked]| minute.iter().map(|asked| index_writes(sharing, asked.is_new)).sum();
    asked.chunk_by(|one, other| one.at / 60 == other.at / 60).map(writes).max().unwrap_or(0)
}

/// The visits that the workers make in this second, for the sample.
fn turns(second: u32) -> u32 {
    let until = |second: u32| u64::from(second) * u64::from(ASSUMPTIONS.visits_per_second) / u64::from(SAMPLE);
    u32::try_from(until(second + 1) - until(second)).unwrap_or(u32::MAX)
}

/// How many items each page has: of all pages the kth part has at least k, up to a thousand.
fn popularity(random: &SeededRandom) -> Vec<u32> {
    let of = |_| u32::try_from((1 << 32) / (1 + random.below(1 << 32))).unwrap_or(u32::MAX).min(1000);
    (0..ASSUMPTIONS.pages / SAMPLE).map(of).collect()
}

/// Writes to the index of a visit, where one that moves is two. A refresh: moved by the sweeper, behind the lease, and to the
/// next day. A first visit: the item's entry put, moved behind the lease and removed, the page's put behind the lease and moved
/// to the next day; without pages the item's put, moved and moved. The scraper's tests count both.
const fn index_writes(sharing: Sharing, is_new: bool) -> usize {
    match (sharing, is_new) {
        (_, false) => 6,
        (Sharing::Pages, true) => 7,
        (Sharing::Nothing, true) => 5,
    }
}

/// Everything that is asked for in the day, in its order: every page or item once more, and the new items' first visits. Half
/// of the new items are of pages that are watched already, the well-known ones more often.
fn asked(sharing: Sharing, items: &[u32], random: &SeededRandom) -> Vec<Asked> {
    let mut asked = Vec::new();
    let pages: Vec<u32> = (0..).zip(items).flat_map(|(page, items)| iter::repeat_n(page, *items as usize)).collect();
    for (page, items) in (0..).zip(items) {
        let times = if sharing == Sharing::Pages { 1 } else { *items };
        asked.extend((0..times).map(|_| Asked { at: moment(random), page, is_new: false }));
    }
    let unknown = u32::try_from(items.len()).unwrap_or(u32::MAX);
    for number in 0..ASSUMPTIONS.added / SAMPLE {
        let known = usize::try_from(random.below(pages.len() as u64)).ok().and_then(|place| pages.get(place));
        let page = known.copied().filter(|_| number % 2 == 0).unwrap_or(unknown + number);
        asked.push(Asked { at: moment(random), page, is_new: true });
    }
    asked.sort_by_key(|asked| asked.at);
    asked
}

/// A second of the day: around eight in the evening five times as likely as around eight in the morning.
fn moment(random: &SeededRandom) -> u32 {
    loop {
        let second = u32::try_from(random.below(u64::from(DAY))).unwrap_or(0);
        let apart = second.abs_diff(20 * 60 * 60);
        let apart = apart.min(DAY - apart);
        if random.below(100) < u64::from(100 - 80 * apart / (DAY / 2)) {
            return second;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_same_by_the_same_seed() {
        assert_eq!(live(Sharing::Pages, 3), live(Sharing::Pages, 3));
    }

    #[test]
    fn a_shared_page_keeps_the_queue_short() {
        let (shared, alone) = (live(Sharing::Pages, 3), live(Sharing::Nothing, 3));
        assert_eq!((shared.waiting, shared.items), (0, alone.items));
        assert!(shared.ages[2] < 3600 && alone.ages[2] > 6 * 3600, "{shared:?} {alone:?}");
        assert!(alone.visits + alone.waiting > 5 * shared.visits, "{shared:?} {alone:?}");
    }

    #[test]
    fn the_workers_make_their_visits() {
        let of_an_hour: u32 = (0..3600).map(turns).sum();
        assert_eq!(of_an_hour, ASSUMPTIONS.visits_per_second * 3600 / SAMPLE);
    }
}
