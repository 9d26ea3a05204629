//! The sessions of the table: started, exchanged, ended, erased.

use wishlist_core::error::Result;
use wishlist_core::ids::UserId;
use wishlist_core::table::keys::{self, EmailDigest, TokenDigest};
use wishlist_core::table::{Condition, Entity as _, Key, MAX_CHANGES, Query, Stored, Transaction, query_all};

use super::records::Login;
use super::session::{RefreshToken, Session, Standing};
use super::store::Store;
use crate::refused::session_over;
use crate::secret::Secret;
use crate::token::encode;

/// The bytes of a refresh token: 256 bits cannot be guessed, so a plain hash protects them where a password needs Argon2.
const TOKEN_BYTES: usize = 32;

/// The sessions of the table.
#[derive(Debug)]
pub(super) struct Sessions(pub(super) Store);

impl Sessions {
    /// Adds a session's start to a commit, and answers its refresh token.
    pub(super) fn start(&self, login: &Login, transaction: &mut Transaction) -> Result<Secret> {
        let (secret, digest) = self.mint();
        let now = self.0.now();
        let session = Session {
            id: self.0.ids.mint(),
            user: login.user.clone(),
            current: digest.clone(),
            siblings: Vec::new(),
            replaced: Vec::new(),
            started_at: now,
            refreshed_at: now,
            resets: login.resets,
            ended_at: None,
        };
        let token = RefreshToken {
            digest,
            user: login.user.clone(),
            session: session.id,
            login: login.digest(),
            previous: None,
            ends_at: session.ends_at(),
        };
        transaction.create(&session)?.create(&token)?;
        Ok(secret)
    }

    /// Exchanges a refresh token for the next one. A token that was exchanged before ends its session, unless that was a
    /// moment ago.
    ///
    /// Of two exchanges of one token at once one is written first, and the other is decided anew as one that follows it.
    pub(super) async fn exchange(&self, presented: &Secret) -> Result<(Login, Secret)> {
        let digest = TokenDigest::of(presented.expose());
        self.0.decide(|| self.try_exchange(&digest)).await
    }

    async fn try_exchange(&self, digest: &TokenDigest) -> Result<(Login, Secret)> {
        let found = self.0.find(&[keys::session(digest)]).await?;
        let token = found.read::<RefreshToken>(0)?.ok_or_else(session_over)?.value;
        let found = self.0.find(&[keys::my_session(&token.user, token.session), keys::login(&token.login)]).await?;
        let session: Stored<Session> = found.read(0)?.ok_or_else(session_over)?;
        let login: Login = found.read(1)?.ok_or_else(session_over)?.value;
        if login.user != token.user || !session.value.is_open(login.resets) {
            return Err(session_over());
        }
        let standing = session.value.standing(digest, self.0.now());
        if standing == Standing::Stolen {
            self.end(&[session]).await?;
            tracing::warn!(user = %token.user, "a refresh token came back after its exchange; its session was ended");
            return Err(session_over());
        }
        let secret = self.renew(&session, standing, token).await?;
        Ok((login, secret))
    }

    async fn renew(&self, session: &Stored<Session>, standing: Standing, token: RefreshToken) -> Result<Secret> {
        let (secret, digest) = self.mint();
        let previous = Some(session.value.current.clone());
        let next = session.value.renewed(standing, digest.clone(), self.0.now());
        let mut transaction = self.0.transaction();
        transaction.replace(session.revision, &next)?.create(&RefreshToken { digest, previous, ..token })?;
        self.0.commit(transaction).await?;
        Ok(secret)
    }

    /// Ends all sessions of a user, a hundred a commit.
    pub(super) async fn end_all(&self, user: &UserId) -> Result<()> {
        self.0
            .decide(|| async {
                let mut open = self.all(user).await?;
                open.retain(|session| session.value.ended_at.is_none());
                for chunk in open.chunks(MAX_CHANGES) {
                    self.end(chunk).await?;
                }
                Ok(())
            })
            .await
    }

    /// All sessions of a user, the oldest first, also those that are over and those of before a reset.
    pub(super) async fn all(&self, user: &UserId) -> Result<Vec<Stored<Session>>> {
        let all = query_all(self.0.table.as_ref(), Query::prefix(keys::user(user).pk, keys::prefix::SESSION)).await?;
        all.iter().map(Stored::read).collect()
    }

    /// Removes all sessions of a user with every token that they gave out, however many those are. They are ended first:
    /// from then on there are no new tokens.
    pub(super) async fn erase_all(&self, user: &UserId) -> Result<()> {
        self.end_all(user).await?;
        for session in self.all(user).await? {
            let mut keys = self.tokens(&session.value).await?;
            // The oldest first and the session last: what a crash leaves is still found from the session's record.
            keys.reverse();
            keys.push(session.value.key());
            for chunk in keys.chunks(MAX_CHANGES) {
                let mut transaction = self.0.transaction();
                for key in chunk {
                    transaction.delete(key.clone(), Condition::Always);
                }
                self.0.commit(transaction).await?;
            }
        }
        Ok(())
    }

    /// The address of a user, as a token of one of their sessions names it.
    pub(super) async fn login_of(&self, user: &UserId) -> Result<Option<EmailDigest>> {
        let Some(session) = self.all(user).await?.pop() else { return Ok(None) };
        let found = self.0.find(&[keys::session(&session.value.current)]).await?;
        Ok(found.read::<RefreshToken>(0)?.map(|token| token.value.login))
    }

    /// The keys of a session's tokens, the newest first. One read each.
    async fn tokens(&self, session: &Session) -> Result<Vec<Key>> {
        let (mut keys, mut next) = (Vec::new(), Some(session.current.clone()));
        while let Some(digest) = next {
            let key = keys::session(&digest);
            let found = self.0.find(std::slice::from_ref(&key)).await?;
            next = found.read::<RefreshToken>(0)?.and_then(|stored| stored.value.previous);
            keys.push(key);
        }
        Ok(keys)
    }

    async fn end(&self, sessions: &[Stored<Session>]) -> Result<()> {
        let mut transaction = self.0.transaction();
        for session in sessions {
            let ended = Session { ended_at: Some(self.0.now()), ..session.value.clone() };
            transaction.replace(session.revision, &ended)?;
        }
        self.0.commit(transaction).await
    }

    fn mint(&self) -> (Secret, TokenDigest) {
        let mut bytes = [0; TOKEN_BYTES];
        self.0.random.fill(&mut bytes);
        let text = encode(bytes);
        let digest = TokenDigest::of(&text);
        (Secret::from(text), digest)
    }
}
