//! The provider's operations over the table.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;
use wishlist_core::clock::{Clock, Random};
use wishlist_core::error::{Error, FieldError, Kind, Result};
use wishlist_core::ids::{Ids, UserId};
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Stored, Table, Transaction};

use super::issue::{TOKEN_LIFE, issue};
use super::passwords::{Hashing, HashingCost, check_password};
use super::records::Login;
use super::sessions::Sessions;
use super::signing::{self, SigningKey};
use crate::account::{Account, EmailAddress};
use crate::jwks::JwksSource;
use crate::provider::{Provider, Refreshed, SignUp, SignedIn, SignedUp, Tokens};
use crate::secret::Secret;
use crate::token::Algorithm;
use crate::verifier::{Issuer, Verifier};

/// The most characters of a name.
const MAX_NAME_CHARACTERS: usize = 200;

/// What the local provider is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSettings {
    /// The `iss` of its tokens; by custom the URL that it is reached at.
    pub issuer: String,
    /// The `client_id` of its access tokens.
    pub client_id: String,
    /// What a password's hash costs.
    pub hashing: HashingCost,
}

/// Accounts, sessions and the signing key in a [`Table`]: several processes over one table are one provider.
///
/// Access and id tokens last an hour (ES256), sessions 30 days from their sign-in. Passwords are kept as Argon2id hashes,
/// refresh tokens as SHA-256 hashes. The signing key is kept as it is: who can read the table can sign.
#[derive(Debug)]
pub struct LocalProvider {
    issuer: Issuer,
    key: SigningKey,
    hashing: Hashing,
    sessions: Sessions,
}

impl LocalProvider {
    /// Opens the provider over `table`; the first to do so makes the signing key. Has to be called on a tokio runtime.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the table does not answer; [`Kind::Internal`] for a cost that Argon2 does not take, or
    /// where what the table holds is not ours.
    pub async fn open(
        table: Arc<dyn Table>,
        clock: Arc<dyn Clock>,
        ids: Ids,
        random: Arc<dyn Random>,
        settings: LocalSettings,
    ) -> Result<Self> {
        let LocalSettings { issuer, client_id, hashing } = settings;
        let key = SigningKey::load_or_create(table.as_ref(), clock.as_ref(), &ids).await?;
        let hashing = Hashing::new(hashing, Arc::clone(&random)).await?;
        let issuer = Issuer { issuer, client_id, algorithm: Algorithm::Es256 };
        Ok(Self { issuer, key, hashing, sessions: Sessions { table, clock, ids, random } })
    }

    /// A verifier of this provider's access tokens, over the keys that it publishes.
    pub fn verifier(self: &Arc<Self>) -> Verifier {
        Verifier::new(self.issuer.clone(), Arc::<Self>::clone(self), Arc::clone(&self.sessions.clock))
    }

    fn tokens(&self, account: &Account, refresh_token: Secret) -> Result<Tokens> {
        let now = self.sessions.clock.now();
        let (access_token, id_token) = issue(&self.key, &self.issuer, &self.sessions.ids, account, now)?;
        Ok(Tokens { access_token, id_token, refresh_token: Some(refresh_token), expires_in: TOKEN_LIFE })
    }

    async fn find_login(&self, email: &str) -> Result<Option<Login>> {
        let stored = Stored::find(self.sessions.table.as_ref(), keys::login(&EmailDigest::of(email))).await?;
        Ok(stored.map(|stored| stored.value))
    }
}

#[async_trait]
impl Provider for LocalProvider {
    async fn sign_up(&self, request: SignUp) -> Result<SignedUp> {
        let email = check(&request)?;
        let login = Login {
            user: UserId::try_from(self.sessions.ids.mint::<Uuid>().to_string())?,
            email,
            name: request.name,
            password: self.hashing.hash(&request.password).await?,
            created_at: self.sessions.clock.now(),
        };
        let mut transaction = Transaction::new(&self.sessions.ids);
        transaction.create(&login)?;
        match transaction.commit(self.sessions.table.as_ref()).await {
            Ok(()) => Ok(SignedUp { account: login.account(), confirmation_required: false }),
            Err(error) if error.kind() == Kind::Conflict => {
                Err(Error::new(Kind::Conflict, "there is already an account with this address; sign in instead"))
            }
            Err(error) => Err(error),
        }
    }

    async fn sign_in(&self, email: &str, password: &Secret) -> Result<SignedIn> {
        let login = self.find_login(email).await?;
        let matches = self.hashing.matches(password, login.as_ref().map(|login| &login.password)).await?;
        let Some(login) = login.filter(|_| matches) else {
            return Err(Error::new(Kind::Unauthenticated, "the address or the password is wrong"));
        };
        let refresh_token = self.sessions.start(&login).await?;
        let account = login.account();
        let tokens = self.tokens(&account, refresh_token)?;
        Ok(SignedIn { account, tokens })
    }

    async fn refresh_session(&self, refresh_token: &Secret) -> Result<Refreshed> {
        let (login, next) = self.sessions.exchange(refresh_token).await?;
        let account = login.account();
        let tokens = self.tokens(&account, next)?;
        Ok(Refreshed { account, tokens })
    }

    async fn sign_out(&self, user: &UserId) -> Result<()> {
        self.sessions.end_all(user).await
    }

    async fn jwks(&self) -> Result<Option<String>> {
        self.fetch().await.map(Some)
    }
}

#[async_trait]
impl JwksSource for LocalProvider {
    async fn fetch(&self) -> Result<String> {
        signing::published(self.sessions.table.as_ref()).await
    }
}

/// All refused fields of a sign-up at once.
fn check(request: &SignUp) -> Result<EmailAddress> {
    let email = EmailAddress::parse(&request.email);
    let mut fields: Vec<FieldError> = email.as_ref().err().map(|error| error.fields().to_vec()).unwrap_or_default();
    fields.extend(check_password(&request.password));
    fields.extend(request.name.as_deref().and_then(check_name));
    Error::all_invalid(fields)?;
    email
}

fn check_name(name: &str) -> Option<FieldError> {
    let fits = (1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let detail = || format!("a name has 1 to {MAX_NAME_CHARACTERS} characters and no control character");
    (!fits).then(|| FieldError { pointer: "/name".to_owned(), detail: detail() })
}
