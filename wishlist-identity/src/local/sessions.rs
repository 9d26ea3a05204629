//! Sessions and their refresh tokens: started, exchanged, ended.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::clock::{Clock, Random};
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::{Ids, UserId};
use wishlist_core::table::keys::{self, TokenDigest};
use wishlist_core::table::{Condition, Entity as _, MAX_CHANGES, Query, Stored, Table, Transaction, query_all};

use super::records::{Login, RefreshToken, Session};
use crate::secret::Secret;
use crate::token::encode;

/// How often a lost race is decided anew before the caller is asked to.
const TRIES: u32 = 8;
/// The bytes of a refresh token: 256 bits cannot be guessed, so a plain hash protects them where a password needs Argon2.
const TOKEN_BYTES: usize = 32;

/// The sessions of the table.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) table: Arc<dyn Table>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Ids,
    pub(super) random: Arc<dyn Random>,
}

impl Sessions {
    /// Starts a session and answers its refresh token.
    pub(super) async fn start(&self, login: &Login) -> Result<Secret> {
        let (secret, digest) = self.mint();
        let now = self.clock.now();
        let session = Session {
            id: self.ids.mint(),
            user: login.user.clone(),
            current: digest.clone(),
            started_at: now,
            refreshed_at: now,
        };
        let token = RefreshToken {
            digest,
            user: login.user.clone(),
            session: session.id,
            login: login.digest(),
            previous: None,
            ends_at: session.ends_at(),
        };
        let mut transaction = Transaction::new(&self.ids);
        transaction.create(&session)?.create(&token)?;
        transaction.commit(self.table.as_ref()).await?;
        Ok(secret)
    }

    /// Exchanges a refresh token for the next one. A token that was exchanged before ends its session: it is in two hands,
    /// and which of them stole it cannot be known (RFC 9700, section 4.14.2).
    ///
    /// Of two exchanges of one token at once the first to be written succeeds; the second ends the session, the new token
    /// of the first included. So the outcome is the same as of one after the other, whatever the order.
    pub(super) async fn exchange(&self, presented: &Secret) -> Result<(Login, Secret)> {
        let digest = TokenDigest::of(presented.expose());
        for attempt in 0..TRIES {
            match self.try_exchange(&digest).await {
                Err(error) if error.kind() == Kind::Conflict => self.back_off(attempt).await,
                decided => return decided,
            }
        }
        Err(Error::new(Kind::Unavailable, "the session is changing too fast; try again soon"))
    }

    async fn try_exchange(&self, digest: &TokenDigest) -> Result<(Login, Secret)> {
        let token = self.table.get(&[keys::session(digest)]).await?;
        let token: RefreshToken = read(&token, 0)?.ok_or_else(refused)?.value;
        let found = self.table.get(&[keys::my_session(&token.user, token.session), keys::login(&token.login)]).await?;
        let session: Stored<Session> = read(&found, 0)?.ok_or_else(refused)?;
        let login: Login = read(&found, 1)?.ok_or_else(refused)?.value;
        if session.value.current != *digest {
            self.end(&[session.value]).await?;
            tracing::warn!(user = %token.user, "a refresh token came back after its exchange; its session was ended");
            return Err(refused());
        }
        let secret = self.replace_token(&session, token).await?;
        Ok((login, secret))
    }

    async fn replace_token(&self, session: &Stored<Session>, token: RefreshToken) -> Result<Secret> {
        let (secret, digest) = self.mint();
        let mut next = session.value.clone();
        next.current = digest.clone();
        next.refreshed_at = self.clock.now();
        let token = RefreshToken { previous: Some(token.digest), digest, ..token };
        let mut transaction = Transaction::new(&self.ids);
        transaction.replace(session.revision, &next)?.create(&token)?;
        transaction.commit(self.table.as_ref()).await?;
        Ok(secret)
    }

    /// Ends all sessions of a user, a hundred a commit. Their refresh tokens lead nowhere from then on and expire by
    /// themselves.
    pub(super) async fn end_all(&self, user: &UserId) -> Result<()> {
        let all = query_all(self.table.as_ref(), Query::prefix(keys::user(user).pk, keys::prefix::SESSION)).await?;
        let sessions: Vec<Session> = all.iter().map(|record| Ok(Stored::read(record)?.value)).collect::<Result<_>>()?;
        for chunk in sessions.chunks(MAX_CHANGES) {
            self.end(chunk).await?;
        }
        Ok(())
    }

    /// Whatever became of the sessions meanwhile: an exchange that is written first is undone with the session.
    async fn end(&self, sessions: &[Session]) -> Result<()> {
        let mut transaction = Transaction::new(&self.ids);
        for session in sessions {
            transaction.delete(session.key(), Condition::Always);
        }
        transaction.commit(self.table.as_ref()).await
    }

    fn mint(&self) -> (Secret, TokenDigest) {
        let mut bytes = [0; TOKEN_BYTES];
        self.random.fill(&mut bytes);
        let text = encode(bytes);
        let digest = TokenDigest::of(&text);
        (Secret::from(text), digest)
    }

    /// Full jitter, so that those who met once do not meet again.
    async fn back_off(&self, attempt: u32) {
        tokio::time::sleep(Duration::from_millis(self.random.below(4 << attempt))).await;
    }
}

fn read<T: wishlist_core::table::Entity>(
    records: &[Option<wishlist_core::table::Record>],
    place: usize,
) -> Result<Option<Stored<T>>> {
    Stored::read_option(records.get(place).and_then(Option::as_ref))
}

/// The same for a token that is unknown, expired, of an ended session, or was exchanged before.
fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "the refresh token is not valid; sign in again")
}
