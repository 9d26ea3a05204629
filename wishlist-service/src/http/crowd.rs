//! The connections there are, and which of them goes where there are too many.
//!
//! A connection costs a slot for as long as its peer likes to say nothing, so whoever opens enough of them would keep all
//! others out. Where every slot is taken, those that have waited for their peers for the longest are given up for new ones.
//! One whose request is being worked on never is; it ends with its answer where there are no others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::turn::Turn;

/// How long a connection that was asked to leave may take before another is asked too.
const LEAVING: Duration = Duration::from_millis(10);

/// Of so many connections one is given up at a time: one by one, each would cost a look at all of them and a turn of the runtime, and who
/// opens them quickly would fill the listener's queue.
const OF: usize = 32;

/// Of so many connections one may end with its answer where somebody waits: in the time of one turn of a busy runtime a good part of all
/// that wait have to get in, or those that are in have all of the service.
const OF_ANSWERED: usize = 4;

/// Connections that were given up for others.
const GIVEN_UP: &str = "wishlist_connections_given_up_total";

/// The connections of a server.
#[derive(Debug)]
pub(super) struct Crowd {
    slots: Arc<Semaphore>,
    /// How long a peer has at least.
    grace: Duration,
    present: Mutex<Present>,
    /// The places that answered connections may offer to who waits.
    wanted: AtomicUsize,
}

#[derive(Debug, Default)]
struct Present {
    last: u64,
    places: HashMap<u64, (Turn, Arc<Notify>)>,
}

impl Crowd {
    /// Room for so many connections, each of whose peers may take so long whatever others want.
    pub(super) fn new(slots: usize, grace: Duration) -> Arc<Self> {
        Arc::new(Self {
            slots: Arc::new(Semaphore::new(slots)),
            grace,
            present: Mutex::default(),
            wanted: AtomicUsize::new(0),
        })
    }

    /// A place for a connection, as soon as there is one.
    pub(super) async fn enter(self: &Arc<Self>) -> Place {
        let mut slot = std::pin::pin!(Arc::clone(&self.slots).acquire_owned());
        loop {
            tokio::select! {
                biased;
                slot = &mut slot => {
                    self.wanted.store(0, Ordering::Relaxed);
                    return self.place(slot.ok());
                }
                () = async { tokio::time::sleep(self.make_room()).await } => {}
            }
        }
    }

    /// Asks some to leave, and answers when to look again.
    fn make_room(&self) -> Duration {
        let present = self.present();
        let some = (present.places.len() / OF).max(1);
        self.wanted.store((present.places.len() / OF_ANSWERED).max(1), Ordering::Relaxed);
        let waiting = present.places.values().filter_map(|(turn, leave)| Some((turn.peers_since()?, leave)));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable_by_key(|(since, _)| *since);
        let left = |since: Instant| (since + self.grace).saturating_duration_since(Instant::now());
        let Some(first) = waiting.first().map(|(since, _)| left(*since)) else { return LEAVING };
        for (_, leave) in waiting.iter().take(some).take_while(|(since, _)| left(*since).is_zero()) {
            leave.notify_one();
        }
        first.max(LEAVING)
    }

    fn place(self: &Arc<Self>, slot: Option<OwnedSemaphorePermit>) -> Place {
        let (turn, leave) = (Turn::of_a_peer(), Arc::new(Notify::new()));
        let mut present = self.present();
        present.last += 1;
        let number = present.last;
        present.places.insert(number, (turn.clone(), Arc::clone(&leave)));
        drop(present);
        Place { crowd: Arc::clone(self), number, turn, leave, _slot: slot }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, which is free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Arc<Crowd>,
    number: u64,
    turn: Turn,
    leave: Arc<Notify>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Whose turn the connection is, for the connection to say.
    pub(super) fn turn(&self) -> &Turn {
        &self.turn
    }

    /// Whether somebody waits for this place, which is to be free with the answer.
    pub(super) fn is_wanted(&self) -> bool {
        let one_less = |wanted: usize| wanted.checked_sub(1);
        self.crowd.wanted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// Drives the connection to its end; `None` where it is given up for another.
    pub(super) async fn hold<T>(&self, connection: impl Future<Output = T>) -> Option<T> {
        let mut connection = std::pin::pin!(connection);
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => return Some(ended),
                () = self.leave.notified() => {}
            }
            // What the peer has sent may lie unread where the process is behind: the connection is driven once more when the system was
            // asked what has arrived, which is before a task that yields goes on.
            tokio::select! {
                biased;
                ended = &mut connection => return Some(ended),
                () = tokio::task::yield_now() => {}
            }
            if self.turn.peers_since().is_some() {
                metrics::counter!(GIVEN_UP).increment(1);
                return None;
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.present().places.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::task::JoinHandle;
    use tokio::time::{advance, timeout};

    use super::*;

    const GRACE: Duration = Duration::from_millis(250);

    /// A connection that never ends by itself, and whose turn it is.
    async fn enter(crowd: &Arc<Crowd>) -> (Turn, JoinHandle<Option<()>>) {
        let place = crowd.enter().await;
        let turn = place.turn().clone();
        (turn, tokio::spawn(async move { place.hold(pending()).await }))
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_that_has_waited_for_its_peer_for_the_longest_goes() {
        let crowd = Crowd::new(3, GRACE);
        let (busy, _kept) = enter(&crowd).await;
        busy.is_ours();
        let (_, first) = enter(&crowd).await;
        advance(GRACE).await;
        let (_, second) = enter(&crowd).await;
        let (_, third) = enter(&crowd).await;
        assert_eq!(first.await.unwrap(), None, "it was given up");
        assert!(!second.is_finished() && !third.is_finished());
        assert_eq!(crowd.present().places.len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_has_its_time_whatever_others_want() {
        let crowd = Crowd::new(1, GRACE);
        let (_, first) = enter(&crowd).await;
        let began = Instant::now();
        enter(&crowd).await;
        assert!(first.await.unwrap().is_none());
        assert!(began.elapsed() >= GRACE, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_request_under_way_is_given_up_for_another() {
        let crowd = Crowd::new(1, GRACE);
        let (turn, first) = enter(&crowd).await;
        turn.is_ours();
        assert!(timeout(GRACE * 100, crowd.enter()).await.is_err());
        assert!(!first.is_finished());
        // Its answer is written, and the peer's time runs from then.
        turn.is_the_peers(Instant::now());
        timeout(GRACE * 3, crowd.enter()).await.unwrap();
        assert_eq!(first.await.unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_comes_when_its_connection_is_asked_to_leave_is_answered() {
        let crowd = Crowd::new(1, GRACE);
        let place = crowd.enter().await;
        place.leave.notify_one();
        place.turn().is_ours();
        assert!(timeout(GRACE, place.hold(pending::<()>())).await.is_err(), "it goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_answered_is_wanted_where_somebody_waits_and_not_again() {
        let crowd = Crowd::new(1, GRACE);
        let place = crowd.enter().await;
        place.turn().is_ours();
        assert!(!place.is_wanted(), "nobody waits");
        let waiting = tokio::spawn({
            let crowd = Arc::clone(&crowd);
            async move { crowd.enter().await }
        });
        tokio::task::yield_now().await;
        assert!(place.is_wanted() && !place.is_wanted());
        drop(place);
        let next = waiting.await.unwrap();
        assert!(!next.is_wanted());
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_some_go_at_once() {
        let crowd = Crowd::new(3 * OF, GRACE);
        let mut held = Vec::new();
        for _ in 0..3 * OF {
            held.push(enter(&crowd).await.1);
        }
        advance(GRACE).await;
        enter(&crowd).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held.iter().filter(|held| held.is_finished()).count(), 3);
        assert_eq!(crowd.present().places.len(), 3 * OF - 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_drips_gains_no_time_by_it() {
        let turn = Turn::of_a_peer();
        let began = turn.peers_since().unwrap();
        advance(GRACE).await;
        turn.is_the_peers(Instant::now());
        assert_eq!(turn.peers_since(), Some(began));
    }
}
