//! The client: who calls, and the tries of a call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::StatusCode;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use crate::builder::Builder;
use crate::call::{Call, IDEMPOTENCY_KEY, IF_MATCH};
use crate::error::{Error, ErrorKind, Result};
use crate::model;
use crate::retry::{self, Course, Policy, Setback};
use crate::secret::Secret;
use crate::session::Session;
use crate::transport::{Answer, Transport};

/// How long one refresh token is tried: the server takes it again for half a minute after its first use, and takes one that comes
/// later for stolen.
const GRACE: Duration = Duration::from_secs(25);

/// Calls one server, as one person once [`sign_in`](Self::sign_in) was called. Clones are cheap and share the connections and
/// the session.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    /// What is said of the next calls.
    scope: Scope,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    pub(crate) session: Session,
    pub(crate) policy: Policy,
}

#[derive(Clone, Debug, Default)]
struct Scope {
    key: Option<String>,
    version: Option<i64>,
    /// Whether its tokens are looked after by who asks for them.
    is_renewal: bool,
}

impl Client {
    /// A client of the server at `url`, such as `https://wishlist.example`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Invalid`](ErrorKind::Invalid) for what is no address of a server.
    pub fn connect(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// The same with other timeouts, roots of trust or a session from before.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), scope: Scope::default() }
    }

    /// The tokens as they are now, to be kept and given to [`Builder::session`] later.
    pub fn session(&self) -> Option<model::Session> {
        self.shared.session.current().map(|tokens| tokens.session)
    }

    /// A client whose `POST` has this name instead of one drawn by chance: called again under it within a day, even by
    /// another process, it has no second effect. Use it for one call.
    #[must_use]
    pub fn under_key(&self, key: impl Into<String>) -> Self {
        Self { scope: Scope { key: Some(key.into()), ..self.scope.clone() }, ..self.clone() }
    }

    /// A client that updates or removes a record only where it still has this version, and else fails as
    /// [`Stale`](ErrorKind::Stale). Such an update is not tried again once it is not known what became of it.
    #[must_use]
    pub fn if_version(&self, version: i64) -> Self {
        Self { scope: Scope { version: Some(version), ..self.scope.clone() }, ..self.clone() }
    }

    /// What a call by its parts is answered with: the body of a success.
    ///
    /// # Errors
    ///
    /// As every method.
    pub async fn reply(&self, call: Call) -> Result<Bytes> {
        let answer = self.send(&call).await?;
        if !answer.body.is_empty() {
            answer.expect_json()?;
        }
        self.follow(&call, &answer)?;
        Ok(answer.body)
    }

    /// What a call is answered with.
    pub(crate) async fn answer<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let answer = self.send(&call).await?;
        self.follow(&call, &answer)?;
        answer.read()
    }

    /// A call that is answered with nothing.
    pub(crate) async fn done(&self, call: Call) -> Result<()> {
        let answer = self.send(&call).await?;
        answer.expect_nothing()?;
        self.follow(&call, &answer)
    }

    /// Whoever a call signed in or out is who calls from here on.
    fn follow(&self, call: &Call, answer: &Answer) -> Result<()> {
        match &*call.operation {
            "sign_in" => self.shared.session.begin(answer.read()?),
            "refresh_session" if !self.scope.is_renewal => self.shared.session.go_on(answer.read()?),
            "sign_out" | "delete_me" => self.shared.session.end(),
            _ => {}
        }
        Ok(())
    }

    async fn send(&self, call: &Call) -> Result<Answer> {
        let call = self.named(call.clone())?;
        let (policy, mut course, mut is_renewed) = (&self.shared.policy, Course::default(), false);
        let timeout = if call.operation == "refresh_session" { policy.timeout.min(GRACE) } else { policy.timeout };
        let deadline = Instant::now() + timeout;
        let left = || deadline.saturating_duration_since(Instant::now());
        loop {
            let token = if call.is_signed { self.token(deadline).await? } else { None };
            let outcome = self.shared.transport.send(&call, token.as_ref(), policy.try_timeout.min(left())).await;
            let is_refused = outcome.as_ref().is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED);
            if let Some(token) = token.filter(|_| is_refused && !is_renewed) {
                is_renewed = true;
                if self.renew(token, deadline).await? {
                    continue;
                }
            }
            let Setback { error, is_passing } = match course.judge(&call, outcome) {
                Ok(answer) => return Ok(answer),
                Err(setback) => setback,
            };
            let pause = policy.pause(course.tries, error.retry_after(), retry::chance()?);
            if !is_passing || course.tries >= policy.tries || pause >= left() {
                return Err(error);
            }
            sleep(pause).await;
        }
    }

    /// The call with its name and its condition, which all tries share.
    fn named(&self, call: Call) -> Result<Call> {
        let refused = |what: &str| {
            let message = format!("`{}` takes no {what}, which was given for it", call.operation);
            Err(Error::new(ErrorKind::Invalid, message))
        };
        // To do without would be to do what was not asked for.
        if self.scope.key.is_some() && !call.is_idempotent {
            return refused("key");
        }
        if self.scope.version.is_some() && !call.is_conditional {
            return refused("version");
        }
        let key = if call.is_idempotent { Some(self.scope.key.clone().map_or_else(retry::key, Ok)?) } else { None };
        let tag = self.scope.version.filter(|_| call.is_conditional).map(|version| format!("\"{version}\""));
        Ok(call.header(IDEMPOTENCY_KEY, key).header(IF_MATCH, tag))
    }

    /// The token to send, a new one where that is due.
    async fn token(&self, deadline: Instant) -> Result<Option<Secret>> {
        let Some(tokens) = self.shared.session.current() else { return Ok(None) };
        if tokens.is_due() {
            match self.renew(tokens.session.access_token.clone(), deadline).await {
                // The last one is still good.
                Err(_) if !tokens.is_over() => {}
                renewed => {
                    renewed?;
                }
            }
        }
        Ok(self.shared.session.current().map(|tokens| tokens.session.access_token))
    }

    /// Whether there are other tokens than the one with this access token now.
    async fn renew(&self, access: Secret, deadline: Instant) -> Result<bool> {
        let client = Self { scope: Scope { is_renewal: true, ..Scope::default() }, ..self.clone() };
        // As a task of its own it ends even where the caller gives up: tokens that arrive are the only ones that go on.
        let renewal = tokio::spawn(client.renewal(access));
        let renewed = timeout_at(deadline, renewal).await;
        let late = |_| Error::new(ErrorKind::Timeout, "the session was not renewed in time");
        renewed.map_err(late)?.map_err(|e| Error::new(ErrorKind::Internal, "the renewal ended").caused_by(e))?
    }

    fn renewal(self, access: Secret) -> BoxFuture<'static, Result<bool>> {
        Box::pin(async move {
            let session = &self.shared.session;
            let _turn = session.renewing.lock().await;
            let Some(tokens) = session.current() else { return Ok(false) };
            if tokens.session.access_token != access {
                return Ok(true);
            }
            let Some(refresh_token) = tokens.session.refresh_token else { return Ok(false) };
            match self.refresh_session(&model::RefreshToken { refresh_token }).await {
                Ok(next) => {
                    session.renew(&access, next);
                    Ok(true)
                }
                // By a code, for a page of a proxy says nothing of the session.
                Err(error) if matches!(error.code(), Some("unauthenticated" | "invalid")) => {
                    session.end_if(&access);
                    Ok(false)
                }
                Err(error) => Err(error),
            }
        })
    }
}
