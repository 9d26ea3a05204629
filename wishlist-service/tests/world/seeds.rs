//! As many worlds as are asked for, and what is told of them.

#![expect(clippy::print_stdout, reason = "the line of the proof, and the shortest walk to what does not hold")]

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;

use super::invariants::{INVARIANTS, Invariant, NOT_YET};
use super::play::{Played, play, sqlite};
use super::shrink::shrink;
use super::store::Sabotage;
use super::walk::{Faults, Step, walk};

/// How many worlds there are where nobody says.
const SEEDS: u64 = 1000;

/// What came of many worlds.
#[derive(Debug, Default)]
struct Sum {
    worlds: u64,
    calls: usize,
    faults: usize,
    answers: usize,
    broken: Vec<(u64, Invariant, String)>,
}

/// The seeds that are asked for, as `1000..1300`; so many from the first on where nobody says.
#[expect(clippy::disallowed_methods, reason = "what the command that proves tells its tests")]
pub(crate) fn asked(most: u64) -> Range<u64> {
    let Ok(asked) = std::env::var("WISHLIST_TEST_SEEDS") else { return 0..most };
    let bounds = asked.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    bounds.expect("seeds as `1000..1300`")
}

/// Plays the worlds on every core, and tells what came of them; panics where an invariant does not hold.
pub(crate) fn prove(tables: &[&str], seeds: Range<u64>, world: impl Fn(u64) -> Played + Sync) {
    let (next, begun) = (AtomicU64::new(seeds.start), Instant::now());
    let work = || {
        let mut sum = Sum::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || sum.broken.len() > 2 {
                return sum;
            }
            let played = world(seed);
            sum.worlds += 1;
            sum.calls += played.calls;
            sum.faults += played.faults;
            sum.answers += played.answers;
            sum.broken.extend(played.broken.map(|broken| (seed, broken.invariant, broken.to_string())));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let sums = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let sum = sums.into_iter().fold(Sum::default(), |mut sum, more| {
        sum.worlds += more.worlds;
        sum.calls += more.calls;
        sum.faults += more.faults;
        sum.answers += more.answers;
        sum.broken.extend(more.broken);
        sum
    });
    tell(tables, &sum, begun.elapsed().as_secs_f64());
}

fn tell(tables: &[&str], sum: &Sum, seconds: f64) {
    let is_judged = |invariant| invariant != Invariant::BothTablesAnswerAlike || tables.len() > 1;
    let judged: Vec<_> = INVARIANTS.iter().filter(|(invariant, ..)| is_judged(*invariant)).collect();
    for (_, id, text) in &judged {
        println!("{id}: {text}");
    }
    let missed: Vec<_> = sum
        .broken
        .iter()
        .map(|(seed, invariant, what)| {
            let again = format!("cargo xtask prove world --seed {seed}");
            json!({"id": format!("{} seed {seed}", invariant.id()), "expected": "to hold", "got": what, "why": again})
        })
        .collect();
    let not_yet: Vec<_> = NOT_YET.iter().map(|(id, reason)| json!({"id": id, "reason": reason})).collect();
    let told = json!({
        "cases": sum.worlds, "held": sum.worlds - missed.len() as u64, "missed": missed, "notYet": not_yet,
        "tables": tables, "invariants": judged.len(), "calls": sum.calls, "faults": sum.faults,
        "answers": sum.answers, "seconds": seconds,
    });
    println!("proof: {told}");
    assert!(sum.broken.is_empty(), "{:#?}", sum.broken);
}

/// A walk that is played, and where an invariant breaks, the shortest one that breaks it.
pub(crate) fn shrunk(seed: u64, steps: &[Step], plays: impl Fn(&[Step]) -> Played) -> Played {
    let mut played = plays(steps);
    if let Some(broken) = played.broken.take() {
        let (shortest, mut broken) = shrink(steps, broken, |steps| plays(steps).broken);
        // As it can be kept: what a seed makes is another walk once anything about walks has changed.
        let walk: Vec<_> = shortest.iter().map(|step| format!("{step:?},")).collect();
        let count = format!("{} of {} steps", shortest.len(), steps.len());
        broken.what = format!("{}; seed {seed}, the shortest walk found, {count}:\n{}", broken.what, walk.join("\n"));
        played.broken = Some(broken);
    }
    played
}

#[test]
fn every_invariant_holds_in_each_seeded_world_on_sqlite() {
    prove(&["SQLite"], asked(SEEDS), |seed| {
        let plays = |steps: &[Step]| play(seed, steps, &sqlite, Sabotage::None);
        shrunk(seed, &walk(seed, Faults::OfAnyTable), plays)
    });
}

#[test]
fn a_seed_is_the_same_world_each_time() {
    for seed in [3, 14, 15] {
        let [once, again] = [(); 2].map(|()| play(seed, &walk(seed, Faults::OfAnyTable), &sqlite, Sabotage::None));
        assert!(once.transcript.len() > 20, "{:?}", once.transcript);
        assert_eq!(once.transcript, again.transcript, "seed {seed}");
    }
}

/// Worlds that are broken on purpose, what is found out, and within how many seeds at the latest.
#[test]
fn what_is_broken_on_purpose_is_found_out() {
    let rows = [
        (Sabotage::AnyConditionHolds, 60, "I3 I6 I9 I10 I11 I12 I13 R1"),
        (Sabotage::NamedCallsAreForgotten, 60, "I6"),
        (Sabotage::WritesAreLost, 60, "I1 I3 I6 I13 R1"),
        (Sabotage::NothingIsDue, 60, "I1 I11 R1"),
    ];
    for (sabotage, seeds, expected) in rows {
        let found = (0..seeds).find_map(|seed| {
            let played = play(seed, &walk(seed, Faults::OfAnyTable), &sqlite, sabotage);
            played.broken.map(|broken| (seed, broken))
        });
        let (seed, broken) = found.unwrap_or_else(|| panic!("{sabotage:?} is not found out in {seeds} worlds"));
        println!("{sabotage:?} is found out by seed {seed}: {broken}");
        assert!(expected.split(' ').any(|id| id == broken.invariant.id()), "{sabotage:?}: {broken}");
    }
}
