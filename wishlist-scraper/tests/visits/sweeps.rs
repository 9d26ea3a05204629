//! Backlogs, and a queue or a table that fails, hangs or is slow while they are swept.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use tracing::Dispatch;
use wishlist_core::clock::{Clock, ManualClock, SeededRandom, Timestamp};
use wishlist_core::ids::JobId;
use wishlist_core::operations::{Engine, Job, JobWork};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Partition, Query, Record, Table, Transaction, keys};
use wishlist_core::{Error, Kind, Result};
use wishlist_scraper::{sweep, sweep_once, sweep_until};

use crate::world::{self as visits, KETTLE, kettle};

/// As long as a request of DynamoDB or of SQS takes on a slow day.
const LATENCY: Duration = Duration::from_millis(10);

/// What the queue does with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Takes,
    TakesEverySecond,
    TakesFirst(usize),
    Fails,
    Hangs,
}

#[derive(Debug)]
struct MoodyQueue {
    mood: Mutex<Mood>,
    taken: Mutex<Vec<Message>>,
}

#[async_trait]
impl Queue for MoodyQueue {
    async fn send(&self, _: Message, _: Duration) -> Result<()> {
        unreachable!("a sweep sends several messages at once")
    }

    async fn send_all(&self, messages: Vec<Message>) -> Vec<Result<()>> {
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Hangs {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(LATENCY).await;
        let mut taken = self.taken.lock().unwrap();
        let mut answers = Vec::new();
        for (nth, message) in messages.into_iter().enumerate() {
            let answer = match mood {
                Mood::TakesEverySecond if nth % 2 == 1 => Err(Error::new(Kind::Unavailable, "no answer")),
                Mood::Fails => Err(Error::new(Kind::Unavailable, "no answer")),
                Mood::TakesFirst(room) if taken.len() >= room => Err(Error::new(Kind::RateLimited, "full")),
                _ => {
                    taken.push(message);
                    Ok(())
                }
            };
            answers.push(answer);
        }
        answers
    }
}

/// What a table does not do.
#[derive(Debug)]
enum Fault {
    /// It does not read this shard of the index.
    Shard(u8),
    /// It does not read this record, nor any together with it.
    Record(Key),
    /// It reads no record at all.
    Records(Kind),
    /// It writes nothing.
    Commits(Kind),
}

/// A table each of whose calls takes a while, and may fail.
#[derive(Debug)]
struct SlowTable {
    inner: EmbeddedTable,
    fault: Mutex<Option<Fault>>,
    gets: AtomicUsize,
}

impl SlowTable {
    /// The table's own thread is nothing that paused time waits for; a blocking task is.
    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        let (end, ended) = channel::<()>();
        let hold = tokio::task::spawn_blocking(move || ended.recv().is_ok());
        let answer = call.await;
        drop(end);
        hold.await.unwrap();
        tokio::time::sleep(LATENCY).await;
        answer
    }
}

#[async_trait]
impl Table for SlowTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        let refused = match &*self.fault.lock().unwrap() {
            Some(Fault::Record(key)) if keys.contains(key) => Some(Kind::Internal),
            Some(Fault::Records(kind)) => Some(*kind),
            _ => None,
        };
        if let Some(kind) = refused {
            return Err(Error::new(kind, "this record is not read"));
        }
        self.call(self.inner.get(keys)).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        let unreadable = match *self.fault.lock().unwrap() {
            Some(Fault::Shard(shard)) => Some(keys::due_shard(shard)),
            _ => None,
        };
        if matches!(&query.partition, Partition::Due(pk) if Some(pk) == unreadable.as_ref()) {
            return Err(Error::new(Kind::Unavailable, "this shard does not answer"));
        }
        self.call(self.inner.query(query)).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let refused = match *self.fault.lock().unwrap() {
            Some(Fault::Commits(kind)) => Some(kind),
            _ => None,
        };
        if let Some(kind) = refused {
            return Err(Error::new(kind, "this is not written"));
        }
        self.call(self.inner.commit(changes)).await
    }
}

struct World {
    engine: Engine,
    table: Arc<SlowTable>,
    queue: Arc<MoodyQueue>,
}

impl World {
    /// So many jobs that are due.
    async fn with_due(jobs: usize) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let inner = EmbeddedTable::in_memory(clock.clone()).unwrap();
        let table = Arc::new(SlowTable { inner, fault: Mutex::default(), gets: AtomicUsize::new(0) });
        let queue = Arc::new(MoodyQueue { mood: Mutex::new(Mood::Takes), taken: Mutex::default() });
        let engine = Engine::new(table.clone(), queue.clone(), clock.clone(), Arc::new(SeededRandom::new(1)));
        let due = clock.now();
        clock.advance(Duration::from_secs(1));
        for start in (0..jobs).step_by(100) {
            let mut transaction = Transaction::new(engine.ids());
            for _ in start..jobs.min(start + 100) {
                let work = JobWork::DeleteWishlist { wishlist_id: engine.ids().mint() };
                transaction.create(&Job { id: engine.ids().mint(), work, due, created_at: due }).unwrap();
            }
            transaction.commit(&*table).await.unwrap();
        }
        Self { engine, table, queue }
    }

    fn fault(&self, fault: impl Into<Option<Fault>>) {
        *self.table.fault.lock().unwrap() = fault.into();
    }

    fn mood(&self, mood: Mood) {
        *self.queue.mood.lock().unwrap() = mood;
    }

    /// How many messages were taken since the last look, each for another job.
    fn taken(&self) -> usize {
        let taken = std::mem::take(&mut *self.queue.taken.lock().unwrap());
        let jobs: BTreeSet<JobId> = taken.iter().map(job).collect();
        assert_eq!(jobs.len(), taken.len(), "a job was sent twice");
        taken.len()
    }
}

fn job(message: &Message) -> JobId {
    let Message::Job { job_id } = message else { panic!("{message:?}") };
    *job_id
}

/// `docs/scaling.md` and `xtask simulate` reckon with these.
#[tokio::test]
async fn a_first_visit_is_seven_writes_of_the_index_and_a_refresh_six() {
    let world = visits::World::new([kettle(), kettle()]).await;
    world.table.index_writes();
    let item = world.add(KETTLE).await;
    assert_eq!(world.table.index_writes(), 1, "the item is put");
    world.visit(item).await;
    assert_eq!(world.table.index_writes(), 6, "its lease moves it, its end removes it; the page is put and moved");
    world.until_page_is_due().await;
    assert_eq!(world.table.index_writes(), 2, "the sweep moves the page");
    world.refresh().await;
    assert_eq!(world.table.index_writes(), 4, "the lease moves it, and so does the end");
    let another = world.add(KETTLE).await;
    world.visit(another).await;
    assert_eq!(world.table.index_writes(), 2, "what another's visit answers is put and removed");
}

#[tokio::test(start_paused = true)]
async fn one_sweep_sends_all_that_is_due_and_waits_for_many_requests_at_once() {
    let world = World::with_due(6000).await;
    let began_at = Instant::now();
    assert_eq!(sweep(&world.engine).await.unwrap(), 6000);
    let took = began_at.elapsed();
    assert_eq!((world.taken(), sweep(&world.engine).await.unwrap()), (6000, 0));
    assert!(took < Duration::from_millis(2400), "2,500 records a second were to be swept: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_sweep_ends_in_time_and_the_next_goes_on() {
    let world = World::with_due(6000).await;
    let began_at = Instant::now();
    let sent = sweep_until(&world.engine, Some(began_at + Duration::from_millis(500))).await.unwrap();
    assert_eq!(began_at.elapsed().as_millis() / 10, 50);
    // The last pages were sent, and not all of their records put off: those are sent again.
    let (taken, again) = (world.taken(), sweep(&world.engine).await.unwrap());
    assert_eq!(sent, taken);
    assert!((1000..3000).contains(&sent) && (6000..6000 + 8 * 100).contains(&(sent + again)), "{sent} {again}");
    assert_eq!(sweep(&world.engine).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_hanging_queue_has_is_not_sent_and_stays_due() {
    let world = World::with_due(300).await;
    world.mood(Mood::Hangs);
    let began_at = Instant::now();
    let error = sweep_until(&world.engine, Some(began_at + Duration::from_secs(50))).await.unwrap_err();
    assert_eq!((error.kind(), began_at.elapsed().as_secs()), (Kind::Unavailable, 20));
    let soon = Some(Instant::now() + Duration::from_secs(2));
    assert_eq!((sweep_until(&world.engine, soon).await.unwrap(), world.taken()), (0, 0));
    assert_eq!(began_at.elapsed().as_secs(), 22);
    world.mood(Mood::Takes);
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (300, 300));
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_queue_refused_stays_due() {
    let world = World::with_due(300).await;
    world.mood(Mood::Fails);
    assert_eq!(sweep(&world.engine).await.unwrap_err().kind(), Kind::Unavailable);
    world.mood(Mood::TakesEverySecond);
    assert_eq!(sweep(&world.engine).await.unwrap_err().to_string(), "no answer");
    let taken = world.queue.taken.lock().unwrap().len();
    assert!((140..=170).contains(&taken), "{taken}");
    world.mood(Mood::Takes);
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (300 - taken, 300));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_ends_a_sweep_without_a_fault() {
    let world = World::with_due(300).await;
    world.mood(Mood::TakesFirst(40));
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (40, 40));
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (40, 40));
    world.mood(Mood::Takes);
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (220, 220));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_leaves_the_others_to_be_swept() {
    let world = World::with_due(400).await;
    world.fault(Fault::Shard(3));
    assert_eq!(sweep(&world.engine).await.unwrap_err().to_string(), "this shard does not answer");
    let others = world.taken();
    world.fault(None);
    let rest = sweep(&world.engine).await.unwrap();
    assert!(rest > 0 && others + rest == 400, "{others} {rest}");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_table_cannot_read_leaves_the_others_to_be_swept() {
    let world = World::with_due(400).await;
    let first = world.table.inner.query(&Query::due(3, world.engine.clock().now())).await.unwrap().items.remove(0);
    world.fault(Fault::Record(first.key));
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (399, 399));
    world.fault(None);
    assert_eq!((sweep(&world.engine).await.unwrap(), world.taken()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_table_that_reads_nothing_is_told_and_is_asked_again_only_where_a_record_may_be_the_cause() {
    let world = World::with_due(400).await;
    for (kind, gets) in
        [(Kind::Unavailable, keys::DUE_SHARDS.into()), (Kind::Internal, usize::from(keys::DUE_SHARDS) + 400)]
    {
        world.fault(Fault::Records(kind));
        let before = world.table.gets.load(Ordering::Relaxed);
        assert_eq!(sweep(&world.engine).await.unwrap_err().kind(), kind);
        assert_eq!(world.table.gets.load(Ordering::Relaxed) - before, gets, "{kind:?}");
    }
}

/// Beside one subscriber alone, what a line's place is asked for is remembered of whichever test comes there first, and most
/// tests have no subscriber.
static ANOTHER: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish()));

/// Sweeps once, and answers what was logged: the level of each line, and what it says.
async fn logged(world: &World, until: Option<Instant>) -> Vec<(String, String)> {
    LazyLock::force(&ANOTHER);
    let (reader, writer) = io::pipe().unwrap();
    let reading = std::thread::spawn(move || io::read_to_string(reader));
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(Arc::new(writer)).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    drop(sweep_once(&world.engine, until).await);
    drop(listening);
    let lines = reading.join().unwrap().unwrap();
    let parsed = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    parsed
        .map(|line| (line["level"].as_str().unwrap().to_owned(), format!("{} {}", line["message"], line["sent"])))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_how_a_sweep_ended_and_nothing_of_one_that_found_nothing() {
    let world = World::with_due(300).await;
    let says = |level: &str, message: &str, sent: &str| (level.to_owned(), format!("\"{message}\" {sent}"));
    world.mood(Mood::TakesFirst(40));
    let full = "the queue is full; what is still due is left to the next sweep";
    assert_eq!(logged(&world, None).await, [says("WARN", full, "40"), says("INFO", "sweep", "40")]);
    let up = "the time of a sweep was up; what is still due is left to the next";
    assert_eq!(logged(&world, Some(Instant::now())).await, [says("WARN", up, "0")]);
    world.mood(Mood::Fails);
    assert_eq!(logged(&world, None).await, [says("ERROR", "sweep", "0")]);
    world.mood(Mood::Takes);
    assert_eq!(logged(&world, None).await, [says("INFO", "sweep", "260")]);
    assert_eq!(logged(&world, None).await, []);
    let world = World::with_due(1).await;
    world.fault(Fault::Commits(Kind::Conflict));
    assert_eq!(logged(&world, None).await, [says("INFO", "sweep", "1")], "another sweeper was quicker");
    let world = World::with_due(1).await;
    world.fault(Fault::Commits(Kind::Unavailable));
    let left = says("WARN", "what is due was not taken up for now", "null");
    assert_eq!(logged(&world, None).await, [left, says("INFO", "sweep", "1")]);
    world.fault(None);
    assert_eq!(sweep(&world.engine).await.unwrap(), 1, "what was not written is still due");
}
