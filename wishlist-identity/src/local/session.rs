//! One session and its refresh tokens: which of them works, and which shows a theft.
//!
//! A sign-in starts a *session*; each exchange leaves one more *refresh token* of that session. The session's own record
//! says which tokens work, so one put exchanges a token and one put ends a session, however many tokens it had. Pure but
//! for the shape of the records.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{SessionId, UserId};
use wishlist_core::table::keys::{self, EmailDigest, TokenDigest};
use wishlist_core::table::{Entity, Key};

use super::records::is_zero;

/// How long a session lasts from its sign-in; a refresh does not prolong it, as in Cognito with rotation.
const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);
/// How long a token is still good after its exchange: a client whose connection broke tries again within seconds.
const GRACE: Duration = Duration::from_secs(30);
/// How many tokens of a session work at once: that of the last exchange, and those of its repetitions.
const WORKING_AT_ONCE: usize = 8;
/// How many exchanged tokens are remembered for their grace.
const MAX_REPLACED: usize = 32;

/// One signed-in client of a user. Without this record none of the session's refresh tokens works.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) user: UserId,
    /// The refresh token that was given out last. All that were before it are found from its record.
    pub(super) current: TokenDigest,
    /// Tokens that work beside it: an exchange that was repeated gave out several, and which of the answers arrived is
    /// not known before one of them is exchanged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) siblings: Vec<TokenDigest>,
    /// Tokens that were exchanged in the last half minute, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) replaced: Vec<Replaced>,
    pub(super) started_at: Timestamp,
    /// When `current` was given out.
    pub(super) refreshed_at: Timestamp,
    /// The login's number of resets at the sign-in.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) resets: u32,
    /// Kept after its end, because erasure finds the session's tokens by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended_at: Option<Timestamp>,
}

/// A token that was exchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Replaced {
    pub(super) token: TokenDigest,
    pub(super) at: Timestamp,
}

/// What a refresh token that comes back is to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It works.
    Working,
    /// It was exchanged a moment ago: the client lost the answer.
    InGrace,
    /// It was exchanged before: it is in two hands, and which of them stole it cannot be known (RFC 9700, section 4.14.2).
    Stolen,
}

impl Session {
    /// Whether its tokens lead anywhere, for a login that was reset `resets` times.
    pub(super) fn is_open(&self, resets: u32) -> bool {
        self.ended_at.is_none() && self.resets == resets
    }

    pub(super) fn standing(&self, token: &TokenDigest, now: Timestamp) -> Standing {
        if self.current == *token || self.siblings.contains(token) {
            return Standing::Working;
        }
        let in_grace = self.replaced.iter().any(|replaced| replaced.token == *token && replaced.is_in_grace(now));
        if in_grace { Standing::InGrace } else { Standing::Stolen }
    }

    /// The session after `next` was given out for a token of this standing.
    ///
    /// An exchange replaces every token that worked: of two who hold one, the second to exchange is found out. A repeated
    /// exchange adds one and replaces none, and does not prolong the grace, so a thief has half a minute once.
    #[must_use]
    pub(super) fn renewed(&self, standing: Standing, next: TokenDigest, now: Timestamp) -> Self {
        let mut renewed = self.clone();
        renewed.replaced.retain(|replaced| replaced.is_in_grace(now));
        renewed.siblings.push(std::mem::replace(&mut renewed.current, next));
        let keeps = if standing == Standing::InGrace { WORKING_AT_ONCE - 1 } else { 0 };
        let gone = renewed.siblings.len().saturating_sub(keeps);
        renewed.replaced.extend(renewed.siblings.drain(..gone).map(|token| Replaced { token, at: now }));
        let forgotten = renewed.replaced.len().saturating_sub(MAX_REPLACED);
        renewed.replaced.drain(..forgotten);
        renewed.refreshed_at = now;
        renewed
    }

    pub(super) fn ends_at(&self) -> Timestamp {
        self.started_at + SESSION_LIFE
    }
}

impl Replaced {
    /// Not where the clock was set back behind the exchange: the grace would last for as long as it was off.
    fn is_in_grace(&self, now: Timestamp) -> bool {
        now.since(self.at) < GRACE && self.at.since(now) < GRACE
    }
}

impl Entity for Session {
    fn key(&self) -> Key {
        keys::my_session(&self.user, self.id)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

/// A refresh token that was given out, whether it still works or not: it leads to its session. Kept as long as the session
/// could last, so that a stolen token is recognized whenever it comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshToken {
    pub(super) digest: TokenDigest,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) login: EmailDigest,
    /// The token of the session that was given out before this one: from a session's current token, all of them are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<TokenDigest>,
    /// The end of the session.
    pub(super) ends_at: Timestamp,
}

impl Entity for RefreshToken {
    fn key(&self) -> Key {
        keys::session(&self.digest)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.ends_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_368_000_000);

    fn token(name: &str) -> TokenDigest {
        TokenDigest::of(name)
    }

    fn after(seconds: u64) -> Timestamp {
        START + Duration::from_secs(seconds)
    }

    fn session() -> Session {
        Session {
            id: "01920000-0000-7000-8000-000000000001".parse().unwrap(),
            user: "alice".parse().unwrap(),
            current: token("1"),
            siblings: Vec::new(),
            replaced: Vec::new(),
            started_at: START,
            refreshed_at: START,
            resets: 0,
            ended_at: None,
        }
    }

    /// The session after `presented` was exchanged for `next`.
    fn exchange(session: &Session, presented: &str, next: &str, now: Timestamp) -> Session {
        let standing = session.standing(&token(presented), now);
        assert_ne!(standing, Standing::Stolen, "{presented}");
        session.renewed(standing, token(next), now)
    }

    #[test]
    fn a_token_is_good_for_thirty_seconds_after_its_exchange() {
        let session = exchange(&session(), "1", "2", START);
        let half_hour = Duration::from_mins(30);
        for (now, expected) in [
            (START, Standing::InGrace),
            (after(29), Standing::InGrace),
            (after(30), Standing::Stolen),
            (START - Duration::from_secs(29), Standing::InGrace),
            (START - Duration::from_secs(30), Standing::Stolen),
            (START - half_hour, Standing::Stolen),
        ] {
            assert_eq!(session.standing(&token("1"), now), expected, "{now}");
        }
    }

    #[test]
    fn whichever_answer_of_a_repeated_exchange_arrived_works() {
        let once = exchange(&session(), "1", "2", START);
        let twice = exchange(&once, "1", "3", after(10));
        for arrived in ["2", "3"] {
            let next = exchange(&twice, arrived, "4", after(3600));
            assert_eq!(next.standing(&token("4"), after(7200)), Standing::Working);
        }
    }

    #[test]
    fn repeating_does_not_prolong_the_grace() {
        let mut session = exchange(&session(), "1", "2", START);
        for second in [10, 20, 29] {
            session = exchange(&session, "1", &second.to_string(), after(second));
        }
        assert_eq!(session.standing(&token("1"), after(30)), Standing::Stolen);
    }

    #[test]
    fn of_two_who_hold_a_token_the_second_to_exchange_is_found_out() {
        let honest = exchange(&session(), "1", "2", START);
        let both = exchange(&honest, "1", "thief", after(20));
        for (first, second) in [("2", "thief"), ("thief", "2")] {
            let next = exchange(&both, first, "4", after(3600));
            assert_eq!(next.standing(&token(second), after(3630)), Standing::Stolen, "{first} was first");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_nothing_in_grace_is_lost_to_an_honest_client() {
        let mut session = exchange(&session(), "1", "2", START);
        for n in 0..20 {
            session = exchange(&session, "1", &format!("again {n}"), START);
        }
        assert_eq!(session.siblings.len(), WORKING_AT_ONCE - 1);
        assert_eq!(session.standing(&token("2"), START), Standing::InGrace);
        assert_eq!(session.standing(&token("again 19"), START), Standing::Working);
        for n in 20..100 {
            session = session.renewed(Standing::InGrace, token(&format!("again {n}")), START);
        }
        assert_eq!(session.replaced.len(), MAX_REPLACED);
    }

    #[test]
    fn a_session_of_before_a_reset_is_over() {
        let mut session = session();
        assert!(session.is_open(0) && !session.is_open(1));
        session.resets = 1;
        assert!(session.is_open(1));
        session.ended_at = Some(START);
        assert!(!session.is_open(1));
    }
}
