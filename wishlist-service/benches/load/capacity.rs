//! What the server answers: the highest rate at which nearly every call is answered in time.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::load::{Load, Refused};

/// In time for a person not to notice.
const IN_TIME: Duration = Duration::from_millis(100);

/// Of a hundred calls, so many have to be answered in time.
const NEARLY_EVERY: usize = 95;

const FIRST: u32 = 50;

/// Rates that are tried at most while they rise, and then between the last two.
const RISES: usize = 10;
const HALVINGS: usize = 3;

/// Searches for the capacity: doubles the rate until it is too high, then halves what is between.
pub(crate) async fn search(load: &Load) -> Result<u32> {
    let (mut good, mut bad) = (0, FIRST);
    for _ in 0..RISES {
        if !is_answered(load, bad).await? {
            break;
        }
        (good, bad) = (bad, bad * 2);
    }
    ensure!(
        good > 0,
        "the machine answers less than {FIRST} calls a second in time, too few for anything to be measured"
    );
    for _ in 0..HALVINGS {
        let middle = good.midpoint(bad);
        if is_answered(load, middle).await? { good = middle } else { bad = middle }
    }
    Ok(good)
}

/// Whether this rate is answered. What a noisy machine fails at once is tried once more.
async fn is_answered(load: &Load, rate: u32) -> Result<bool> {
    for _ in 0..2 {
        let sent = load.at(rate, load.depth.step, Refused::Goes).await?;
        let in_time = sent.tally.percentile(NEARLY_EVERY) <= IN_TIME;
        let failed = sent.unsent + sent.tally.refused();
        println!("{rate} calls a second: p{NEARLY_EVERY} {:?}, {failed} refused", sent.tally.percentile(NEARLY_EVERY));
        if in_time && failed * 100 <= sent.tally.answered() && sent.tally.lost().is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}
