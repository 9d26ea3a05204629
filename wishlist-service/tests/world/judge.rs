//! Each answer of a call, held against what its caller knows.

use std::collections::BTreeSet;

use serde_json::Value;
use wishlist_core::ids::ItemId;
use wishlist_core::model::{Item, Wishlist};
use wishlist_core::{Error, Kind};

use super::deeds::Request;
use super::invariants::Invariant;
use super::journal::Journal;
use super::memory::{KnownItem, Memory, made, text_of};

/// An attempt at a call that has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) call: usize,
    pub(crate) begun: u64,
}

/// Judges an answer, and remembers it.
pub(crate) fn judge(memory: &mut Memory, journal: &Journal, attempt: Attempt, answer: &Result<Value, Error>) {
    let (now, number) = (journal.notes().tick, attempt.call);
    memory.leave(number, now);
    revocation(memory, journal, attempt, answer);
    match answer {
        Ok(answer) => {
            let before = memory.calls[number].answer.clone();
            if let Some(before) = before.filter(|before| before != answer) {
                let what = format!("call {number} was answered `{before}` and then `{answer}`");
                journal.broken(Invariant::OneEffectOneReply, what);
            }
            if memory.calls[number].answer.is_none() {
                memory.acknowledge(number, answer, now);
            }
            let request = memory.calls[number].request.clone();
            if !memory.wins(&request, answer) {
                let what = format!("call {number} won a version that another call had won");
                journal.broken(Invariant::OneWinnerOfAVersion, what);
            }
            was_made_by(journal, number, &request, answer);
            readings(memory, journal, attempt, &request, answer, now);
        }
        Err(error) => match error.kind() {
            Kind::Internal | Kind::IdempotencyMismatch => {
                let what = format!("call {number} was refused: {}", error.chain());
                journal.broken(Invariant::NoFaultOfTheProgram, what);
            }
            Kind::Unavailable | Kind::InProgress => {}
            _ => memory.refuse(number),
        },
    }
    one_effect(memory, journal, number);
}

/// A call has one effect at most, however often it was sent.
fn one_effect(memory: &Memory, journal: &Journal, number: usize) {
    let effects = journal.notes().effects.get(&number).map_or(0, BTreeSet::len);
    let is_one = !matches!(memory.calls[number].request, Request::AddSeveral { .. });
    if is_one && effects > 1 {
        journal.broken(Invariant::OneEffectOneReply, format!("call {number} was committed {effects} times"));
    }
}

/// The items of an answer were made by this call.
fn was_made_by(journal: &Journal, number: usize, request: &Request, answer: &Value) {
    for item in made(request, answer) {
        if journal.notes().made.get(&item.id).copied().flatten() != Some(number) {
            let what = format!("call {number} was told of item {}, which it has not made", item.id);
            journal.broken(Invariant::NothingAcknowledgedIsLost, what);
        }
    }
}

/// Who was told that something is gone does not reach it any more.
fn revocation(memory: &Memory, journal: &Journal, attempt: Attempt, answer: &Result<Value, Error>) {
    let call = &memory.calls[attempt.call];
    let unauthenticated =
        answer.as_ref().is_err_and(|error| matches!(error.kind(), Kind::Unauthenticated | Kind::Unavailable));
    if memory.left.get(&call.person).is_some_and(|left| *left < attempt.begun) && !unauthenticated {
        let what = format!("call {} of a deleted account was answered {answer:?}", attempt.call);
        journal.broken(Invariant::RevocationHoldsAtOnce, what);
    }
    let list = call.request.list().and_then(|list| memory.list(list));
    // The answer to a named call is given again, though its list be gone by now.
    let is_gone = list.is_some_and(|list| list.is_there.between(call.begun, call.begun).all(|is_there| !is_there));
    if is_gone && answer.is_ok() {
        let what = format!("call {} reached a deleted list", attempt.call);
        journal.broken(Invariant::RevocationHoldsAtOnce, what);
    }
}

/// What was read is what may be there.
fn readings(memory: &Memory, journal: &Journal, attempt: Attempt, request: &Request, answer: &Value, now: u64) {
    let items: Vec<Item> = match request {
        Request::Find { .. } => vec![answer.clone()],
        Request::List { .. } => answer.as_array().cloned().unwrap_or_default(),
        Request::Lists { .. } => Vec::new(),
        _ => return,
    }
    .into_iter()
    .filter_map(|item| serde_json::from_value(item).ok())
    .collect();
    for item in &items {
        if let Some(known) = memory.items.get(&item.id) {
            reads(journal, known, item, attempt.begun, now);
        }
    }
    match request {
        Request::List { .. } => listing(memory, journal, attempt, request, &items),
        Request::Lists { .. } => lists(memory, journal, attempt, answer),
        _ => {}
    }
}

/// An item that was read between two moments.
pub(crate) fn reads(journal: &Journal, known: &KnownItem, item: &Item, begun: u64, ended: u64) {
    let text = text_of(item);
    if !known.text.between(begun, ended).any(|may_be| *may_be == text) {
        let may_be: Vec<_> = known.text.between(begun, ended).collect();
        let what = format!("item {} has {text:?}, and may have {may_be:?}", item.id);
        journal.broken(Invariant::NothingAcknowledgedIsLost, what);
    }
    if !known.state.between(begun, ended).any(|may_be| *may_be == item.state) {
        journal.broken(Invariant::NothingAcknowledgedIsLost, format!("item {} is {:?}", item.id, item.state));
    }
    if !known.place.between(begun, ended).any(|may_be| *may_be == Some(item.wishlist_id)) {
        let what = format!("item {} is in list {}, and was not put there", item.id, item.wishlist_id);
        journal.broken(Invariant::NothingAcknowledgedIsLost, what);
    }
}

/// What was there all the time is listed, and what stayed where it was is listed once.
fn listing(memory: &Memory, journal: &Journal, attempt: Attempt, request: &Request, items: &[Item]) {
    let list = request.list();
    let times = |id: ItemId| items.iter().filter(|item| item.id == id).count();
    let stayed = memory.items.iter().filter(|(_, known)| {
        let is_settled = known.place.settled(attempt.begun).is_some_and(|place| *place == list);
        is_settled && known.placed.iter().all(|(_, _, ended)| ended.is_some_and(|end| end < attempt.begun))
    });
    for (id, _) in stayed {
        if times(*id) != 1 {
            let what = format!("call {} lists item {id} {} times", attempt.call, times(*id));
            journal.broken(Invariant::ListingsAreComplete, what);
        }
    }
}

/// The lists of a person that were there all the time are among them, each once.
fn lists(memory: &Memory, journal: &Journal, attempt: Attempt, answer: &Value) {
    let listed: Vec<Wishlist> = serde_json::from_value(answer.clone()).unwrap_or_default();
    let person = memory.calls[attempt.call].person;
    for known in memory.lists.iter().filter(|list| list.owner == person) {
        let times = listed.iter().filter(|list| list.id == known.id).count();
        let stayed = known.is_there.settled(attempt.begun).is_some_and(|is_there| *is_there);
        if times > 1 || stayed && times == 0 {
            let what = format!("call {} lists list {} {times} times", attempt.call, known.id);
            journal.broken(Invariant::ListingsAreComplete, what);
        }
    }
}
