//! Codes that are mailed: made, throttled, tried, dead.
//!
//! Pure but for the record's shape. A record is written for an address that nobody has as well, with a code that nobody
//! gets: what is stored, read and written must not show who is known.

use std::fmt;
use std::time::Duration;

use ring::hmac;
use serde::{Deserialize, Serialize};
use wishlist_core::clock::{Random, Timestamp};
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Entity, Key};

use crate::secret::Secret;
use crate::token::{decode, encode};

/// How long a code is good for: a mail may be grey-listed for some minutes, and a code in an old mailbox must be worth
/// nothing. NIST SP 800-63B, section 3.1.3.1, allows a mailed code 10 minutes to 24 hours.
pub(super) const CODE_LIFE: Duration = Duration::from_mins(15);
/// How often a code may be tried.
const TRIES: u32 = 5;
/// The least time between two mails of one purpose to one address.
const SEND_EVERY: Duration = Duration::from_mins(1);
/// The time in which an address gets [`SENT_AT_MOST`] mails of one purpose: nobody's mailbox is filled by a stranger. It also
/// bounds guessing to 25 tries an hour at one address, so that a code is hit in that hour once in four million.
const SENDING_WINDOW: Duration = Duration::from_hours(1);
/// See [`SENDING_WINDOW`].
const SENT_AT_MOST: usize = 5;
/// One more than the greatest code: eight digits.
const CODES: u64 = 100_000_000;
/// How far back the clock may be set before a code seems to come from the future.
const CLOCK_LEEWAY: Duration = Duration::from_mins(1);
/// The bytes of the key of a hash.
const SALT_BYTES: usize = 32;

/// What a code is good for: one of a purpose is not valid for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Purpose {
    /// Confirms an address.
    SignUp,
    /// Sets a new password.
    Reset,
}

impl Purpose {
    /// The purpose in a key.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "SIGN_UP",
            Self::Reset => "RESET",
        }
    }
}

/// Whether there is somebody to mail a code to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    Somebody,
    Nobody,
}

/// The last code of one purpose for one address, and when codes were mailed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Code {
    login: EmailDigest,
    purpose: Purpose,
    /// The key of the hash, new with each code, in base64url.
    salt: String,
    /// HMAC-SHA256 of the code under the salt. It keeps a code out of a glance at the file and no more: there are only
    /// 10^8 codes, and who can read the table can sign tokens anyway.
    hash: String,
    issued_at: Timestamp,
    /// Wrong tries of this code.
    tries: u32,
    /// When mails were sent within the last hour, the oldest first.
    sent_at: Vec<Timestamp>,
    changed_at: Timestamp,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl Entity for Code {
    fn key(&self) -> Key {
        keys::code(&self.login, self.purpose.name())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.changed_at + SENDING_WINDOW)
    }
}

/// Whose code, when, and where randomness comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minting<'a> {
    pub(super) login: &'a EmailDigest,
    pub(super) purpose: Purpose,
    pub(super) now: Timestamp,
    pub(super) random: &'a dyn Random,
}

impl Minting<'_> {
    /// The record after a code was asked for, and the code if it is to be mailed. Where codes were mailed too often the
    /// last one stays as it is.
    pub(super) fn issue(&self, last: Option<&Code>, addressee: Addressee) -> (Code, Option<Secret>) {
        let now = self.now;
        // What was sent in the future was sent before the clock was set back, and throttles nobody.
        let recent = |at: &&Timestamp| **at <= now && now.since(**at) < SENDING_WINDOW;
        let mut sent_at: Vec<_> = last.map_or(&[][..], |last| &last.sent_at).iter().filter(recent).copied().collect();
        let too_soon = sent_at.last().is_some_and(|at| now.since(*at) < SEND_EVERY);
        if let Some(last) = last.filter(|_| too_soon || sent_at.len() >= SENT_AT_MOST) {
            return (Code { sent_at, changed_at: now, ..last.clone() }, None);
        }
        let (code, secret) = self.mint();
        if addressee == Addressee::Nobody {
            return (Code { sent_at, ..code }, None);
        }
        sent_at.push(now);
        (Code { sent_at, ..code }, Some(secret))
    }

    /// Whether `given` is the code of `last`; if not, the record after one more wrong try.
    pub(super) fn check(&self, last: Option<&Code>, given: &Secret) -> Result<(), Code> {
        let code = last.cloned().unwrap_or_else(|| self.mint().0);
        if last.is_some() && code.is_alive(self.now) && code.is_of(given) {
            return Ok(());
        }
        Err(Code { tries: code.tries.saturating_add(1), changed_at: self.now, ..code })
    }

    fn mint(&self) -> (Code, Secret) {
        let mut salt = [0; SALT_BYTES];
        self.random.fill(&mut salt);
        // 2^64 is so much more than 10^8 that no code is likelier than another by more than one in 10^11.
        let secret = Secret::from(format!("{:08}", self.random.below(CODES)));
        let mut code = Code {
            login: self.login.clone(),
            purpose: self.purpose,
            salt: encode(salt),
            hash: String::new(),
            issued_at: self.now,
            tries: 0,
            sent_at: Vec::new(),
            changed_at: self.now,
        };
        code.hash = encode(hmac::sign(&code.hash_key(), secret.expose().as_bytes()));
        (code, secret)
    }
}

impl Code {
    /// Not too old, not tried too often, and not from after a clock that was set back: such a code could live for as long
    /// as the clock was off.
    fn is_alive(&self, now: Timestamp) -> bool {
        self.tries < TRIES && self.issued_at <= now + CLOCK_LEEWAY && now < self.issued_at + CODE_LIFE
    }

    /// Compared in constant time.
    fn is_of(&self, given: &Secret) -> bool {
        let hash = decode(&self.hash).unwrap_or_default();
        hmac::verify(&self.hash_key(), given.expose().as_bytes(), &hash).is_ok()
    }

    fn hash_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.salt.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use wishlist_core::clock::SeededRandom;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_368_000_000);

    struct Desk {
        login: EmailDigest,
        random: SeededRandom,
    }

    impl Desk {
        fn new() -> Self {
            Self { login: EmailDigest::of("alice@example.com"), random: SeededRandom::new(3) }
        }

        fn at(&self, now: Timestamp) -> Minting<'_> {
            Minting { login: &self.login, purpose: Purpose::Reset, now, random: &self.random }
        }

        fn first(&self) -> (Code, Secret) {
            let (code, secret) = self.at(START).issue(None, Addressee::Somebody);
            (code, secret.unwrap())
        }
    }

    fn minutes(minutes: u64) -> Duration {
        Duration::from_mins(minutes)
    }

    #[test]
    fn a_code_has_eight_digits_and_is_not_stored() {
        let desk = Desk::new();
        for _ in 0..100 {
            let (code, secret) = desk.first();
            assert!(secret.expose().len() == 8 && secret.expose().bytes().all(|byte| byte.is_ascii_digit()));
            assert!(!serde_json::to_string(&code).unwrap().contains(secret.expose()));
            assert!(!format!("{code:?}").contains(&code.hash));
        }
    }

    #[test]
    fn a_code_is_good_for_fifteen_minutes_whatever_the_clock_does() {
        let desk = Desk::new();
        let (code, secret) = desk.first();
        let last = START + CODE_LIFE - Duration::from_millis(1);
        for (now, good) in [
            (START, true),
            (last, true),
            (START + CODE_LIFE, false),
            (START + minutes(75), false),
            (START - minutes(1), true),
            (START - minutes(60), false),
        ] {
            assert_eq!(desk.at(now).check(Some(&code), &secret).is_ok(), good, "{now}");
        }
    }

    #[test]
    fn a_code_is_dead_after_five_wrong_tries() {
        let desk = Desk::new();
        let (mut code, secret) = desk.first();
        for _ in 0..4 {
            code = desk.at(START).check(Some(&code), &Secret::from("")).unwrap_err();
        }
        assert!(desk.at(START).check(Some(&code), &secret).is_ok());
        code = desk.at(START).check(Some(&code), &Secret::from("")).unwrap_err();
        assert!(desk.at(START).check(Some(&code), &secret).is_err());
        let (next, secret) = desk.at(START + minutes(1)).issue(Some(&code), Addressee::Somebody);
        assert!(desk.at(START + minutes(1)).check(Some(&next), &secret.unwrap()).is_ok());
    }

    #[test]
    fn a_new_code_replaces_the_old() {
        let desk = Desk::new();
        let (code, old) = desk.first();
        let (code, new) = desk.at(START + minutes(2)).issue(Some(&code), Addressee::Somebody);
        assert!(desk.at(START + minutes(2)).check(Some(&code), &old).is_err());
        assert!(desk.at(START + minutes(2)).check(Some(&code), &new.unwrap()).is_ok());
    }

    #[test]
    fn a_code_is_mailed_once_a_minute_and_five_times_an_hour() {
        let desk = Desk::new();
        let (mut code, secret) = desk.first();
        let soon = START + Duration::from_secs(59);
        let (same, none) = desk.at(soon).issue(Some(&code), Addressee::Somebody);
        assert!(none.is_none() && desk.at(soon).check(Some(&same), &secret).is_ok());
        let mut sent = 1;
        for minute in 1..60 {
            let (next, mailed) = desk.at(START + minutes(minute)).issue(Some(&code), Addressee::Somebody);
            (code, sent) = (next, sent + usize::from(mailed.is_some()));
        }
        assert_eq!(sent, 5);
        assert!(desk.at(START + minutes(60)).issue(Some(&code), Addressee::Somebody).1.is_some());
        assert!(
            desk.at(START - minutes(60)).issue(Some(&code), Addressee::Somebody).1.is_some(),
            "the clock was set back"
        );
    }

    #[test]
    fn nobody_is_mailed_and_what_nobody_asked_for_throttles_nobody() {
        let desk = Desk::new();
        let (code, none) = desk.at(START).issue(None, Addressee::Nobody);
        assert!(none.is_none() && code.sent_at.is_empty());
        assert!(desk.at(START).issue(Some(&code), Addressee::Somebody).1.is_some());
        let junk = desk.at(START).check(None, &Secret::from("00000000")).unwrap_err();
        assert!(desk.at(START).issue(Some(&junk), Addressee::Somebody).1.is_some());
    }
}
