//! The threads that own the connections: SQLite blocks, and an async caller must not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::database::Database;
use crate::error::{Error, Kind, Result};
use crate::table::{Change, Key, Page, Query, Record};

/// Commits or reads of one group, at most: bounds how long the first commit waits for the last, and how long a read keeps
/// the log from being moved into the file.
const GROUP: usize = 64;

pub(super) type Reply<T> = tokio::sync::oneshot::Sender<Result<T>>;

pub(super) enum Work {
    Read(Read),
    Commit(Vec<Change>, Reply<()>),
    Purge(Reply<usize>),
    /// Reads in a way of its own.
    Look(Box<dyn FnOnce(&mut Database) + Send>),
}

pub(super) enum Read {
    Get(Vec<Key>, Reply<Vec<Option<Record>>>),
    Query(Query, Reply<Page<Record>>),
}

/// Channels to the threads. Without readers everything is done by the writer, in the order it came.
pub(super) struct Threads {
    writer: Option<Sender<Work>>,
    readers: Vec<Sender<Work>>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    pub(super) fn start(writer: Database, readers: Vec<Database>) -> Result<Self> {
        let mut handles = Vec::new();
        let mut start = |name: &str, database: Database| -> Result<Sender<Work>> {
            let (sender, receiver) = channel();
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || serve(database, &receiver));
            handles.push(
                thread
                    .map_err(|source| Error::new(Kind::Unavailable, "no thread for the table").with_source(source))?,
            );
            Ok(sender)
        };
        let writer = start("table-writer", writer)?;
        let readers = readers.into_iter().map(|reader| start("table-reader", reader)).collect::<Result<_>>()?;
        Ok(Self { writer: Some(writer), readers, handles })
    }

    /// Hands work over. Where a thread is gone the reply is dropped with the work, and its waiter learns so.
    pub(super) fn send(&self, work: Work) {
        let reads = matches!(work, Work::Read(_) | Work::Look(_));
        let reader = caller().checked_rem(self.readers.len()).and_then(|turn| self.readers.get(turn)).filter(|_| reads);
        if let Some(sender) = reader.or(self.writer.as_ref()) {
            let _ = sender.send(work);
        }
    }
}

/// The number of the calling thread. What one thread asks for goes to one reader: an operation asks for several things at
/// once, and to wake a thread costs more than most of them.
fn caller() -> usize {
    static CALLERS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static CALLER: usize = CALLERS.fetch_add(1, Ordering::Relaxed));
    CALLER.with(|caller| *caller)
}

impl Drop for Threads {
    /// Waits for the threads, one after the other: the last connection takes the log into the file and removes it, and of two
    /// that close at once each may find the other still there.
    fn drop(&mut self) {
        let inboxes = self.writer.take().into_iter().chain(self.readers.drain(..)).collect::<Vec<_>>();
        for (inbox, thread) in inboxes.into_iter().zip(self.handles.drain(..)) {
            drop(inbox);
            let _ = thread.join();
        }
    }
}

/// Works until nobody can send any more. A panic costs the work that it met, whose waiters learn that it was not answered,
/// and no more: unwinding has taken the transaction back, and the thread goes on.
fn serve(mut database: Database, inbox: &Receiver<Work>) {
    let mut held = None;
    while let Some(work) = held.take().or_else(|| inbox.recv().ok()) {
        if catch_unwind(AssertUnwindSafe(|| answer(&mut database, work, inbox, &mut held))).is_err() {
            database.recover();
        }
    }
}

fn answer(database: &mut Database, work: Work, inbox: &Receiver<Work>, held: &mut Option<Work>) {
    match work {
        Work::Read(first) => {
            let group = gather(first, inbox, held, |work| match work {
                Work::Read(read) => Found::More(read),
                other => Found::Other(other),
            });
            answer_reads(database, group);
        }
        Work::Commit(changes, reply) => {
            let group = gather((changes, reply), inbox, held, |work| match work {
                Work::Commit(changes, reply) => Found::More((changes, reply)),
                other => Found::Other(other),
            });
            let (group, replies): (Vec<_>, Vec<_>) = group.into_iter().unzip();
            for (reply, outcome) in replies.into_iter().zip(database.commit(&group)) {
                let _ = reply.send(outcome);
            }
        }
        Work::Purge(reply) => drop(reply.send(database.purge_expired())),
        Work::Look(look) => look(database),
    }
}

/// What was found behind the work under way.
enum Found<T> {
    /// More of its kind, which is done together with it.
    More(T),
    Other(Work),
}

/// What waits behind `first` and can be done together with it; the work behind that is held.
fn gather<T>(first: T, inbox: &Receiver<Work>, held: &mut Option<Work>, sort: impl Fn(Work) -> Found<T>) -> Vec<T> {
    let mut group = vec![first];
    while group.len() < GROUP && held.is_none() {
        let Ok(work) = inbox.try_recv() else { break };
        match sort(work) {
            Found::More(more) => group.push(more),
            Found::Other(other) => *held = Some(other),
        }
    }
    group
}

/// Each is answered as soon as it is read. They share a transaction, because to lock the file costs as much as to read it.
fn answer_reads(database: &mut Database, reads: Vec<Read>) {
    let begun = database.at_one_moment(|database| {
        for read in reads {
            // Those behind it are others' work, which a panic must not cost.
            drop(catch_unwind(AssertUnwindSafe(|| match read {
                Read::Get(keys, reply) => drop(reply.send(database.get(&keys))),
                Read::Query(query, reply) => drop(reply.send(database.query(&query))),
            })));
        }
    });
    // A transaction that cannot begin has dropped the replies with the reads, which says that they were not answered.
    drop(begun);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An inbox with so many purges.
    fn purges(count: usize) -> Receiver<Work> {
        let (sender, inbox) = channel();
        for _ in 0..count {
            sender.send(Work::Purge(tokio::sync::oneshot::channel().0)).unwrap();
        }
        inbox
    }

    #[test]
    fn a_group_has_its_limit_and_ends_where_other_work_comes() {
        let (inbox, mut held) = (purges(GROUP + 5), None);
        let group = gather((), &inbox, &mut held, |_| Found::More(()));
        assert_eq!((group.len(), held.is_some(), inbox.try_iter().count()), (GROUP, false, 6));
        let inbox = purges(3);
        let group = gather((), &inbox, &mut held, Found::Other);
        assert_eq!((group.len(), held.is_some(), inbox.try_iter().count()), (1, true, 2));
        let inbox = purges(3);
        let group = gather((), &inbox, &mut held, |_| Found::More(()));
        assert_eq!((group.len(), inbox.try_iter().count()), (1, 3), "what is held comes first");
    }
}
