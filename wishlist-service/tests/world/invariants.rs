//! What holds in every world, each stated once, and what is not there yet to be looked at.

use std::fmt;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Invariant {
    NothingStaysPending,
    NothingAcknowledgedIsLost,
    RevocationHoldsAtOnce,
    OneEffectOneReply,
    NoLateResultOverwrites,
    ErasureIsComplete,
    HistoryIsInOrder,
    WorkStaysDue,
    OneWinnerOfAVersion,
    ListingsAreComplete,
    BothTablesAnswerAlike,
    RecordsGoTogether,
    NoFaultOfTheProgram,
}

/// All of them, by the id under which they are told, and in words.
#[rustfmt::skip]
pub(crate) const INVARIANTS: &[(Invariant, &str, &str)] = &[
    (Invariant::NothingStaysPending, "I1", "no item is pending six hours after the faults stop"),
    (Invariant::NothingAcknowledgedIsLost, "I3", "no acknowledged write is lost"),
    (Invariant::RevocationHoldsAtOnce, "I5", "what was deleted is out of reach from the answer on: an account, a list"),
    (Invariant::OneEffectOneReply, "I6", "an idempotency key has one effect and one reply"),
    (Invariant::NoLateResultOverwrites, "I8", "a late visit never overwrites a newer edit, nor a newer visit"),
    (Invariant::ErasureIsComplete, "I9", "a deleted account leaves nothing, and an old message revives nothing"),
    (Invariant::HistoryIsInOrder, "I10", "a page's prices are only added to, in order, and never twice the same in a row"),
    (Invariant::WorkStaysDue, "I11", "what a message was for stays due until it is done, whatever becomes of the message"),
    (Invariant::OneWinnerOfAVersion, "I12", "of those who name one version one wins"),
    (Invariant::ListingsAreComplete, "I13", "the pages of a listing are complete and repeat nothing"),
    (Invariant::BothTablesAnswerAlike, "I14", "SQLite and the model of DynamoDB give the same answers"),
    (Invariant::RecordsGoTogether, "R1", "the records go together, by the rules of `wishlist-service check`"),
    (Invariant::NoFaultOfTheProgram, "R2", "no call ends in a panic or an internal error"),
];

/// Invariants of what does not exist, with the reason.
pub(crate) const NOT_YET: &[(&str, &str)] = &[
    ("I2", "there are no claims: the sum of active claims is at most the quantity"),
    ("I4", "there are no notifications: one for each event and receiver"),
    ("I5 (links)", "there are no share links to be revoked"),
    ("I7", "there are no claims: an owner's view is independent of them"),
];

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) invariant: Invariant,
    pub(crate) what: String,
}

impl Invariant {
    /// Its id.
    pub(crate) fn id(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        INVARIANTS.iter().find(|(invariant, ..)| *invariant == self).expect("every invariant has a row")
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, id, text) = self.invariant.row();
        write!(f, "{id} ({text}) does not hold: {}", self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_invariant_has_an_id_of_its_own() {
        let mut ids: Vec<_> = INVARIANTS.iter().map(|(invariant, ..)| invariant.id()).collect();
        ids.extend(NOT_YET.iter().map(|(id, _)| *id));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
