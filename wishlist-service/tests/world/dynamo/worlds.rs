//! Worlds on the model: half of them with the faults of the wire, and half beside the same world on SQLite.

use std::sync::Arc;

use wishlist_core::clock::{ManualClock, Timestamp};

use super::dynamo;
use super::ground::ModelTable;
use crate::invariants::{Broken, Invariant};
use crate::play::{Played, play, sqlite};
use crate::seeds::{asked, prove, shrunk};
use crate::store::Sabotage;
use crate::walk::{Faults, Step, walk};

/// As many as the leg has time for, a minute of two cores: a call of the SDK, as the tests build it, takes two milliseconds, and a world
/// has three hundred.
const SEEDS: u64 = 160;

/// A world on the model, and the same on SQLite.
fn both(seed: u64, steps: &[Step]) -> Played {
    let mut played = play(seed, steps, &dynamo, Sabotage::None);
    if played.broken.is_some() {
        return played;
    }
    let other = play(seed, steps, &sqlite, Sabotage::None);
    let lines = played.transcript.iter().zip(&other.transcript);
    let differs = lines.filter(|(one, other)| one != other).map(|(one, other)| format!("`{one}` and `{other}`")).next();
    let lengths = [played.transcript.len(), other.transcript.len()];
    let differs = differs.or((lengths[0] != lengths[1]).then(|| format!("{lengths:?} lines")));
    let broken = |what| Broken { invariant: Invariant::BothTablesAnswerAlike, what };
    played.broken = other.broken.or(differs.map(broken));
    played
}

/// A seed with the faults of the wire, or one beside SQLite.
fn either(seed: u64) -> Played {
    if seed.is_multiple_of(2) {
        let plays = |steps: &[Step]| play(seed, steps, &dynamo, Sabotage::None);
        return shrunk(seed, &walk(seed, Faults::OfTheWireToo), plays);
    }
    shrunk(seed, &walk(seed, Faults::OfAnyTable), |steps| both(seed, steps))
}

#[test]
fn every_invariant_holds_in_each_seeded_world_on_the_model_of_dynamodb() {
    prove(&["the model of DynamoDB", "SQLite"], asked(SEEDS), either);
}

#[test]
fn a_seed_is_the_same_world_each_time_on_the_model_too() {
    for seed in [4, 26] {
        let steps = walk(seed, Faults::OfTheWireToo);
        let [once, again] = [(); 2].map(|()| play(seed, &steps, &dynamo, Sabotage::None));
        assert!(once.transcript.len() > 20, "{:?}", once.transcript);
        assert_eq!(once.transcript, again.transcript, "seed {seed}");
    }
}

wishlist_core::conformance_tests!({
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    (ModelTable::new(clock.clone(), 1).0, clock)
});
