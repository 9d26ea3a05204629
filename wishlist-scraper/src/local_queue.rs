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
