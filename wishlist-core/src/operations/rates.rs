//! How many visits a caller may ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::model::Viewer;
use crate::table::{Entity, Key, Stored, Transaction, keys};

/// The length of a window. Windows start on the hour, so that a caller can tell when the next one comes.
const WINDOW: Duration = Duration::from_hours(1);

/// How many visits a caller asked for in one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VisitRate {
    /// Who asked.
    pub caller: UserId,
    /// When the window started.
    pub started_at: Timestamp,
    /// The visits asked for.
    pub visits: u32,
}

impl Entity for VisitRate {
    fn key(&self) -> Key {
        keys::rate(&self.caller, self.started_at.as_millis())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.started_at + WINDOW)
    }
}

/// A caller's present window, to be charged in the commit of what costs the visits.
#[derive(Debug)]
pub(super) struct Charge {
    stored: Option<Stored<VisitRate>>,
    rate: VisitRate,
    limit: u32,
    now: Timestamp,
}

impl Charge {
    /// Adds `visits` to the window.
    ///
    /// # Errors
    /// [`Kind::RateLimited`](crate::Kind::RateLimited) where that is more than the caller may ask for.
    pub(super) fn add(&self, transaction: &mut Transaction, visits: u32) -> Result<()> {
        let visits = self.rate.visits.saturating_add(visits);
        if visits > self.limit {
            let wait = (self.rate.started_at + WINDOW).since(self.now);
            let message = format!("at most {} pages can be asked for in an hour; wait for the next one", self.limit);
            return Err(Error::rate_limited(message, wait));
        }
        transaction.upsert(self.stored.as_ref(), &VisitRate { visits, ..self.rate.clone() })?;
        Ok(())
    }
}

impl Engine {
    /// The caller's present window; `None` where visits are not counted. One read.
    pub(super) async fn charge(&self, viewer: &Viewer, visits: u32) -> Result<Option<Charge>> {
        let Some(limit) = self.visits_per_hour().filter(|_| visits > 0) else { return Ok(None) };
        let now = self.clock().now();
        let window = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
        let started_at = Timestamp::from_millis(now.as_millis().div_euclid(window) * window);
        let fresh = VisitRate { caller: viewer.user.clone(), started_at, visits: 0 };
        let stored = Stored::<VisitRate>::find(self.table(), fresh.key()).await?;
        let rate = stored.as_ref().map_or(fresh, |stored| stored.value.clone());
        Ok(Some(Charge { stored, rate, limit, now }))
    }

    /// Counts `visits` of a caller that are made at once, with nothing to be committed beside. One read, one write.
    ///
    /// # Errors
    /// [`Kind::RateLimited`](crate::Kind::RateLimited).
    pub(super) async fn charge_now(&self, viewer: &Viewer, visits: u32) -> Result<()> {
        self.decide(|| async {
            let Some(charge) = self.charge(viewer, visits).await? else { return Ok(super::Decision::Done(())) };
            let mut transaction = Transaction::new(self.ids());
            charge.add(&mut transaction, visits)?;
            Ok(super::Decision::Commit(transaction, ()))
        })
        .await
    }
}
