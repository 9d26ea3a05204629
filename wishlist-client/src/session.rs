//! The tokens of whoever is signed in.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model;
use crate::secret::Secret;

#[derive(Debug, Default)]
pub(crate) struct Session {
    tokens: Mutex<Option<Tokens>>,
    /// Held while new tokens are asked for, so that one call asks and the others wait for what it gets.
    pub(crate) renewing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) session: model::Session,
    /// When new ones are due, and when the access token ends; not known of tokens that were kept from before.
    due: Option<(Instant, Instant)>,
}

impl Tokens {
    pub(crate) fn is_due(&self) -> bool {
        self.session.refresh_token.is_some() && self.due.is_some_and(|(due, _)| Instant::now() >= due)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.due.is_some_and(|(_, end)| Instant::now() >= end)
    }
}

impl Session {
    pub(crate) fn kept(session: Option<model::Session>) -> Self {
        let tokens = session.map(|session| Tokens { session, due: None });
        Self { tokens: Mutex::new(tokens), ..Self::default() }
    }

    pub(crate) fn current(&self) -> Option<Tokens> {
        self.lock().clone()
    }

    /// Whoever signed in is who calls from here on.
    pub(crate) fn begin(&self, session: model::Session) {
        *self.lock() = Some(timed(session));
    }

    /// The next tokens of the session, which may say nothing of the refresh token where it stays the same.
    pub(crate) fn go_on(&self, mut session: model::Session) {
        let mut tokens = self.lock();
        let last = tokens.as_ref().and_then(|last| last.session.refresh_token.clone());
        session.refresh_token = session.refresh_token.or(last);
        *tokens = Some(timed(session));
    }

    /// The next tokens in place of those with this access token; of a session that was replaced meanwhile, none.
    pub(crate) fn renew(&self, access: &Secret, mut session: model::Session) {
        let mut tokens = self.lock();
        let Some(last) = tokens.as_ref().filter(|last| last.session.access_token == *access) else { return };
        session.refresh_token = session.refresh_token.or_else(|| last.session.refresh_token.clone());
        *tokens = Some(timed(session));
    }

    /// Nobody calls from here on, where these are still the tokens.
    pub(crate) fn end_if(&self, access: &Secret) {
        self.lock().take_if(|last| last.session.access_token == *access);
    }

    pub(crate) fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Tokens>> {
        // Nothing panics while it is held.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// New tokens are due half a minute before the end, or when nine tenths of a short life are over.
fn timed(session: model::Session) -> Tokens {
    let life = Duration::from_secs(u64::try_from(session.expires_in).unwrap_or_default());
    let early = (life / 10).min(Duration::from_secs(30));
    let now = Instant::now();
    let due = now.checked_add(life).map(|end| (end.checked_sub(early).unwrap_or(now), end));
    Tokens { session, due }
}
