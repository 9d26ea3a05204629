//! How long calls wait in this process.
//!
//! What a call waits for, a thread of the runtime and those of the table, is asked the smallest question that it takes, over and over while
//! there are calls. How long its answer is overdue is how long a call waits now, whatever it is that holds it up: queues, the
//! processor, the disk, or another process that has the file.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use wishlist_api::Waiting;
use wishlist_core::table::{EmbeddedTable, Table};

/// The pause between two questions: short against the longest wait that a call may have, long against the some ten
/// microseconds that a question costs.
const EVERY: Duration = Duration::from_millis(25);

/// The reading and the writing side, each with a question under way.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    reading: Beat,
    writing: Beat,
}

impl Pulse {
    /// Feels the pulse until it is dropped: of the runtime, and of the table where that is in this process.
    pub(crate) async fn feel(self: Arc<Self>, table: Option<Arc<EmbeddedTable>>) {
        // What is wrong with the table is told by the calls.
        let reading = self.reading.ask(|| async {
            if let Some(table) = &table {
                drop(table.get(&[]).await);
            }
        });
        let writing = self.writing.ask(|| async {
            if let Some(table) = &table {
                drop(table.commit(Vec::new()).await);
            }
        });
        tokio::join!(reading, writing);
    }
}

impl Waiting for Pulse {
    fn reading(&self) -> Duration {
        self.reading.wait()
    }

    fn writing(&self) -> Duration {
        self.writing.wait()
    }
}

/// One question, asked over and over.
#[derive(Debug, Default)]
struct Beat {
    state: Mutex<State>,
    /// A call has come since the last question.
    wanted: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When the question under way was asked.
    asked: Option<Instant>,
    /// How long the one before took.
    took: Duration,
}

impl Beat {
    fn wait(&self) -> Duration {
        self.wanted.notify_one();
        let State { asked, took } = *self.state();
        took.max(asked.map_or(Duration::ZERO, |asked| asked.elapsed()))
    }

    async fn ask<A: Future<Output = ()>>(&self, question: impl Fn() -> A) {
        loop {
            // An idle process is left to sleep, but never with an answer that was late: the next call would be refused for it.
            if self.state().took < EVERY {
                self.wanted.notified().await;
            }
            let asked = Instant::now();
            self.state().asked = Some(asked);
            // A task that a timer or an answer has woken is run first; what yields goes to the end of its thread's queue, where calls are.
            tokio::task::yield_now().await;
            question().await;
            *self.state() = State { asked: None, took: asked.elapsed() };
            tokio::time::sleep(EVERY).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep, timeout};
    use wishlist_core::clock::SystemClock;

    use super::*;

    const LATE: Duration = Duration::from_secs(1);

    /// Lets what is ready run.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_overdue_tells_how_long_a_call_would_wait() {
        let (beat, answer) = (Arc::new(Beat::default()), Arc::new(Notify::new()));
        let (asking, answered) = (Arc::clone(&beat), Arc::clone(&answer));
        let asked = tokio::spawn(async move { asking.ask(|| answered.notified()).await });
        assert_eq!(beat.wait(), Duration::ZERO, "nothing was asked yet");
        settle().await;
        advance(LATE).await;
        assert_eq!(beat.wait(), LATE);
        answer.notify_one();
        settle().await;
        assert_eq!(beat.wait(), LATE, "until the next answer it is as long");
        sleep(EVERY).await;
        answer.notify_one();
        settle().await;
        assert_eq!(beat.wait(), Duration::ZERO);
        asked.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_process_is_asked_nothing() {
        let (beat, count) = (Arc::new(Beat::default()), Arc::new(Mutex::new(0)));
        let (asking, counted) = (Arc::clone(&beat), Arc::clone(&count));
        let asked = tokio::spawn(async move { asking.ask(|| async { *counted.lock().unwrap() += 1 }).await });
        sleep(LATE).await;
        assert_eq!(*count.lock().unwrap(), 0);
        beat.wait();
        sleep(LATE).await;
        assert_eq!(*count.lock().unwrap(), 1);
        asked.abort();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_file_that_somebody_else_writes_to_is_a_wait_of_who_writes_and_of_nobody_else() {
        const LONG: Duration = Duration::from_millis(300);
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("wishlist.db");
        let table = Arc::new(EmbeddedTable::open(&file, Arc::new(SystemClock)).unwrap());
        let other = rusqlite::Connection::open(&file).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let pulse = Arc::new(Pulse::default());
        let feeling = tokio::spawn(Arc::clone(&pulse).feel(Some(table)));
        let until = async |holds: fn(Duration, Duration) -> bool| {
            let holds = async {
                while !holds(pulse.reading(), pulse.writing()) {
                    sleep(EVERY).await;
                }
            };
            timeout(20 * LATE, holds).await.expect("it never was so");
        };
        until(|reading, writing| reading < LONG && writing >= LONG).await;
        other.execute_batch("ROLLBACK").unwrap();
        until(|_, writing| writing < LONG).await;
        feeling.abort();
    }
}
