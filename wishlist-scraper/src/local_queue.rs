//! The queue of one process, in memory. A restart forgets it, and the sweeper sends its messages again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::{Error, Kind, Result};

/// Messages kept, ready or delayed, at most: about 2 MB. What does not fit is found by the sweeper.
const CAPACITY: usize = 10_000;

/// The sending end.
#[derive(Clone, Debug)]
pub struct LocalQueue {
    sender: mpsc::Sender<Message>,
    delayed: Arc<Semaphore>,
}

/// The receiving end, for a worker.
#[derive(Debug)]
pub struct Inbox {
    pub(crate) receiver: mpsc::Receiver<Message>,
}

impl LocalQueue {
    /// A queue and its inbox.
    pub fn new() -> (Self, Inbox) {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        (Self { sender, delayed: Arc::new(Semaphore::new(CAPACITY)) }, Inbox { receiver })
    }

    /// How many messages wait for a worker.
    pub fn ready(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    /// How many messages wait for their time.
    pub fn delayed(&self) -> usize {
        CAPACITY - self.delayed.available_permits()
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn send(&self, message: Message, delay: Duration) -> Result<()> {
        let full = || Error::new(Kind::RateLimited, "the local queue is full");
        if delay.is_zero() {
            return self.sender.try_send(message).map_err(|_| full());
        }
        let permit = Arc::clone(&self.delayed).try_acquire_owned().map_err(|_| full())?;
        let sender = self.sender.downgrade();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            if let Some(sender) = sender.upgrade() {
                drop(sender.try_send(message));
            }
            drop(permit);
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wishlist_core::clock::{ManualClock, SeededRandom, Timestamp};
    use wishlist_core::ids::{Ids, JobId};

    use super::*;

    fn message() -> Message {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        Message::Job { job_id: Ids::new(clock, Arc::new(SeededRandom::new(1))).mint::<JobId>() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_arrives_at_its_time_and_not_before() {
        let (queue, mut inbox) = LocalQueue::new();
        queue.send(message(), Duration::from_secs(5)).await.unwrap();
        queue.send(message(), Duration::ZERO).await.unwrap();
        assert_eq!((queue.ready(), queue.delayed()), (1, 1));
        assert_eq!(inbox.receiver.recv().await, Some(message()));
        let began = tokio::time::Instant::now();
        assert_eq!(inbox.receiver.recv().await, Some(message()));
        assert_eq!(began.elapsed().as_secs(), 5);
        tokio::task::yield_now().await;
        assert_eq!((queue.ready(), queue.delayed()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_is_refused_and_what_fits_is_kept() {
        let (queue, inbox) = LocalQueue::new();
        for delay in [Duration::ZERO, Duration::from_secs(5)] {
            for _ in 0..CAPACITY {
                queue.send(message(), delay).await.unwrap();
            }
            assert_eq!(queue.send(message(), delay).await.unwrap_err().kind(), Kind::RateLimited, "{delay:?}");
        }
        assert_eq!((queue.ready(), queue.delayed()), (CAPACITY, CAPACITY));
        drop(inbox);
    }
}
