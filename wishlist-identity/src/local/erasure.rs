//! What is held of a person: shown to them, and removed.

use wishlist_core::error::{Error, Result};
use wishlist_core::ids::UserId;
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Condition, Stored};

use super::accounts::Accounts;
use super::codes::Purpose;
use super::records::{Login, MyLogin};
use crate::provider::{IdentityExport, SessionExport};

impl Accounts {
    pub(super) async fn export(&self, user: &UserId) -> Result<IdentityExport> {
        let nothing = || Error::not_found("account");
        let digest = self.find_login(user).await?.ok_or_else(nothing)?;
        let login = self.login_of(user, &digest).await?.ok_or_else(nothing)?.value;
        let mut sessions = self.sessions.all(user).await?;
        sessions.retain(|session| session.value.is_open(login.resets));
        let sessions = sessions.into_iter().map(|Stored { value, .. }| SessionExport {
            started_at: value.started_at,
            refreshed_at: value.refreshed_at,
        });
        let sessions = sessions.collect();
        Ok(IdentityExport { email: login.email, name: login.name, created_at: login.created_at, sessions })
    }

    /// The pointer from the user to the login goes last: what a crash leaves is found by it.
    pub(super) async fn erase(&self, user: &UserId) -> Result<()> {
        let login = self.find_login(user).await?;
        if let Some(digest) = &login {
            let mut transaction = self.store.transaction();
            transaction.put(&MyLogin { user: user.clone(), login: digest.clone() })?;
            self.store.commit(transaction).await?;
        }
        self.sessions.erase_all(user).await?;
        let Some(digest) = login else { return Ok(()) };
        self.store.decide(|| self.erase_login(user, &digest)).await?;
        // A sign-in under way during the first pass; without a login there can be no other.
        self.sessions.erase_all(user).await?;
        let mut transaction = self.store.transaction();
        transaction.delete(keys::my_login(user), Condition::Always);
        self.store.commit(transaction).await?;
        tracing::info!(%user, "an account was erased");
        Ok(())
    }

    /// The login with everything under its address; nothing where the address is somebody else's by now.
    async fn erase_login(&self, user: &UserId, digest: &EmailDigest) -> Result<()> {
        let Some(login) = self.login_of(user, digest).await? else { return Ok(()) };
        let mut transaction = self.store.transaction();
        transaction.delete(keys::login(digest), Condition::Revision(login.revision));
        for purpose in [Purpose::SignUp, Purpose::Reset] {
            transaction.delete(keys::code(digest, purpose.name()), Condition::Always);
        }
        transaction.delete(keys::sign_up(digest), Condition::Always);
        transaction.delete(keys::tries(digest), Condition::Always);
        self.store.commit(transaction).await
    }

    async fn login_of(&self, user: &UserId, digest: &EmailDigest) -> Result<Option<Stored<Login>>> {
        let login: Option<Stored<Login>> = self.store.find(&[keys::login(digest)]).await?.read(0)?;
        Ok(login.filter(|login| login.value.user == *user))
    }

    /// Where a user's login is. One who has not signed in since there are pointers is found by their sessions.
    async fn find_login(&self, user: &UserId) -> Result<Option<EmailDigest>> {
        match self.store.find(&[keys::my_login(user)]).await?.read::<MyLogin>(0)? {
            Some(pointer) => Ok(Some(pointer.value.login)),
            None => self.sessions.login_of(user).await,
        }
    }
}
