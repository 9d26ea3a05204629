//! Losses of power at any moment, one after the other.

#![expect(clippy::print_stdout, reason = "the seed and the figures of a run, shown where it fails")]

use rusqlite::Connection;
use wishlist_core::clock::{Random, SeededRandom, SystemRandom};

use crate::life::{Standing, Writers, engine};
use crate::machine::{Failure, Image, Machine};

/// Losses where nobody says how many.
const LOSSES: usize = 40;

/// So many losses a file lives through.
const LIVES: usize = 20;

/// What there is at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// Somebody who reads as of one moment, so that the log only grows.
    Reader,
    /// Another server on the same file.
    Server,
    /// Locks that others hold for a moment.
    Locks,
    /// A disk that fails for a while.
    Failure(Failure),
    Nothing,
}

#[tokio::test]
async fn a_loss_of_power_at_any_moment_costs_nothing_that_was_acknowledged_and_leaves_nothing_by_half() {
    let (seed, losses) = (seed(), losses());
    let random = SeededRandom::new(seed);
    let (mut lost, mut acknowledged) = (0, 0);
    while lost < losses {
        let mut writers = Writers::new(random.below(u64::MAX));
        let mut image = Image::new();
        for _ in 0..LIVES.min(losses - lost) {
            let beside = any(&random);
            image = Box::pin(live(&mut writers, &image, &random, beside, |_| {})).await;
            let compared = writers.compare(&image).await;
            assert!(compared.is_ok(), "seed {seed}, loss {lost}, {beside:?}: {}", compared.unwrap_err());
            lost += 1;
        }
        acknowledged += writers.acknowledged();
    }
    assert!(acknowledged > losses, "the losses met no calls");
    println!("{acknowledged} calls were acknowledged");
    println!(r#"proof: {{"cases": {losses}, "done": {acknowledged}}}"#);
}

#[tokio::test]
async fn a_disk_that_lies_about_what_is_durable_is_found_out() {
    for ending in ["-wal", ".db"] {
        let random = SeededRandom::new(seed());
        let mut writers = Writers::new(random.below(u64::MAX));
        let mut image = Image::new();
        let mut lives = 0;
        while writers.compare_if_any(&image).await.is_ok() {
            lives += 1;
            assert!(lives < 500, "a lie about `{ending}` cost nothing");
            let lies = |machine: &Machine| {
                machine.lie_about(ending);
                // For so long that the log is moved into the file, and begun anew.
                machine.cut_after(4000);
            };
            image = Box::pin(live(&mut writers, &image, &random, Beside::Nothing, lies)).await;
        }
    }
}

impl Writers {
    async fn compare_if_any(&mut self, image: &Image) -> Result<(), String> {
        if image.is_empty() { Ok(()) } else { self.compare(image).await }
    }
}

/// A life of the machine until its power goes.
async fn live(
    writers: &mut Writers,
    image: &Image,
    random: &SeededRandom,
    beside: Beside,
    set: impl FnOnce(&Machine),
) -> Image {
    let machine = Standing::start(image, random.below(u64::MAX));
    if image.is_empty() {
        // What a first start leaves when it is cut off has a test of its own.
        drop(engine(&machine.path()).unwrap());
    }
    machine.cut_after(1 + random.below(lasting(random)));
    set(&machine);
    match beside {
        Beside::Locks => machine.hold_one_lock_in(20),
        Beside::Failure(failure) => machine.fail(failure, random.below(200), 1 + random.below(30)),
        Beside::Reader | Beside::Server | Beside::Nothing => {}
    }
    let reader = (beside == Beside::Reader).then(|| reading(&machine));
    let engines = engine(&machine.path()).and_then(|one| {
        let other = if beside == Beside::Server { engine(&machine.path())? } else { one.clone() };
        Ok([one, other])
    });
    match &engines {
        Ok([one, other]) => Box::pin(writers.work([one, other], &machine)).await,
        Err(error) => {
            let may_be = machine.is_off() || matches!(beside, Beside::Failure(_));
            assert!(may_be, "it does not open: {error}");
        }
    }
    // Those who close it still try to move the log into the file, with the power or without.
    drop((engines, reader));
    machine.lose()
}

/// In events: most lives end with their first commits, some when the log is moved into the file.
fn lasting(random: &SeededRandom) -> u64 {
    match random.below(10) {
        0..=5 => 100,
        6..=8 => 800,
        _ => 4000,
    }
}

fn any(random: &SeededRandom) -> Beside {
    match random.below(8) {
        0 => Beside::Reader,
        1 => Beside::Server,
        2 => Beside::Locks,
        3 => Beside::Failure(Failure::Full),
        4 => Beside::Failure(Failure::Write),
        5 => Beside::Failure(Failure::Sync),
        _ => Beside::Nothing,
    }
}

/// Somebody who reads as of now for as long as the connection is open.
fn reading(machine: &Machine) -> Connection {
    let reader = Connection::open(machine.path()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    // The power may be gone already.
    drop(reader.query_row("SELECT count(*) FROM records", [], |row| row.get::<_, u64>(0)));
    reader
}

/// The seed of this run: another one every time, and printed.
fn seed() -> u64 {
    let seed = SystemRandom.below(u64::MAX);
    println!("the seed is {seed}");
    seed
}

/// As many as the command that proves it says.
#[expect(clippy::disallowed_methods, reason = "`cargo xtask prove` tells its tests so")]
pub(crate) fn losses() -> usize {
    std::env::var("WISHLIST_TEST_LOSSES").map_or(LOSSES, |losses| losses.parse().expect("a number of losses"))
}
