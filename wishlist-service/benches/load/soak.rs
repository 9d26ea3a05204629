//! Half of what the server answers, for long: nothing fails, and memory stays what it is.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::load::{Load, Refused};
use crate::told::Told;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The part of the soak at each end over which memory is averaged.
const ENDS: u32 = 10;

pub(crate) async fn run(load: &Load, rate: u32, told: &mut Told) -> Result<()> {
    let began = Instant::now();
    let closed_before = load.lines.closed();
    let calling = load.at(rate, load.depth.soak, Refused::ComesAgain);
    let mut calling = std::pin::pin!(calling);
    let mut seen = Vec::new();
    let sent = loop {
        tokio::select! {
            sent = &mut calling => break sent?,
            () = tokio::time::sleep(LOOK_EVERY) => seen.push((began.elapsed(), load.server.memory()?.resident)),
        }
    };
    told.case("soak: calls", "each call answered", sent.tally.lost());
    let closed = load.lines.closed() - closed_before;
    told.case(
        "soak: connections",
        "no new one closed before it is answered",
        (closed > 0).then(|| format!("{closed}")),
    );
    let (refused, in_a_hundred) = (sent.tally.refused(), load.depth.refused);
    let many = (refused * 100 > sent.tally.answered() * in_a_hundred).then(|| format!("{refused}"));
    told.case("soak: refused", format!("at most {in_a_hundred} in a hundred calls, which come again"), many);
    let settled = load.depth.settling;
    let (part, end) = (load.depth.soak / ENDS, load.depth.soak);
    let before = mean(&seen, settled, settled + part);
    let after = mean(&seen, end.saturating_sub(part), end);
    let growth = (after / before - 1.0) * 100.0;
    let most = load.depth.growth;
    let grew = (growth.is_nan() || growth > most).then(|| format!("{growth:+.1} %, to {:.0} MB", after / 1e6));
    told.case("soak: memory", format!("at most {most} % more than when it had settled"), grew);
    let (p50, p99) = (sent.tally.percentile(50), sent.tally.percentile(99));
    told.figure(format!(
        "{} calls in {} s at {rate} a second: p50 {:.1} ms, p99 {:.1} ms, {} of them refused first; memory {:.0} MB, {growth:+.1} %",
        sent.tally.answered(),
        load.depth.soak.as_secs(),
        millis(p50),
        millis(p99),
        refused,
        after / 1e6
    ));
    Ok(())
}

/// The mean of what was seen between two moments, in bytes.
#[expect(clippy::cast_precision_loss, reason = "bytes of memory and some thousand looks")]
fn mean(seen: &[(Duration, u64)], from: Duration, to: Duration) -> f64 {
    let within: Vec<_> = seen.iter().filter(|(at, _)| (from..=to).contains(at)).map(|(_, bytes)| *bytes).collect();
    within.iter().sum::<u64>() as f64 / within.len() as f64
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
