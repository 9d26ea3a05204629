//! What every operation on accounts works with, and what several of them do alike.
//!
//! The rule of this module and its neighbours: an operation reads and writes the same records and computes the same number
//! of hashes whether or not an address is known. `tests/local/sameness.rs` counts them.

use wishlist_core::error::Result;
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Stored, Transaction};

use super::codes::{Addressee, Code, Minting, Purpose};
use super::outbox::Outbox;
use super::passwords::Hashing;
use super::records::{Login, MyLogin, PendingLogin};
use super::sessions::Sessions;
use super::settings::Confirmation;
use super::store::Store;
use crate::account::EmailAddress;
use crate::mail::{Mail, Message};
use crate::refused::wrong_code;
use crate::secret::Secret;

/// The accounts of the table.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) store: Store,
    pub(super) sessions: Sessions,
    pub(super) hashing: Hashing,
    pub(super) outbox: Outbox,
    pub(super) confirmation: Confirmation,
}

/// What there is under one address, read at once.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) login: Option<Stored<Login>>,
    pub(super) pending: Option<Stored<PendingLogin>>,
    pub(super) code: Option<Stored<Code>>,
}

impl Desk {
    /// Whose mailbox it is: the address as it was typed when the account was made, never as a request names it.
    pub(super) fn address(&self) -> Option<&EmailAddress> {
        let pending = self.pending.as_ref().map(|pending| &pending.value.email);
        self.login.as_ref().map(|login| &login.value.email).or(pending)
    }

    /// Whether the address is one to be confirmed.
    pub(super) fn is_pending(&self) -> bool {
        self.login.is_none() && self.pending.is_some()
    }

    /// The message that brings a code to an address that is to be confirmed.
    pub(super) fn confirm(&self, code: Secret) -> Message {
        let contested = self.pending.as_ref().is_some_and(|pending| pending.value.contested);
        if contested { Message::ConfirmContested(code) } else { Message::Confirm(code) }
    }

    fn last_code(&self) -> Option<&Code> {
        self.code.as_ref().map(|code| &code.value)
    }
}

impl Accounts {
    pub(super) async fn desk(&self, login: &EmailDigest, purpose: Purpose) -> Result<Desk> {
        let keys = [keys::login(login), keys::sign_up(login), keys::code(login, purpose.name())];
        let found = self.store.find(&keys).await?;
        Ok(Desk { login: found.read(0)?, pending: found.read(1)?, code: found.read(2)? })
    }

    pub(super) fn minting<'a>(&'a self, login: &'a EmailDigest, purpose: Purpose) -> Minting<'a> {
        Minting { login, purpose, now: self.store.now(), random: self.store.random.as_ref() }
    }

    /// Adds the next code to a commit, and answers it if it is to be mailed.
    pub(super) fn issue(
        minting: &Minting<'_>,
        desk: &Desk,
        addressee: Addressee,
        transaction: &mut Transaction,
    ) -> Result<Option<Secret>> {
        let (next, secret) = minting.issue(desk.last_code(), addressee);
        transaction.upsert(desk.code.as_ref(), &next)?;
        Ok(secret)
    }

    /// Goes on if `given` is the code, which an address without an account has as well; a wrong one is counted first, in a commit that only one of several guesses at once
    /// wins, so that five are five.
    pub(super) async fn check_code(&self, minting: &Minting<'_>, desk: &Desk, given: &Secret) -> Result<()> {
        let Err(next) = minting.check(desk.last_code(), given) else { return Ok(()) };
        let mut transaction = self.store.transaction();
        transaction.upsert(desk.code.as_ref(), &next)?;
        self.store.commit(transaction).await?;
        Err(wrong_code())
    }

    /// Adds a confirmed account to a commit, in place of the one that was to be confirmed.
    pub(super) fn admit(login: &Login, transaction: &mut Transaction) -> Result<()> {
        transaction.create(login)?.put(&MyLogin::of(login))?;
        Ok(())
    }

    pub(super) fn mail(&self, to: Option<&EmailAddress>, message: Option<Message>) {
        if let (Some(to), Some(message)) = (to, message) {
            self.outbox.put(Mail { to: to.clone(), message });
        }
    }
}
