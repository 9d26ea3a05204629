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
        is_named: bool,
    },
    /// A named call is sent again, whatever has become of it.
    Resend(usize),
    /// A worker takes a message; one that is kept is delivered once more while the first worker is at it.
    Deliver {
        message: usize,
        is_kept: bool,
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

/// The steps of this seed.
pub(crate) fn walk(seed: u64, faults: Faults) -> Vec<Step> {
    let mut chance = Chance::new(!seed);
    let length = 25 + chance.place(30);
    let mut steps = Vec::with_capacity(length + PEOPLE * 2);
    for person in 0..PEOPLE {
        steps.push(Action::Call { person, deed: Deed::CreateList, is_named: chance.once_in(2) });
    }
    for person in 0..PEOPLE {
        steps.push(Action::Call { person, deed: Deed::Add, is_named: chance.once_in(2) });
    }
    steps.extend((0..length).map(|_| action(&mut chance, faults)).collect::<Vec<_>>());
    let step = |action| Step { action, polls: chance.below(24), chance: chance.below(u64::MAX) };
    steps.into_iter().map(step).collect()
}

fn action(chance: &mut Chance, faults: Faults) -> Action {
    let any = |chance: &mut Chance| chance.place(1 << 16);
    match chance.below(100) {
        0..=43 => Action::Call { person: chance.place(PEOPLE), deed: deed(chance), is_named: chance.once_in(2) },
        44..=47 => Action::Resend(any(chance)),
        48..=62 => Action::Deliver { message: any(chance), is_kept: chance.once_in(6) },
        63..=64 => Action::Redrive(any(chance)),
        65..=69 => Action::Sweep,
        70..=77 => Action::Wait(chance.weighted(&[(5, 1), (4, 10), (4, 100), (3, 1000), (1, 3700)])),
        78..=80 => Action::Kill(any(chance)),
        81 => Action::KillProcess(chance.place(PROCESSES)),
        82..=84 => {
            let seconds = chance.weighted(&[(2, 3600), (2, -3600), (2, 45), (2, -45), (1, 0)]);
            Action::Clock { process: chance.place(PROCESSES), seconds }
        }
        85..=89 => Action::Post(chance.weighted(&[
            (2, PostFault::Lost),
            (2, PostFault::Doubled),
            (1, PostFault::Late),
            (1, PostFault::Refused),
        ])),
        90..=94 if faults == Faults::OfTheWireToo => Action::Wire(wire_fault(chance), chance.place(12)),
        _ => Action::Store(store_fault(chance), chance.place(12)),
    }
}

fn deed(chance: &mut Chance) -> Deed {
    chance.weighted(&[
        (4, Deed::CreateList),
        (4, Deed::RenameList),
        (2, Deed::DeleteList),
        (22, Deed::Add),
        (4, Deed::AddSeveral),
        (14, Deed::Edit),
        (5, Deed::Remove),
        (6, Deed::Move),
        (5, Deed::Copy),
        (5, Deed::Place),
        (3, Deed::Receive),
        (3, Deed::Restore),
        (12, Deed::Refresh),
        (4, Deed::Find),
        (7, Deed::List),
        (3, Deed::Prices),
        (1, Deed::DeleteMe),
    ])
}

fn store_fault(chance: &mut Chance) -> StoreFault {
    chance.weighted(&[
        (3, StoreFault::Before),
        (5, StoreFault::After),
        (2, StoreFault::Slow),
        (1, StoreFault::Hangs),
        (2, StoreFault::Burst),
        (3, StoreFault::Race),
        (2, StoreFault::Stale),
    ])
}

fn wire_fault(chance: &mut Chance) -> WireFault {
    chance.weighted(&[
        (2, WireFault::Throttled),
        (2, WireFault::Lost),
        (5, WireFault::ReplyLost),
        (2, WireFault::Conflict),
        (2, WireFault::Broken),
        (2, WireFault::Unprocessed),
    ])
}
