//! The queue of the world: what is sent may be lost, doubled, late or refused, and is taken in any order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use wishlist_core::queue::{Message, Queue};
use wishlist_core::{Error, Kind, Result};

use super::stage::pause;
use super::walk::{Hiding, PostFault};

/// For how long a message that was taken is not delivered again.
const HIDDEN: Duration = Duration::from_mins(6);

/// So many deliveries that failed, and a message is dead.
const DELIVERIES: usize = 5;

/// A message on its way.
#[derive(Clone, Debug)]
struct Parcel {
    name: usize,
    message: Message,
    visible_at: Instant,
    failed: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Post(Mutex<Parcels>);

#[derive(Debug, Default)]
struct Parcels {
    waiting: Vec<Parcel>,
    /// Every message there ever was, to be sent again.
    ever: Vec<Message>,
    faults: VecDeque<PostFault>,
    named: usize,
}

impl Parcels {
    fn take_in(&mut self, message: Message, visible_at: Instant) {
        self.named += 1;
        self.waiting.push(Parcel { name: self.named, message, visible_at, failed: 0 });
    }

    fn place(&self, name: usize) -> Option<usize> {
        self.waiting.iter().position(|parcel| parcel.name == name)
    }
}

impl Post {
    fn parcels(&self) -> MutexGuard<'_, Parcels> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arms a fault for the next message that is sent.
    pub(crate) fn arm(&self, fault: PostFault) {
        self.parcels().faults.push_back(fault);
    }

    /// Nothing goes wrong any more.
    pub(crate) fn stop(&self) {
        self.parcels().faults.clear();
    }

    /// Takes one of the messages that can be taken; one that stays seen can be taken once more at once.
    pub(crate) fn take(&self, chosen: usize, hiding: Hiding) -> Option<(usize, Message)> {
        let (mut parcels, now) = (self.parcels(), Instant::now());
        let mut visible: Vec<_> = parcels.waiting.iter_mut().filter(|parcel| parcel.visible_at <= now).collect();
        let parcel = (!visible.is_empty()).then(|| visible.swap_remove(chosen % visible.len()))?;
        if hiding == Hiding::Hidden {
            parcel.visible_at = now + HIDDEN;
        }
        Some((parcel.name, parcel.message.clone()))
    }

    pub(crate) fn acknowledge(&self, name: usize) {
        let mut parcels = self.parcels();
        if let Some(place) = parcels.place(name) {
            drop(parcels.waiting.remove(place));
        }
    }

    /// A delivery failed: the message comes again soon, or is dead.
    pub(crate) fn give_back(&self, name: usize) {
        let mut parcels = self.parcels();
        let Some(place) = parcels.place(name) else { return };
        parcels.waiting[place].failed += 1;
        parcels.waiting[place].visible_at = Instant::now() + Duration::from_secs(1);
        if parcels.waiting[place].failed >= DELIVERIES {
            drop(parcels.waiting.remove(place));
        }
    }

    /// Puts a message of before back.
    pub(crate) fn redrive(&self, chosen: usize) {
        let mut parcels = self.parcels();
        if let Some(message) = chosen.checked_rem(parcels.ever.len()).map(|place| parcels.ever[place].clone()) {
            parcels.take_in(message, Instant::now());
        }
    }

    /// Puts every message that there ever was back, each once.
    pub(crate) fn redrive_all(&self) {
        let mut parcels = self.parcels();
        let mut again: Vec<Message> = Vec::new();
        for message in &parcels.ever {
            if !again.contains(message) {
                again.push(message.clone());
            }
        }
        for message in again {
            parcels.take_in(message, Instant::now());
        }
    }

    /// When the next message can be taken.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.parcels().waiting.iter().map(|parcel| parcel.visible_at).min()
    }
}

#[async_trait]
impl Queue for Post {
    async fn send(&self, message: Message, delay: Duration) -> Result<()> {
        pause().await;
        let (mut parcels, visible_at) = (self.parcels(), Instant::now() + delay);
        parcels.ever.push(message.clone());
        match parcels.faults.pop_front() {
            Some(PostFault::Refused) => return Err(Error::new(Kind::Unavailable, "the world's queue is away")),
            Some(PostFault::Lost) => {}
            Some(PostFault::Late) => parcels.take_in(message, visible_at + Duration::from_mins(20)),
            Some(PostFault::Doubled) => {
                parcels.take_in(message.clone(), visible_at);
                parcels.take_in(message, visible_at);
            }
            None => parcels.take_in(message, visible_at),
        }
        Ok(())
    }
}
