//! The connections there are, and which of them goes where there are too many.
//!
//! A connection costs a slot for as long as its peer likes to say nothing, so whoever opens enough of them would keep all
//! others out. Where every slot is taken, connections that wait for their peers are given up for new ones, those that have waited for the
//! longest first, and before all others those of whoever has a good part of all: who fills the server from one place loses what is theirs.
//! One whose request is being worked on never is; it ends with its answer where there are no others. A call that waits by its
//! caller's wish is being worked on too, so whoever makes enough of those is told apart: its waits are to be cut short.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use wishlist_api::subscriber;

use super::turn::Turn;

/// How long a connection that was asked to leave may take before another is asked too.
const LEAVING: Duration = Duration::from_millis(10);

/// Of so many connections one is given up at a time: one by one, each would cost a look at all of them and a turn of the runtime, and who
/// opens them quickly would fill the listener's queue.
const OF: usize = 32;

/// Of so many connections one may end with its answer where somebody waits: in the time of one turn of a busy runtime a good part of all
/// that wait have to get in, or those that are in have all of the service.
const OF_ANSWERED: usize = 4;

/// Who has more than one of so many of all connections is told from people: theirs go before those of others.
const OF_ONE: usize = 8;

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
    /// Told where somebody waits and most places are taken by calls that are worked on.
    cramped: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Present {
    last: u64,
    places: HashMap<u64, Guest>,
}

/// A connection as it is known to the others.
#[derive(Debug)]
struct Guest {
    from: IpAddr,
    turn: Turn,
    leave: Arc<Notify>,
}

impl Crowd {
    /// Room for so many connections, each of whose peers may take so long whatever others want. `cramped` is told where hardly any
    /// waits for its peer, so that whoever can answers early.
    pub(super) fn new(slots: usize, grace: Duration, cramped: Arc<Notify>) -> Arc<Self> {
        Arc::new(Self {
            slots: Arc::new(Semaphore::new(slots)),
            grace,
            present: Mutex::default(),
            wanted: AtomicUsize::new(0),
            cramped,
        })
    }

    /// A place for a connection from this address, as soon as there is one.
    pub(super) async fn enter(self: &Arc<Self>, from: IpAddr) -> Place {
        let mut slot = std::pin::pin!(Arc::clone(&self.slots).acquire_owned());
        loop {
            tokio::select! {
                biased;
                slot = &mut slot => {
                    self.wanted.store(0, Ordering::Relaxed);
                    return self.place(subscriber(from), slot.ok());
                }
                () = async { tokio::time::sleep(self.make_room()).await } => {}
            }
        }
    }

    /// Asks some of those that wait for their peers to leave, and answers when to look again.
    pub(super) fn make_room(&self) -> Duration {
        let present = self.present();
        let some = (present.places.len() / OF).max(1);
        let part = (present.places.len() / OF_ANSWERED).max(1);
        self.wanted.store(part, Ordering::Relaxed);
        let mut of_each = HashMap::<_, usize>::new();
        for guest in present.places.values() {
            *of_each.entry(guest.from).or_default() += 1;
        }
        let most = (present.places.len() / OF_ONE).max(1);
        of_each.retain(|_, count| *count > most);
        let waiting = present.places.values().filter_map(|guest| {
            let since = guest.turn.peers_since()?;
            Some((Reverse(of_each.contains_key(&guest.from)), since, &guest.leave))
        });
        let mut waiting: Vec<_> = waiting.collect();
        if waiting.len() < part {
            self.cramped.notify_one();
        }
        waiting.sort_unstable_by_key(|(has_most, since, _)| (*has_most, *since));
        waiting.truncate(some);
        let left = |since: Instant| (since + self.grace).saturating_duration_since(Instant::now());
        for (_, _, leave) in waiting.iter().filter(|(_, since, _)| left(*since).is_zero()) {
            leave.notify_one();
        }
        waiting.iter().map(|(_, since, _)| left(*since)).min().unwrap_or_default().max(LEAVING)
    }

    fn place(self: &Arc<Self>, from: IpAddr, slot: Option<OwnedSemaphorePermit>) -> Place {
        let (turn, leave) = (Turn::of_a_peer(), Arc::new(Notify::new()));
        let mut present = self.present();
        present.last += 1;
        let number = present.last;
        present.places.insert(number, Guest { from, turn: turn.clone(), leave: Arc::clone(&leave) });
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
            // Where it was answered meanwhile, the peer's time has begun anew.
            if self.turn.peers_since().is_some_and(|since| since.elapsed() >= self.crowd.grace) {
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
    use std::net::Ipv4Addr;

    use tokio::task::JoinHandle;
    use tokio::time::{advance, timeout};

    use super::*;

    const GRACE: Duration = Duration::from_millis(250);

    const SOMEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn crowd(slots: usize) -> Arc<Crowd> {
        Crowd::new(slots, GRACE, Arc::default())
    }

    /// A connection that never ends by itself, and whose turn it is.
    async fn enter(crowd: &Arc<Crowd>) -> (Turn, JoinHandle<Option<()>>) {
        enter_from(crowd, SOMEWHERE).await
    }

    async fn enter_from(crowd: &Arc<Crowd>, from: IpAddr) -> (Turn, JoinHandle<Option<()>>) {
        let place = crowd.enter(from).await;
        let turn = place.turn().clone();
        (turn, tokio::spawn(async move { place.hold(pending()).await }))
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_that_has_waited_for_its_peer_for_the_longest_goes() {
        let crowd = crowd(3);
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
    async fn of_who_fills_the_places_from_one_network_one_goes_however_short_it_waited() {
        let crowd = crowd(4);
        let from = |address: &str| address.parse().unwrap();
        let (_, ordinary) = enter_from(&crowd, from("2001:db8:1::1")).await;
        advance(GRACE).await;
        let (_, first) = enter_from(&crowd, from("2001:db8:2::1")).await;
        advance(Duration::from_millis(1)).await;
        let (_, second) = enter_from(&crowd, from("2001:db8:2::2")).await;
        let (_, other) = enter_from(&crowd, from("2001:db8:3::1")).await;
        enter_from(&crowd, from("2001:db8:2::3")).await;
        assert_eq!(first.await.unwrap(), None, "the first of three");
        assert!(!ordinary.is_finished() && !second.is_finished() && !other.is_finished());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_has_its_time_whatever_others_want() {
        let crowd = crowd(1);
        let (_, first) = enter(&crowd).await;
        let began = Instant::now();
        enter(&crowd).await;
        assert!(first.await.unwrap().is_none());
        assert!(began.elapsed() >= GRACE, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_request_under_way_is_given_up_for_another() {
        let crowd = crowd(1);
        let (turn, first) = enter(&crowd).await;
        turn.is_ours();
        assert!(timeout(GRACE * 100, crowd.enter(SOMEWHERE)).await.is_err());
        assert!(!first.is_finished());
        // Its answer is written, and the peer's time runs from then.
        turn.is_the_peers(Instant::now());
        timeout(GRACE * 3, crowd.enter(SOMEWHERE)).await.unwrap();
        assert_eq!(first.await.unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_comes_when_its_connection_is_asked_to_leave_is_answered() {
        let crowd = crowd(1);
        let place = crowd.enter(SOMEWHERE).await;
        place.leave.notify_one();
        place.turn().is_ours();
        assert!(timeout(GRACE, place.hold(pending::<()>())).await.is_err(), "it goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_answered_when_it_is_asked_to_leave_has_its_time_for_the_next_request() {
        let crowd = crowd(1);
        let place = crowd.enter(SOMEWHERE).await;
        advance(GRACE).await;
        place.leave.notify_one();
        place.turn().is_ours();
        place.turn().is_the_peers(Instant::now());
        assert!(timeout(GRACE * 2, place.hold(pending::<()>())).await.is_err(), "nobody asked it again");
        place.leave.notify_one();
        assert_eq!(place.hold(pending::<()>()).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn where_those_that_are_worked_on_take_the_places_it_is_told() {
        let crowd = crowd(8);
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(enter(&crowd).await);
        }
        for (turn, _) in &held[..6] {
            turn.is_ours();
        }
        assert!(timeout(GRACE / 2, crowd.enter(SOMEWHERE)).await.is_err());
        assert!(timeout(Duration::ZERO, crowd.cramped.notified()).await.is_err(), "a quarter wait for their peers");
        held[6].0.is_ours();
        assert!(timeout(GRACE / 2, crowd.enter(SOMEWHERE)).await.is_err());
        timeout(Duration::ZERO, crowd.cramped.notified()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_answered_is_wanted_where_somebody_waits_and_not_again() {
        let crowd = crowd(1);
        let place = crowd.enter(SOMEWHERE).await;
        place.turn().is_ours();
        assert!(!place.is_wanted(), "nobody waits");
        let waiting = tokio::spawn({
            let crowd = Arc::clone(&crowd);
            async move { crowd.enter(SOMEWHERE).await }
        });
        tokio::task::yield_now().await;
        assert!(place.is_wanted() && !place.is_wanted());
        drop(place);
        let next = waiting.await.unwrap();
        assert!(!next.is_wanted());
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_some_go_at_once() {
        let crowd = crowd(3 * OF);
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
