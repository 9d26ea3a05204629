//! One world: its processes, and a walk through it, step by step on one thread in paused time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use wishlist_core::clock::SeededRandom;
use wishlist_core::model::Viewer;
use wishlist_core::operations::Engine;
use wishlist_core::{Error, Kind, Result};
use wishlist_scraper::{Politeness, Visitor, handle, sweep};

use super::chance::Chance;
use super::deeds::{NAMES, Request};
use super::invariants::{Broken, Invariant};
use super::journal::Journal;
use super::judge::{Attempt, judge};
use super::memory::{Call, Memory};
use super::post::Post;
use super::stage::Stage;
use super::store::{Bottom, Mishaps, Sabotage, WorldTable};
use super::time::WorldClock;
use super::walk::{Action, Hiding, Naming, PROCESSES, Step, WireFault};
use super::web::Web;

/// Servers are the first two processes, workers the next two; the last one sweeps.
const WORKERS: usize = 2;
pub(crate) const SWEEPER: usize = 4;

/// What a world stands on.
pub(crate) struct Ground {
    pub(crate) table: Arc<dyn Bottom>,
    /// Arms a fault of the way to the table, where there is a way.
    pub(crate) wire: Box<dyn Fn(WireFault, usize)>,
    /// Ends those faults.
    pub(crate) mend: Box<dyn Fn()>,
}

/// What somebody on the stage is at.
#[derive(Clone, Copy, Debug)]
enum Task {
    Call(Attempt),
    Delivery(usize),
    Sweep,
}

/// What somebody came to.
pub(crate) enum Ended {
    Called(Result<Value>),
    Handled(Result<()>),
    Swept(Result<usize>),
}

pub(crate) struct World {
    seed: u64,
    pub(crate) ground: Ground,
    pub(crate) journal: Arc<Journal>,
    pub(crate) mishaps: Arc<Mishaps>,
    pub(crate) post: Arc<Post>,
    pub(crate) web: Arc<Web>,
    pub(crate) memory: Memory,
    pub(crate) clocks: Vec<Arc<WorldClock>>,
    engines: Vec<Engine>,
    table: Arc<WorldTable>,
    stage: Stage<Ended>,
    tasks: BTreeMap<usize, Task>,
    lives: u64,
    pub(crate) steps: usize,
}

impl World {
    pub(crate) fn new(seed: u64, ground: Ground, begun: Instant, sabotage: Sabotage) -> Self {
        let (journal, mishaps) = (Arc::<Journal>::default(), Arc::<Mishaps>::default());
        let answered = std::sync::Mutex::default();
        let (bottom, noted, armed) = (ground.table.clone(), journal.clone(), mishaps.clone());
        let table = Arc::new(WorldTable { bottom, journal: noted, mishaps: armed, sabotage, answered });
        let mut world = Self {
            seed,
            ground,
            journal,
            mishaps,
            post: Arc::default(),
            web: Arc::new(Web::new(seed)),
            memory: Memory::default(),
            clocks: (0..PROCESSES).map(|_| WorldClock::new(begun)).collect(),
            engines: Vec::new(),
            table,
            stage: Stage::new(),
            tasks: BTreeMap::new(),
            lives: 0,
            steps: 0,
        };
        world.engines = (0..PROCESSES).map(|process| world.engine(process)).collect();
        world
    }

    /// The engine of a process that starts.
    fn engine(&mut self, process: usize) -> Engine {
        self.lives += 1;
        let random = Arc::new(SeededRandom::new(self.seed ^ (self.lives << 40)));
        Engine::new(self.table.clone(), self.post.clone(), self.clocks[process].clone(), random)
    }

    /// Walks; the first invariant that does not hold ends it.
    pub(crate) async fn walk(&mut self, steps: &[Step]) -> Result<(), Broken> {
        for step in steps {
            let mut chance = Chance::new(step.chance);
            self.act(step.action, &mut chance).await;
            self.go_on(step.polls, &mut chance);
            self.steps += 1;
            self.holds()?;
        }
        Ok(())
    }

    /// Whether every invariant has held so far.
    pub(crate) fn holds(&self) -> Result<(), Broken> {
        self.journal.notes().broken.clone().map_or(Ok(()), Err)
    }

    async fn act(&mut self, action: Action, chance: &mut Chance) {
        match action {
            Action::Call { person, deed, naming } => {
                let number = self.memory.calls.len();
                if let Some(request) = Request::of(deed, person, number, &self.memory, chance) {
                    self.call(person, request, naming, chance);
                }
            }
            Action::Resend(chosen) => self.resend(chosen, chance),
            Action::Deliver { message, hiding } => drop(self.deliver(message, hiding, chance.place(WORKERS))),
            Action::Redrive(chosen) => self.post.redrive(chosen),
            Action::Sweep => self.sweep(),
            Action::Wait(seconds) => self.wait(Duration::from_secs(seconds), chance).await,
            Action::Kill(chosen) => {
                if let Some(place) = chosen.checked_rem(self.stage.actors.len()) {
                    self.kill(place);
                }
            }
            Action::KillProcess(process) => self.kill_process(process),
            Action::Clock { process, seconds } => self.clocks[process].put_ahead(seconds),
            Action::Store(fault, behind) => self.mishaps.arm(fault, behind),
            Action::Wire(fault, behind) => (self.ground.wire)(fault, behind),
            Action::Post(fault) => self.post.arm(fault),
        }
    }

    fn call(&mut self, person: usize, request: Request, naming: Naming, chance: &mut Chance) {
        let number = self.memory.calls.len();
        let is_named = naming == Naming::Named && request.can_be_named();
        // Everybody counts their own: names of one person are those of the other, too.
        let nth = self.memory.calls.iter().filter(|call| call.person == person).count();
        let key = is_named.then(|| format!("call-{nth}").parse().expect("a key"));
        let (begun, begun_at) = (self.tick(), Instant::now());
        self.memory.calls.push(Call { person, request, key, begun, begun_at, under_way: 0, answer: None });
        self.send(number, chance);
    }

    fn resend(&mut self, chosen: usize, chance: &mut Chance) {
        // A name is good for a day, and clocks may be an hour wrong.
        let is_good = |call: &Call| call.key.is_some() && call.begun_at.elapsed() < Duration::from_hours(20);
        let named: Vec<_> = (0..self.memory.calls.len()).filter(|call| is_good(&self.memory.calls[*call])).collect();
        if let Some(place) = chosen.checked_rem(named.len()) {
            self.send(named[place], chance);
        }
    }

    fn send(&mut self, number: usize, chance: &mut Chance) {
        let begun = self.tick();
        self.memory.begin(number, begun);
        let Call { person, request, key, .. } = &self.memory.calls[number];
        let viewer = Viewer { user: NAMES[*person].parse().expect("a user") };
        let process = chance.place(2);
        let calling = request.clone().make(self.engines[process].clone(), viewer, key.clone());
        let name = self.stage.enter(process, async move { Ended::Called(calling.await) });
        self.tasks.insert(name, Task::Call(Attempt { call: number, begun }));
    }

    pub(crate) fn deliver(&mut self, chosen: usize, hiding: Hiding, worker: usize) -> bool {
        let Some((parcel, message)) = self.post.take(chosen, hiding) else { return false };
        let process = WORKERS + worker;
        let visitor = Visitor::new(self.engines[process].clone(), self.web.clone(), Politeness::default());
        let name = self.stage.enter(process, async move { Ended::Handled(handle(visitor, message).await) });
        self.tasks.insert(name, Task::Delivery(parcel));
        true
    }

    pub(crate) fn sweep(&mut self) {
        let engine = self.engines[SWEEPER].clone();
        let name = self.stage.enter(SWEEPER, async move { Ended::Swept(sweep(&engine).await) });
        self.tasks.insert(name, Task::Sweep);
    }

    fn tick(&self) -> u64 {
        let mut notes = self.journal.notes();
        notes.tick += 1;
        notes.tick
    }

    /// So many times somebody goes on who can.
    fn go_on(&mut self, polls: u64, chance: &mut Chance) {
        for _ in 0..polls {
            let awake = self.stage.awake();
            if awake.is_empty() {
                return;
            }
            self.poll(awake[chance.place(awake.len())]);
        }
    }

    fn poll(&mut self, place: usize) {
        let name = self.stage.actors[place].name;
        let task = self.tasks[&name];
        self.tick();
        self.journal.notes().at = if let Task::Call(Attempt { call, .. }) = task { Some(call) } else { None };
        let ended = self.stage.poll(place);
        self.journal.notes().at = None;
        if let Some(ended) = ended {
            self.tasks.remove(&name);
            self.end(name, task, ended);
        }
    }

    fn end(&mut self, name: usize, task: Task, ended: Ended) {
        let told = match (task, ended) {
            (Task::Call(attempt), Ended::Called(answer)) => {
                self.tick();
                judge(&mut self.memory, &self.journal, attempt, &answer);
                let answer = answer.map_or_else(|error| format!("{:?}", error.kind()), |answer| answer.to_string());
                format!("call {}: {answer}", attempt.call)
            }
            (Task::Delivery(parcel), Ended::Handled(handled)) => {
                match &handled {
                    Ok(()) => self.post.acknowledge(parcel),
                    Err(_) => self.post.give_back(parcel),
                }
                format!("message {parcel}: {:?}", handled.map_err(|error| self.kind_of(&error)))
            }
            (_, Ended::Swept(swept)) => format!("sweep: {:?}", swept.map_err(|error| self.kind_of(&error))),
            _ => "nothing".to_owned(),
        };
        self.journal.tell(format!("{name} {told}"));
    }

    /// The kind of what went wrong for a worker or the sweeper, which no fault of the world makes a fault of the program.
    fn kind_of(&self, error: &Error) -> Kind {
        if error.kind() == Kind::Internal {
            self.journal.broken(Invariant::NoFaultOfTheProgram, error.chain());
        }
        error.kind()
    }

    /// Lets time go by, and everybody go on who can meanwhile.
    pub(crate) async fn wait(&mut self, time: Duration, chance: &mut Chance) {
        let (end, any) = (Instant::now() + time, self.stage.any());
        loop {
            self.go_on(10_000, chance);
            if timeout_at(end, any.notified()).await.is_err() {
                return;
            }
        }
    }

    /// Lets everybody come to an end, and kills those who have not within a minute.
    pub(crate) async fn finish(&mut self, chance: &mut Chance) {
        let end = Instant::now() + Duration::from_mins(1);
        while !self.stage.actors.is_empty() && Instant::now() < end {
            self.wait_for_one(end, chance).await;
        }
        while !self.stage.actors.is_empty() {
            self.kill(0);
        }
    }

    async fn wait_for_one(&mut self, end: Instant, chance: &mut Chance) {
        self.go_on(10_000, chance);
        if !self.stage.actors.is_empty() {
            let any = self.stage.any();
            drop(timeout_at(end, any.notified()).await);
        }
    }

    fn kill(&mut self, place: usize) {
        let actor = self.stage.actors.remove(place);
        let now = self.tick();
        self.journal.tell(format!("{} is gone", actor.name));
        if let Some(Task::Call(attempt)) = self.tasks.remove(&actor.name) {
            self.memory.leave(attempt.call, now);
        }
    }

    fn kill_process(&mut self, process: usize) {
        while let Some(place) = self.stage.actors.iter().position(|actor| actor.process == process) {
            self.kill(place);
        }
        self.engines[process] = self.engine(process);
    }
}
