//! Four times what the server answers: who cannot be answered is refused in time, and as soon as it is over all is as before.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::load::{Load, Refused};
use crate::soak::millis;
use crate::tally::Outcome;
use crate::told::Told;

/// By then it has to answer as before.
const RECOVERED_WITHIN: Duration = Duration::from_secs(5);

/// Half of those who are answered have to be by then: longer is a queue without a bound.
const QUEUED: Duration = Duration::from_secs(1);

/// The same where nobody is refused: the callers have so many calls at once and no more, so without a refusal the queue that they see is
/// bounded by themselves. It is more than a call may wait at one place.
const QUEUED_UNREFUSED: Duration = Duration::from_millis(300);

/// Of so many calls one may find its new connection closed: who takes long to say something, while others want its place.
const CLOSED_OF: usize = 1000;

/// So many calls in a row are answered by a server that has recovered.
const IN_A_ROW: usize = 10;

/// How long it is waited for recovery, before that is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What overload may add to memory: connections and the calls on them.
const MOST_MORE: u64 = 256 << 20;

pub(crate) async fn run(load: &Load, rate: u32, told: &mut Told) -> Result<()> {
    load.server.forget_peak();
    let before = load.server.memory()?.resident;
    let closed_before = load.lines.closed();
    let sent = load.at(rate, load.depth.overload, Refused::Goes).await?;
    let closed = load.lines.closed() - closed_before;
    let peak = load.server.memory()?.peak;
    told.case("overload: calls", "each call answered, or refused with `Retry-After`", sent.tally.lost());
    let many = (closed * CLOSED_OF > sent.tally.answered() + sent.tally.refused()).then(|| format!("{closed} closed"));
    told.case("overload: connections", format!("of {CLOSED_OF} calls one at most on a new one that is closed"), many);
    let half = sent.tally.percentile(50);
    let most = if sent.tally.refused() == 0 { QUEUED_UNREFUSED } else { QUEUED };
    let long = (half > most).then(|| format!("{half:.1?}, {} refused", sent.tally.refused()));
    told.case("overload: queue", format!("half of those answered within {most:?}"), long);
    let recovered = recovery(load).await;
    let late = match recovered {
        Some(after) if after <= RECOVERED_WITHIN => None,
        Some(after) => Some(format!("after {after:.1?}")),
        None => Some(format!("not within {PATIENCE:?}")),
    };
    told.case("overload: recovery", format!("answers as before within {RECOVERED_WITHIN:?}"), late);
    let more = peak.saturating_sub(before);
    let grew = (more > MOST_MORE).then(|| format!("{} MB", more >> 20));
    told.case("overload: memory", format!("at most {} MB more", MOST_MORE >> 20), grew);
    told.figure(format!(
        "at {rate} a second {} answered (p50 {:.0} ms, p99 {:.0} ms), {} refused (p50 {:.0} ms, p99 {:.0} ms), {} not sent, {closed} made again; memory +{} MB; as before after {:.1} s",
        sent.tally.answered(),
        millis(half),
        millis(sent.tally.percentile(99)),
        sent.tally.refused(),
        millis(sent.tally.refused_within(50)),
        millis(sent.tally.refused_within(99)),
        sent.unsent,
        more >> 20,
        recovered.unwrap_or(PATIENCE).as_secs_f64()
    ));
    Ok(())
}

/// When the first of the calls in a row was answered, since the load has ended.
async fn recovery(load: &Load) -> Option<Duration> {
    let ended = Instant::now();
    let mut row = None;
    let mut answered = 0;
    while ended.elapsed() < PATIENCE {
        if matches!(load.lines.call(load.mix.list()).await, Outcome::Answered) {
            answered += 1;
            let first = *row.get_or_insert(ended.elapsed());
            if answered == IN_A_ROW {
                return Some(first);
            }
        } else {
            (row, answered) = (None, 0);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}
