//! One effect for each idempotency key, however often its call is sent.
//!
//! The answer is one more change of the effect's own commit, so that there is never one without the other. Of two calls at
//! once the second finds the record there when it commits, reads it, and answers the same.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::accounts::known;
use super::{Decision, Engine};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ids::UserId;
use crate::model::{Fingerprint, IdempotencyKey, KeyDigest, Viewer};
use crate::table::{Entity, Key, Stored, Transaction, keys};

/// For how long a call that is sent again is answered as the first time.
const KEPT: Duration = Duration::from_hours(24);

/// A call that its caller has named, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedCall {
    /// Who called: names are theirs alone.
    pub caller: UserId,
    /// The name's digest.
    pub key: KeyDigest,
    /// What tells another call under the same name apart.
    pub fingerprint: Fingerprint,
    /// What was answered, or how far it is.
    pub answer: Value,
    /// From when on the name may be used anew.
    pub expires_at: Timestamp,
}

impl NamedCall {
    /// The call of `operation` with `input`, where the caller named it.
    pub(super) fn of(
        engine: &Engine,
        viewer: &Viewer,
        key: Option<&IdempotencyKey>,
        operation: &str,
        input: &(impl Serialize + Sync),
    ) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let input = serde_json::to_vec(&(operation, input)).map_err(unwritable)?;
        Ok(Some(Self {
            caller: viewer.user.clone(),
            key: key.digest(),
            fingerprint: key.fingerprint(&input),
            answer: Value::Null,
            expires_at: engine.clock().now() + KEPT,
        }))
    }

    /// The same call with its answer, or how far it is.
    pub(super) fn with_answer(&self, answer: &impl Serialize) -> Result<Self> {
        Ok(Self { answer: serde_json::to_value(answer).map_err(unwritable)?, ..self.clone() })
    }

    /// What is kept under the call's name.
    ///
    /// # Errors
    /// [`Kind::IdempotencyMismatch`] where the name was given to another call; [`Kind::Unauthenticated`] for a caller who had
    /// everything deleted, also while that goes on.
    pub(super) async fn kept<T: DeserializeOwned>(&self, engine: &Engine) -> Result<Option<(Stored<Self>, T)>> {
        let found = engine.table().get(&[keys::user(&self.caller), Entity::key(self)]).await?;
        known(Stored::read_option(found[0].as_ref())?)?;
        let Some(stored) = Stored::<Self>::read_option(found[1].as_ref())? else { return Ok(None) };
        if stored.value.fingerprint != self.fingerprint {
            let message = "the idempotency key was used for another call; give each call a key of its own";
            return Err(Error::new(Kind::IdempotencyMismatch, message));
        }
        let answer = T::deserialize(&stored.value.answer).map_err(|source| {
            Error::new(Kind::Internal, "the answer under an idempotency key is not readable").with_source(source)
        })?;
        Ok(Some((stored, answer)))
    }
}

impl Entity for NamedCall {
    fn key(&self) -> Key {
        keys::idempotency(&self.caller, &self.key)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Engine {
    /// As [`Engine::decide`]; the decision of a named call is made once, and its answer is given again from then on, also
    /// where the same call would be refused by now.
    ///
    /// # Errors
    /// Those of [`Engine::decide`]; [`Kind::IdempotencyMismatch`].
    pub(super) async fn decide_once<T, Deciding>(
        &self,
        call: Option<NamedCall>,
        mut decide: impl FnMut() -> Deciding,
    ) -> Result<T>
    where
        T: Serialize + DeserializeOwned,
        Deciding: Future<Output = Result<Decision<T>>>,
    {
        let Some(call) = call else { return self.decide(decide).await };
        self.decide(|| {
            let deciding = decide();
            let call = &call;
            async move {
                let (kept, decision) = tokio::join!(call.kept::<T>(self), deciding);
                if let Some((_, answer)) = kept? {
                    return Ok(Decision::Done(answer));
                }
                let (mut transaction, answer) = match decision {
                    Ok(Decision::Commit(transaction, answer)) => (transaction, answer),
                    // Without the record the same call might have an effect when it is sent again.
                    Ok(Decision::Done(answer)) => (Transaction::new(self.ids()), answer),
                    // It may be refused for its own effect, which it had between the two reads.
                    Err(error) => {
                        let kept = call.kept::<T>(self).await?;
                        return kept.map(|(_, answer)| Decision::Done(answer)).ok_or(error);
                    }
                };
                transaction.create(&call.with_answer(&answer)?)?;
                Ok(Decision::Commit(transaction, answer))
            }
        })
        .await
    }
}

fn unwritable(source: serde_json::Error) -> Error {
    Error::new(Kind::Internal, "a call could not be written as JSON").with_source(source)
}
