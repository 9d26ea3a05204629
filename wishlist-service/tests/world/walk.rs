//! A walk: what is begun, what goes wrong, and who goes on, as a list of steps that a seed makes.
//!
//! A step names what it is about by a number that is taken modulo what is there, and has its own chance. So any step can be left
//! out and the others still say something: that is how the shortest walk is found.

use super::chance::Chance;

/// One step of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) action: Action,
    /// How often somebody goes on behind it.
    pub(crate) polls: u64,
    /// Who does, and whatever else the step leaves open.
    pub(crate) chance: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A person asks for something.
    Call {
        person: usize,
        deed: Deed,
        naming: Naming,
    },
    /// A named call is sent again, whatever has become of it.
    Resend(usize),
    /// A worker takes a message.
    Deliver {
        message: usize,
        hiding: Hiding,
    },
    /// A message of before is put back, whatever has become of it.
    Redrive(usize),
    Sweep,
    /// Seconds go by.
    Wait(u64),
    /// Whoever is at something is gone, and with them the rest of what they were about to do.
    Kill(usize),
    /// A process is gone, with all that it has in memory.
    KillProcess(usize),
    /// The clock of a process is put ahead or behind.
    Clock {
        process: usize,
        seconds: i64,
    },
    /// A call of the table goes wrong, behind so many others.
    Store(StoreFault, usize),
    /// A request below the table goes wrong, behind so many others: of DynamoDB alone.
    Wire(WireFault, usize),
    /// The next message that is sent is.
    Post(PostFault),
}

/// Whether a call has an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Named,
    Unnamed,
}

/// What becomes of a message that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hiding {
    /// It is not delivered again for a while.
    Hidden,
    /// It is delivered once more while the first worker is at it.
    Seen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    CreateList,
    RenameList,
    DeleteList,
    Add,
    AddSeveral,
    Edit,
    Remove,
    Move,
    Copy,
    Place,
    Receive,
    Restore,
    Refresh,
    Find,
    List,
    Lists,
    Prices,
    DeleteMe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreFault {
    /// It is refused before it had an effect.
    Before,
    /// Its reply is lost.
    After,
    /// It takes long, and then happens.
    Slow,
    /// It happens, and nobody hears of it any more.
    Hangs,
    /// The next ones are refused, too.
    Burst,
    /// A commit is told that it lost a race.
    Race,
    /// The index answers as it did before.
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireFault {
    Throttled,
    /// The request does not arrive.
    Lost,
    /// Its answer does not.
    ReplyLost,
    /// Another transaction has one of the records.
    Conflict,
    /// The service fails behind the effect.
    Broken,
    /// Of several keys some are passed over.
    Unprocessed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PostFault {
    Lost,
    Doubled,
    Late,
    Refused,
}

/// Which faults a walk has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faults {
    /// Those that every table can have.
    OfAnyTable,
    /// Those of the way to DynamoDB, too.
    OfTheWireToo,
}

/// Those who wish for things.
pub(crate) const PEOPLE: usize = 2;

/// Two servers, two workers and a sweeper.
pub(crate) const PROCESSES: usize = 5;

/// What a step does, apart from with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Call,
    Resend,
    Deliver,
    Redrive,
    Sweep,
    Wait,
    Kill,
    KillProcess,
    Clock,
    Store,
    Wire,
    Post,
}

/// Choices, each as often as its weight says.
type Weighted<T> = &'static [(u64, T)];

const WORK: Weighted<Kind> = &[(44, Kind::Call), (15, Kind::Deliver), (5, Kind::Sweep), (8, Kind::Wait)];

#[rustfmt::skip]
const TROUBLE: Weighted<Kind> = &[
    (4, Kind::Resend), (2, Kind::Redrive), (3, Kind::Kill), (1, Kind::KillProcess), (3, Kind::Clock), (5, Kind::Post), (5, Kind::Store),
    (5, Kind::Wire),
];

#[rustfmt::skip]
const DEEDS: Weighted<Deed> = &[
    (4, Deed::CreateList), (4, Deed::RenameList), (2, Deed::DeleteList), (22, Deed::Add), (4, Deed::AddSeveral), (14, Deed::Edit),
    (5, Deed::Remove), (6, Deed::Move), (5, Deed::Copy), (5, Deed::Place), (3, Deed::Receive), (3, Deed::Restore), (12, Deed::Refresh),
    (4, Deed::Find), (7, Deed::List), (3, Deed::Lists), (3, Deed::Prices), (1, Deed::DeleteMe),
];

#[rustfmt::skip]
const STORE_FAULTS: Weighted<StoreFault> = &[
    (3, StoreFault::Before), (5, StoreFault::After), (2, StoreFault::Slow), (1, StoreFault::Hangs), (2, StoreFault::Burst),
    (3, StoreFault::Race), (2, StoreFault::Stale),
];

#[rustfmt::skip]
const WIRE_FAULTS: Weighted<WireFault> = &[
    (2, WireFault::Throttled), (2, WireFault::Lost), (5, WireFault::ReplyLost), (2, WireFault::Conflict), (2, WireFault::Broken),
    (2, WireFault::Unprocessed),
];

#[rustfmt::skip]
const POST_FAULTS: Weighted<PostFault> =
    &[(2, PostFault::Lost), (2, PostFault::Doubled), (1, PostFault::Late), (1, PostFault::Refused)];

/// Seconds that go by: less than a pause, than a lease, more than one, than a page is fresh, than a clock is wrong.
const WAITS: Weighted<u64> = &[(3, 1), (3, 10), (4, 100), (6, 1000), (1, 3700)];

const CLOCKS: Weighted<i64> = &[(2, 3600), (2, -3600), (2, 45), (2, -45), (1, 0)];

/// What is done in one world, and how often. A world in which everything happens hardly ever has the same thing happen thrice, and most
/// of what goes wrong needs little that happens often: so each leaves some of it out and does more of the rest
/// (swarm testing, Groce and others, ISSTA 2012).
struct Habits {
    people: usize,
    polls: u64,
    kinds: Vec<(u64, Kind)>,
    deeds: Vec<(u64, Deed)>,
    store_faults: Vec<(u64, StoreFault)>,
    waits: Vec<(u64, u64)>,
}

impl Habits {
    fn of(chance: &mut Chance, faults: Faults) -> Self {
        let is_there = |(_, kind): &(u64, Kind)| faults == Faults::OfTheWireToo || *kind != Kind::Wire;
        let mut kinds = some_of(WORK, [1, 2, 4], chance);
        kinds.extend(some_of(TROUBLE, [0, 1, 4], chance).into_iter().filter(is_there));
        let mut deeds = some_of(DEEDS, [0, 1, 4], chance);
        // Without items nothing happens at all.
        deeds.push((8, Deed::Add));
        Self {
            people: 1 + chance.place(PEOPLE),
            polls: [6, 24, 24, 60][chance.place(4)],
            kinds,
            deeds,
            store_faults: some_of(STORE_FAULTS, [1, 1, 6], chance),
            waits: some_of(WAITS, [1, 1, 6], chance),
        }
    }

    fn action(&self, chance: &mut Chance) -> Action {
        let any = |chance: &mut Chance| chance.place(1 << 16);
        let behind = |chance: &mut Chance| chance.place(12);
        match chance.weighted(&self.kinds) {
            Kind::Call => {
                let (person, deed) = (chance.place(self.people), chance.weighted(&self.deeds));
                Action::Call { person, deed, naming: naming(chance) }
            }
            Kind::Resend => Action::Resend(any(chance)),
            Kind::Deliver => Action::Deliver { message: any(chance), hiding: hiding(chance) },
            Kind::Redrive => Action::Redrive(any(chance)),
            Kind::Sweep => Action::Sweep,
            Kind::Wait => Action::Wait(chance.weighted(&self.waits)),
            Kind::Kill => Action::Kill(any(chance)),
            Kind::KillProcess => Action::KillProcess(chance.place(PROCESSES)),
            Kind::Clock => Action::Clock { process: chance.place(PROCESSES), seconds: chance.weighted(CLOCKS) },
            Kind::Store => Action::Store(chance.weighted(&self.store_faults), behind(chance)),
            Kind::Wire => Action::Wire(chance.weighted(WIRE_FAULTS), behind(chance)),
            Kind::Post => Action::Post(chance.weighted(POST_FAULTS)),
        }
    }
}

/// The choices with each weight times one of these.
fn some_of<T: Copy>(choices: &[(u64, T)], times: [u64; 3], chance: &mut Chance) -> Vec<(u64, T)> {
    choices.iter().map(|(weight, choice)| (weight * times[chance.place(3)], *choice)).collect()
}

/// The steps of this seed.
pub(crate) fn walk(seed: u64, faults: Faults) -> Vec<Step> {
    let mut chance = Chance::new(!seed);
    let habits = Habits::of(&mut chance, faults);
    let length = 25 + chance.place(30);
    let mut steps = Vec::with_capacity(length + PEOPLE * 3);
    // Two lists, or nothing would ever be moved.
    for deed in [Deed::CreateList, Deed::CreateList, Deed::Add] {
        for person in 0..PEOPLE {
            steps.push(Action::Call { person, deed, naming: naming(&mut chance) });
        }
    }
    steps.extend((0..length).map(|_| habits.action(&mut chance)).collect::<Vec<_>>());
    let step = |action| Step { action, polls: chance.below(habits.polls), chance: chance.below(u64::MAX) };
    steps.into_iter().map(step).collect()
}

fn naming(chance: &mut Chance) -> Naming {
    if chance.once_in(2) { Naming::Named } else { Naming::Unnamed }
}

fn hiding(chance: &mut Chance) -> Hiding {
    if chance.once_in(6) { Hiding::Seen } else { Hiding::Hidden }
}
