//! The provider's operations over the table.

use std::sync::Arc;

use async_trait::async_trait;
use wishlist_core::clock::{Clock, Random};
use wishlist_core::error::Result;
use wishlist_core::ids::{Ids, UserId};
use wishlist_core::operations::Identities;
use wishlist_core::table::Table;

use super::accounts::Accounts;
use super::issue::{TOKEN_LIFE, issue};
use super::key_ring::KeyRing;
use super::outbox::Outbox;
use super::passwords::Hashing;
use super::sessions::Sessions;
use super::settings::LocalSettings;
use super::store::Store;
use crate::account::Account;
use crate::jwks::JwksSource;
use crate::mail::Mailer;
use crate::provider::{IdentityExport, Provider, Refreshed, SignUp, SignedIn, SignedUp, Tokens};
use crate::secret::Secret;
use crate::token::Algorithm;
use crate::verifier::{Issuer, Verifier};

/// Accounts, sessions and the signing keys in a [`Table`]: several processes over one table are one provider.
///
/// Access and id tokens last an hour (ES256), sessions 30 days from their sign-in, codes 15 minutes. Passwords are kept as
/// Argon2id hashes, refresh tokens as SHA-256 hashes. The signing keys are kept as they are: who can read the table can
/// sign. An operation does the same work for an address that is known and for one that is not.
#[derive(Debug)]
pub struct LocalProvider {
    issuer: Issuer,
    keys: KeyRing,
    accounts: Accounts,
}

impl LocalProvider {
    /// Opens the provider over `table`; the first to do so makes the signing key. One read. Has to be called on a tokio
    /// runtime: a task sends the mails, by `mailer`, until the provider is dropped.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) where the table does not answer;
    /// [`Kind::Internal`](wishlist_core::Kind::Internal) for a cost that Argon2 does not take, or where what the table holds is
    /// not ours.
    pub async fn open(
        table: Arc<dyn Table>,
        clock: Arc<dyn Clock>,
        ids: Ids,
        random: Arc<dyn Random>,
        mailer: Arc<dyn Mailer>,
        settings: LocalSettings,
    ) -> Result<Self> {
        let LocalSettings { issuer, client_id, hashing, confirmation, key_life } = settings;
        let hashing = Hashing::new(hashing, Arc::clone(&random))?;
        let store = Store { table, clock, ids, random };
        let keys = KeyRing::open(store.clone(), key_life).await?;
        let issuer = Issuer { issuer, client_id, algorithm: Algorithm::Es256 };
        let (sessions, outbox) = (Sessions(store.clone()), Outbox::open(mailer));
        Ok(Self { issuer, keys, accounts: Accounts { store, sessions, hashing, outbox, confirmation } })
    }

    /// A verifier of this provider's access tokens, over the keys that it publishes.
    pub fn verifier(self: &Arc<Self>) -> Verifier {
        Verifier::new(self.issuer.clone(), Arc::<Self>::clone(self), Arc::clone(&self.accounts.store.clock))
    }

    /// How many passwords were hashed or checked since the provider was opened: nearly all that it costs.
    pub fn hashes_computed(&self) -> u64 {
        self.accounts.hashing.computed()
    }

    async fn tokens(&self, account: &Account, refresh_token: Secret) -> Result<Tokens> {
        let (now, ids) = (self.accounts.store.now(), &self.accounts.store.ids);
        let issued = self.keys.with_signer(|key| issue(key, &self.issuer, ids, account, now)).await;
        let (access_token, id_token) = issued?;
        Ok(Tokens { access_token, id_token, refresh_token: Some(refresh_token), expires_in: TOKEN_LIFE })
    }
}

#[async_trait]
impl Provider for LocalProvider {
    async fn sign_up(&self, request: SignUp) -> Result<SignedUp> {
        self.accounts.sign_up(request).await
    }

    async fn confirm_sign_up(&self, email: &str, code: &Secret) -> Result<()> {
        self.accounts.confirm_sign_up(email, code).await
    }

    async fn resend_code(&self, email: &str) -> Result<()> {
        self.accounts.resend_code(email).await
    }

    async fn sign_in(&self, email: &str, password: &Secret) -> Result<SignedIn> {
        let (login, refresh_token) = self.accounts.sign_in(email, password).await?;
        let account = login.account();
        let tokens = self.tokens(&account, refresh_token).await?;
        Ok(SignedIn { account, tokens })
    }

    async fn refresh_session(&self, refresh_token: &Secret) -> Result<Refreshed> {
        let (login, next) = self.accounts.sessions.exchange(refresh_token).await?;
        let account = login.account();
        let tokens = self.tokens(&account, next).await?;
        Ok(Refreshed { account, tokens })
    }

    async fn sign_out(&self, user: &UserId) -> Result<()> {
        self.accounts.sessions.end_all(user).await
    }

    async fn forgot_password(&self, email: &str) -> Result<()> {
        self.accounts.forgot_password(email).await
    }

    async fn reset_password(&self, email: &str, code: &Secret, new_password: &Secret) -> Result<()> {
        self.accounts.reset_password(email, code, new_password).await
    }

    async fn export(&self, user: &UserId) -> Result<IdentityExport> {
        self.accounts.export(user).await
    }

    async fn erase(&self, user: &UserId) -> Result<()> {
        self.accounts.erase(user).await
    }

    async fn jwks(&self) -> Result<Option<String>> {
        self.fetch().await.map(Some)
    }
}

#[async_trait]
impl Identities for LocalProvider {
    fn name(&self) -> &str {
        &self.issuer.issuer
    }

    async fn erase(&self, user: &UserId) -> Result<()> {
        self.accounts.erase(user).await
    }
}

#[async_trait]
impl JwksSource for LocalProvider {
    async fn fetch(&self) -> Result<String> {
        self.keys.published().await
    }
}
