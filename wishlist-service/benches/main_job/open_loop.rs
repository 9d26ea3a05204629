//! Calls at a steady rate, whatever becomes of the ones before.
//!
//! Every call has a time at which it is due, and its latency counts from there: a server that stalls does not slow its
//! caller down, and so cannot hide how many would have waited.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::latencies::Latencies;

/// Calls a second, of each of the two kinds.
const RATE: u32 = 50;

/// How many calls of each kind fit into so many seconds.
pub(crate) fn calls(seconds: u16) -> usize {
    usize::from(seconds) * RATE as usize
}

/// What two kinds of calls took that had the same machine at the same time.
pub(crate) struct Measured {
    pub(crate) probe: Latencies,
    pub(crate) floor: Latencies,
}

/// Calls both for so long, each at its rate and half a turn apart. The first that fails ends it.
pub(crate) async fn interleaved<P, F>(
    seconds: u16,
    probe: impl Fn(usize) -> P + Send + 'static,
    floor: impl Fn() -> F + Send + 'static,
) -> Result<Measured>
where
    P: Future<Output = Result<()>> + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let runtime = Handle::current();
    let sending = tokio::task::spawn_blocking(move || {
        let (mut probes, mut floors) = (Vec::new(), Vec::new());
        steadily(2 * RATE, 2 * calls(seconds), |turn, due| match turn % 2 {
            0 => probes.push(send(&runtime, due, probe(turn / 2))),
            _ => floors.push(send(&runtime, due, floor())),
        });
        (probes, floors)
    });
    let (probes, floors) = sending.await?;
    Ok(Measured { probe: answered(probes).await?, floor: answered(floors).await? })
}

/// Sends so many calls at so many a second, each when it is due. It blocks its thread, which has to be its own: the runtime's timers are a
/// millisecond coarse, which is as much as what is measured.
pub(crate) fn steadily(rate: u32, calls: usize, mut send: impl FnMut(usize, Instant)) {
    let pause = Duration::from_secs(1) / rate;
    let mut due = Instant::now() + pause;
    for turn in 0..calls {
        sleep_until(due);
        send(turn, due);
        due += pause;
    }
}

type Sent = JoinHandle<Result<Duration>>;

fn send(runtime: &Handle, due: Instant, call: impl Future<Output = Result<()>> + Send + 'static) -> Sent {
    runtime.spawn(async move { call.await.map(|()| due.elapsed()) })
}

async fn answered(calls: Vec<Sent>) -> Result<Latencies> {
    let mut times = Vec::with_capacity(calls.len());
    for call in calls {
        times.push(call.await??);
    }
    Ok(Latencies::new(times))
}

fn sleep_until(due: Instant) {
    std::thread::sleep(due.saturating_duration_since(Instant::now()));
}
