//! Starting a session by a password.

use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Condition, Stored, Transaction};

use super::accounts::Accounts;
use super::lock_out::Tries;
use super::records::{Login, MyLogin, PasswordHash, PendingLogin};
use crate::refused::{unconfirmed, wrong_credentials};
use crate::secret::Secret;

/// What a password is checked against.
#[derive(Debug)]
struct Door {
    login: Option<Stored<Login>>,
    pending: Option<Stored<PendingLogin>>,
    tries: Option<Stored<Tries>>,
}

impl Door {
    /// The passwords of the account and of the sign-up that waits beside it or instead of it.
    fn passwords(&self) -> (Option<&PasswordHash>, Option<&PasswordHash>) {
        let pending = self.pending.as_ref().map(|pending| &pending.value.password);
        (self.login.as_ref().and_then(|login| login.value.password.as_ref()), pending)
    }

    fn tries(&self) -> Option<&Tries> {
        self.tries.as_ref().map(|tries| &tries.value)
    }
}

/// Whose password was given.
#[derive(Clone, Copy, Debug)]
enum Given {
    Accounts,
    /// That of a sign-up that is to be confirmed. A stranger may have signed up with an address that has an account, and
    /// then tries that password: they are told the same as if it had none.
    SignUps,
    Nobodys,
}

impl Accounts {
    /// Checks a password, and counts it if it is wrong.
    ///
    /// Every outcome is a commit on the count as it is after the hash. Of many guesses at once one is written at a time, and
    /// the others are decided anew on the new count: as many get an outcome as would one after the other.
    pub(super) async fn sign_in(&self, email: &str, password: &Secret) -> Result<(Login, Secret)> {
        let digest = EmailDigest::of(email);
        let checked = self.door(&digest).await?;
        let (of_account, of_sign_up) = checked.passwords();
        let checks = (self.hashing.matches(password, of_account), self.hashing.matches(password, of_sign_up));
        let given = match tokio::try_join!(checks.0, checks.1)? {
            (true, _) => Given::Accounts,
            (false, true) => Given::SignUps,
            (false, false) => Given::Nobodys,
        };
        self.store.decide(|| self.settle(&digest, &checked, given)).await
    }

    /// What there is behind an address, unless too many have knocked.
    async fn door(&self, digest: &EmailDigest) -> Result<Door> {
        let found = self.store.find(&[keys::login(digest), keys::sign_up(digest), keys::tries(digest)]).await?;
        let door = Door { login: found.read(0)?, pending: found.read(1)?, tries: found.read(2)? };
        Tries::check(door.tries(), self.store.now())?;
        Ok(door)
    }

    async fn settle(&self, digest: &EmailDigest, checked: &Door, given: Given) -> Result<(Login, Secret)> {
        let door = self.door(digest).await?;
        if door.passwords() != checked.passwords() {
            return Err(Error::new(Kind::Unavailable, "the account was changed meanwhile; try again"));
        }
        let mut transaction = self.store.transaction();
        match (given, door.login) {
            (Given::Accounts, Some(login)) => {
                forget(digest, door.tries.as_ref(), &mut transaction);
                // The account may be erased, or its password set anew, at this moment.
                transaction.check(keys::login(digest), Condition::Revision(login.revision));
                transaction.put(&MyLogin::of(&login.value))?;
                let secret = self.sessions.start(&login.value, &mut transaction)?;
                self.store.commit(transaction).await?;
                Ok((login.value, secret))
            }
            (Given::SignUps, _) => {
                hold(digest, door.tries.as_ref(), &mut transaction);
                self.store.commit(transaction).await?;
                Err(unconfirmed())
            }
            _ => {
                let next = Tries::after(door.tries.as_ref().map(|tries| &tries.value), digest, self.store.now());
                transaction.upsert(door.tries.as_ref(), &next)?;
                self.store.commit(transaction).await?;
                Err(wrong_credentials())
            }
        }
    }
}

/// Adds to a commit that the count of wrong passwords starts anew, if it is still what was read.
fn forget(digest: &EmailDigest, tries: Option<&Stored<Tries>>, transaction: &mut Transaction) {
    match tries {
        Some(tries) => _ = transaction.delete(keys::tries(digest), Condition::Revision(tries.revision)),
        None => hold(digest, None, transaction),
    }
}

/// Holds a commit to the count of wrong passwords that was read. The password of a sign-up leaves the count: else a
/// stranger would start it anew by theirs, as often as they like, and go on guessing at the account's.
fn hold(digest: &EmailDigest, tries: Option<&Stored<Tries>>, transaction: &mut Transaction) {
    let condition = tries.map_or(Condition::Absent, |tries| Condition::Revision(tries.revision));
    transaction.check(keys::tries(digest), condition);
}
