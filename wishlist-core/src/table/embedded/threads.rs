//! The threads that own the connections: SQLite blocks, and an async caller must not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::database::Database;
use crate::error::{Error, Kind, Result};
use crate::table::{Change, Key, Page, Query, Record};

/// Commits of one group, at most: bounds how long the first of them waits for the last.
const GROUP: usize = 64;

pub(super) type Reply<T> = tokio::sync::oneshot::Sender<Result<T>>;

pub(super) enum Work {
    Get(Vec<Key>, Reply<Vec<Option<Record>>>),
    Query(Query, Reply<Page<Record>>),
    Commit(Vec<Change>, Reply<()>),
    Purge(Reply<usize>),
    /// Reads in a way of its own.
    Look(Box<dyn FnOnce(&mut Database) + Send>),
}

/// Channels to the threads. Without readers everything is done by the writer, in the order it came.
pub(super) struct Threads {
    writer: Option<Sender<Work>>,
    readers: Vec<Sender<Work>>,
    turn: AtomicUsize,
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
        Ok(Self { writer: Some(writer), readers, turn: AtomicUsize::new(0), handles })
    }

    /// Hands work over. Where a thread is gone the reply is dropped with the work, and its waiter learns so.
    pub(super) fn send(&self, work: Work) {
        let reads = matches!(work, Work::Get(..) | Work::Query(..) | Work::Look(..));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let reader = turn.checked_rem(self.readers.len()).and_then(|turn| self.readers.get(turn)).filter(|_| reads);
        if let Some(sender) = reader.or(self.writer.as_ref()) {
            let _ = sender.send(work);
        }
    }
}

impl Drop for Threads {
    /// Waits for the threads, so that the last connection leaves a file without a log beside it.
    fn drop(&mut self) {
        self.writer = None;
        self.readers.clear();
        for handle in self.handles.drain(..) {
            let _ = handle.join();
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
        Work::Get(keys, reply) => drop(reply.send(database.get(&keys))),
        Work::Query(query, reply) => drop(reply.send(database.query(&query))),
        Work::Purge(reply) => drop(reply.send(database.purge_expired())),
        Work::Look(look) => look(database),
        Work::Commit(changes, reply) => {
            let (mut group, mut replies) = (vec![changes], vec![reply]);
            while group.len() < GROUP && held.is_none() {
                match inbox.try_recv() {
                    Ok(Work::Commit(changes, reply)) => {
                        group.push(changes);
                        replies.push(reply);
                    }
                    Ok(other) => *held = Some(other),
                    Err(_) => break,
                }
            }
            for (reply, outcome) in replies.into_iter().zip(database.commit(&group)) {
                let _ = reply.send(outcome);
            }
        }
    }
}
