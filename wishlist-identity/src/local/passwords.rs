//! Passwords: how they are hashed without holding up anything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::{Semaphore, SemaphorePermit};
use wishlist_core::clock::Random;
use wishlist_core::error::{Error, Kind, Result};

use super::records::PasswordHash;
use crate::secret::Secret;

/// How many hashes are computed at once: each takes 19 MiB and one core for some 20 ms.
const AT_ONCE: usize = 2;
/// How many callers may be at it, the waiting included. The last of them waits about a second.
const IN_ALL: usize = 64;
/// The bytes of a salt (RFC 9106, section 3.1).
const SALT_BYTES: usize = 16;
/// The bytes of a hash: the default of the algorithm's implementation.
const HASH_BYTES: usize = 32;

/// What one hash costs. Stored hashes name their own, so a change concerns new passwords only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over it, at least 1.
    pub passes: u32,
}

impl HashingCost {
    /// The second recommendation of OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// The least that the algorithm takes: for tests, which check many passwords and protect none.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };
}

/// Hashes passwords with Argon2id (RFC 9106) on threads of their own, a few at a time.
#[derive(Debug)]
pub(super) struct Hashing {
    argon2: Argon2<'static>,
    random: Arc<dyn Random>,
    /// What an unknown address is checked against, so that it costs what a known one does.
    nobody: PasswordHash,
    turns: Arc<Semaphore>,
    places: Semaphore,
    computed: AtomicU64,
}

impl Hashing {
    /// Hashing at `cost`. Computes no hash.
    pub(super) fn new(cost: HashingCost, random: Arc<dyn Random>) -> Result<Self> {
        let HashingCost { memory_kib, passes } = cost;
        let params = Params::new(memory_kib, passes, 1, None).map_err(failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = nobody(cost, random.as_ref());
        let (turns, places) = (Arc::new(Semaphore::new(AT_ONCE)), Semaphore::new(IN_ALL));
        Ok(Self { argon2, random, nobody, turns, places, computed: AtomicU64::new(0) })
    }

    /// How many hashes were computed so far.
    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The hash of a password under a new salt.
    pub(super) async fn hash(&self, password: &Secret) -> Result<PasswordHash> {
        let mut salt = [0; SALT_BYTES];
        self.random.fill(&mut salt);
        let (argon2, password) = (self.argon2.clone(), password.clone());
        self.run(move || {
            let hash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt).map_err(failed)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Whether `password` is the one of `hash`; `None`, where there is no such account, costs the same and is never true.
    pub(super) async fn matches(&self, password: &Secret, hash: Option<&PasswordHash>) -> Result<bool> {
        let known = hash.is_some();
        let PasswordHash(phc) = hash.unwrap_or(&self.nobody).clone();
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let same = self.run(move || match argon2.verify_password(password.expose().as_bytes(), phc.as_str()) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(other) => Err(failed(other)),
        });
        Ok(same.await? && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _place = self.place()?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(failed)?;
        // The turn goes along: a caller that gives up does not stop its hash, nor make room for another beside it.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(failed)?
    }

    fn place(&self) -> Result<SemaphorePermit<'_>> {
        self.places
            .try_acquire()
            .map_err(|_| Error::new(Kind::Unavailable, "too many sign-ins at once; try again soon"))
    }
}

/// The hash of a password that does not exist: checking one against it costs what it costs against a real one, and making
/// it costs nothing.
fn nobody(cost: HashingCost, random: &dyn Random) -> PasswordHash {
    let (mut salt, mut hash) = ([0; SALT_BYTES], [0; HASH_BYTES]);
    random.fill(&mut salt);
    random.fill(&mut hash);
    let HashingCost { memory_kib, passes } = cost;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    PasswordHash(format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}"))
}

fn failed(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Kind::Internal, "a password could not be hashed").with_source(source)
}

#[cfg(test)]
mod tests {
    use wishlist_core::clock::SeededRandom;

    use super::*;

    fn hashing(cost: HashingCost) -> Hashing {
        Hashing::new(cost, Arc::new(SeededRandom::new(1))).unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_of_its_password_and_salt() {
        let hashing = hashing(HashingCost::LEAST);
        let password = Secret::from("correct horse");
        let (one, two) = (hashing.hash(&password).await.unwrap(), hashing.hash(&password).await.unwrap());
        assert_ne!(one.0, two.0);
        assert!(hashing.matches(&password, Some(&one)).await.unwrap());
        assert!(!hashing.matches(&Secret::from("correct hors"), Some(&one)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_costs_one_hash_to_check() {
        let hashing = hashing(HashingCost::LEAST);
        assert_eq!(hashing.computed(), 0);
        assert!(!hashing.matches(&Secret::from(""), None).await.unwrap());
        assert_eq!(hashing.computed(), 1);
    }

    #[tokio::test]
    async fn an_unknown_address_is_checked_at_the_same_cost() {
        let hashing = hashing(HashingCost { memory_kib: 16, passes: 3 });
        let known = hashing.hash(&Secret::from("password")).await.unwrap();
        let parts = |hash: &PasswordHash| hash.0.split('$').map(str::to_owned).collect::<Vec<_>>();
        let (nobody, known) = (parts(&hashing.nobody), parts(&known));
        assert_eq!(nobody[..4], known[..4]);
        assert_eq!(known[3], "m=16,t=3,p=1");
        let lengths = |parts: &[String]| parts.iter().map(String::len).collect::<Vec<_>>();
        assert_eq!(lengths(&nobody), lengths(&known));
    }

    #[tokio::test]
    async fn the_cost_is_the_recommended_one() {
        let hash = hashing(HashingCost::OWASP).hash(&Secret::from("password")).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_instead_of_queued() {
        let hashing = hashing(HashingCost::LEAST);
        let _all = hashing.places.acquire_many(u32::try_from(IN_ALL).unwrap()).await.unwrap();
        let error = hashing.hash(&Secret::from("password")).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
    }
}
