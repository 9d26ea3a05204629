//! A walk through a world, from its beginning to its rest, and what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;
use tokio::task::unconstrained;
use tokio::time::Instant;
use wishlist_core::clock::Clock;
use wishlist_core::table::InlineTable;

use super::audit::records;
use super::chance::Chance;
use super::invariants::{Broken, Invariant};
use super::store::Sabotage;
use super::time::WorldClock;
use super::walk::Step;
use super::world::{Ground, World};

/// What came of a walk.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) broken: Option<Broken>,
    /// Everything that anybody was answered, and at last the records.
    pub(crate) transcript: Vec<String>,
    pub(crate) calls: usize,
    pub(crate) faults: usize,
    pub(crate) answers: usize,
}

/// Makes the ground of a world, of which the clock is right.
pub(crate) type Grounding<'a> = &'a dyn Fn(Arc<dyn Clock>, u64) -> Ground;

/// Plays a walk on the ground.
pub(crate) fn play(seed: u64, steps: &[Step], grounding: Grounding<'_>, sabotage: Sabotage) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let playing = async {
        let begun = Instant::now();
        let ground = grounding(WorldClock::new(begun), seed);
        let mut world = World::new(seed, ground, begun, sabotage);
        let mut chance = Chance::new(seed);
        let mut broken = world.walk(steps).await.err();
        if broken.is_none() {
            broken = world.settle(&mut chance).await.err();
        }
        let at_last = if broken.is_none() { records(&world).iter().map(text_of).collect() } else { Vec::new() };
        let notes = std::mem::take(&mut *world.journal.notes());
        let answers = world.memory.calls.iter().filter(|call| call.answer.is_some()).count();
        let transcript = notes.transcript.into_iter().chain(at_last).collect();
        Played { broken, transcript, calls: notes.calls, faults: notes.faults, answers }
    };
    let played = catch_unwind(AssertUnwindSafe(|| runtime.expect("a runtime").block_on(unconstrained(playing))));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|text| (*text).into()));
        let what = format!("panicked: {}", text.unwrap_or_default());
        let broken = Some(Broken { invariant: Invariant::NoFaultOfTheProgram, what });
        Played { broken, ..Played::default() }
    })
}

/// A record as text, the same for every table.
fn text_of(record: &wishlist_core::table::Record) -> String {
    let body: Value = record.body.decode().unwrap_or_default();
    format!("{:?} {:?} {:?} {:?} {body}", record.key, record.revision, record.expires_at, record.due)
}

/// The ground of SQLite, in the world's own thread.
pub(crate) fn sqlite(clock: Arc<dyn Clock>, _: u64) -> Ground {
    let table = Arc::new(InlineTable::in_memory(clock).expect("SQLite starts"));
    Ground { table, wire: Box::new(|_, _| {}), mend: Box::new(|| {}) }
}
