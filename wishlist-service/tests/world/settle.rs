//! The end of a walk: the faults stop, and everything has to come to rest.

use std::time::Duration;

use tokio::time::Instant;
use wishlist_core::clock::{Clock as _, Timestamp};
use wishlist_core::model::Item;
use wishlist_core::table::keys::{self, DueRecord};
use wishlist_core::table::{Record, Stored};

use super::audit::{self, Pages, records};
use super::chance::Chance;
use super::invariants::{Broken, Invariant};
use super::walk::Hiding;
use super::world::{SWEEPER, World};

/// A first fill ends within this time, whatever happens.
const AT_REST_WITHIN: Duration = Duration::from_hours(6);

/// Within a day it is looked whether anybody watches a page, and a day later one is gone that nobody does.
const GONE_WITHIN: Duration = Duration::from_hours(50);

/// More rounds than any world takes.
const ROUNDS: usize = 2_000;

impl World {
    /// Ends all faults and lets the world come to rest; then nothing may be left undone, and nothing lost.
    pub(crate) async fn settle(&mut self, chance: &mut Chance) -> Result<(), Broken> {
        self.mishaps.stop();
        (self.ground.mend)();
        self.post.stop();
        self.web.get_well();
        self.clocks.iter().for_each(|clock| clock.put_ahead(0));
        self.finish(chance).await;
        self.holds()?;
        self.due(&records(self));
        self.come_to_rest(chance).await?;
        audit::all(self)?;
        if self.memory.left.is_empty() {
            return Ok(());
        }
        self.post.redrive_all();
        self.go_by(GONE_WITHIN, chance).await?;
        audit::erasure(self, Pages::All)?;
        self.holds()
    }

    /// Works until nothing is left to be done.
    async fn come_to_rest(&mut self, chance: &mut Chance) -> Result<(), Broken> {
        let end = Instant::now() + AT_REST_WITHIN;
        for _ in 0..ROUNDS {
            self.work(chance).await?;
            let left = records(self);
            let undone: Vec<_> = left.iter().filter(|record| is_undone(record)).collect();
            if undone.is_empty() && self.post.next().is_none() {
                return Ok(());
            }
            let next = self.next(undone.into_iter());
            if next.is_none_or(|next| next > end) {
                break;
            }
            self.until(next.unwrap_or(end), chance).await;
        }
        let left: Vec<_> = records(self).into_iter().filter(is_undone).map(|record| record.key).collect();
        let what = format!("{left:?} are still to be done");
        self.journal.broken(Invariant::NothingStaysPending, what);
        self.holds()
    }

    /// Lets time go by with workers and a sweeper.
    async fn go_by(&mut self, time: Duration, chance: &mut Chance) -> Result<(), Broken> {
        let end = Instant::now() + time;
        for _ in 0..ROUNDS {
            self.work(chance).await?;
            let left = records(self);
            match self.next(left.iter()).filter(|next| *next < end) {
                Some(next) => self.until(next, chance).await,
                None => return Ok(()),
            }
        }
        self.journal.broken(Invariant::NothingStaysPending, "the world does not come to rest");
        self.holds()
    }

    /// Sweeps, and does all that there is to do now.
    async fn work(&mut self, chance: &mut Chance) -> Result<(), Broken> {
        let now = self.clocks[SWEEPER].now();
        if records(self).iter().any(|record| due_of(record).is_some_and(|due| due <= now)) {
            self.sweep();
            self.finish(chance).await;
        }
        while self.deliver(0, Hiding::Hidden, 0) {
            self.finish(chance).await;
            self.holds()?;
        }
        self.holds()
    }

    /// When there is next something to do: a message, or what is due by its record.
    fn next<'a>(&self, records: impl Iterator<Item = &'a Record>) -> Option<Instant> {
        let (now, instant) = (self.clocks[SWEEPER].now(), Instant::now());
        let due = records.filter_map(due_of).min().map(|due| instant + due.since(now));
        due.into_iter().chain(self.post.next()).min()
    }

    async fn until(&mut self, moment: Instant, chance: &mut Chance) {
        // A record is due when its moment is over.
        let time = moment.saturating_duration_since(Instant::now()) + Duration::from_millis(2);
        self.wait(time, chance).await;
    }

    /// Whatever is still to be done is due by its own record, so that a message which was acknowledged is none too few.
    fn due(&self, records: &[Record]) {
        for record in records.iter().filter(|record| is_undone(record) && record.due.is_none()) {
            let what = format!("{:?} is to be done and is not due", record.key);
            self.journal.broken(Invariant::WorkStaysDue, what);
        }
    }
}

/// Whether something is still to come: a visit of an item, a job.
fn is_undone(record: &Record) -> bool {
    match DueRecord::parse(&record.key) {
        Some(DueRecord::Item(..)) => Stored::<Item>::read(record).is_ok_and(|item| item.value.visit.is_some()),
        Some(DueRecord::Job(_)) => true,
        // A page is visited again and again; a lease of one that nobody is at lapses by itself.
        Some(DueRecord::Page(_)) | None => false,
    }
}

/// When the index says that a record is due.
fn due_of(record: &Record) -> Option<Timestamp> {
    let (moment, _) = record.due.as_ref()?.sk.split_once('#')?;
    moment.parse().ok().map(Timestamp::from_millis)
}

/// Whether the record is an item's.
pub(crate) fn is_item(record: &Record) -> bool {
    record.key.sk.starts_with(keys::prefix::ITEM)
}
