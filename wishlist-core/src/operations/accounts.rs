//! What is kept of a person beside the identity provider.

use std::time::Duration;

use super::wishlists::expect_version;
use super::{Decision, Engine, Job, JobWork};
use crate::error::{Error, Kind, Result};
use crate::ids::UserId;
use crate::model::{ProfileDraft, User, Viewer};
use crate::queue::Message;
use crate::table::{Stored, Transaction, keys};

impl Engine {
    /// Makes the record of a person who signed up or in, where there is none yet: one read, and one write the first time.
    ///
    /// # Errors
    /// Those of the table; [`Kind::Unauthenticated`] for a person who had everything deleted.
    pub async fn register(&self, user: &UserId, email: &str, name: Option<&str>) -> Result<()> {
        let (email, name) = (Some(email.to_owned()), name.map(str::to_owned));
        self.introduce(User { email, name, ..User::new(user.clone(), self.clock().now()) }).await
    }

    /// The same of a person whom a program knows that has the engine within itself: they sign in nowhere.
    ///
    /// # Errors
    /// As of [`register`](Self::register).
    pub async fn register_named(&self, user: &UserId) -> Result<()> {
        self.introduce(User::new(user.clone(), self.clock().now())).await
    }

    async fn introduce(&self, user: User) -> Result<()> {
        let viewer = Viewer::from(user.id.clone());
        self.decide(|| async {
            if self.stored_user(&viewer).await?.is_some() {
                return Ok(Decision::Done(()));
            }
            let mut transaction = Transaction::new(self.ids());
            transaction.create(&user)?;
            Ok(Decision::Commit(transaction, ()))
        })
        .await
    }

    /// The caller's own record. One read.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`] for a caller of whom nothing is kept.
    pub async fn find_me(&self, viewer: &Viewer) -> Result<User> {
        Ok(self.stored_me(viewer).await?.value)
    }

    /// Replaces the caller's profile. One read, one write; none where nothing changes.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with the wrong fields; [`Kind::Stale`] where `expected` is not the version;
    /// [`Kind::Unauthenticated`] for a caller of whom nothing is kept.
    pub async fn update_me(&self, viewer: &Viewer, draft: &ProfileDraft, expected: Option<u64>) -> Result<User> {
        self.decide(|| async {
            let stored = self.stored_me(viewer).await?;
            let fields = draft.check()?;
            expect_version(expected, stored.value.version)?;
            let (name, currency, locale) = (fields.name, fields.currency, fields.locale);
            let mut user = User { name, currency, locale, ..stored.value.clone() };
            if user == stored.value {
                return Ok(Decision::Done(user));
            }
            user.version += 1;
            let mut transaction = Transaction::new(self.ids());
            transaction.replace(stored.revision, &user)?;
            Ok(Decision::Commit(transaction, user))
        })
        .await
    }

    /// Has everything of the caller deleted: their calls fail from the answer on, and in the background all records, and
    /// their sign-in, are erased. One read, one write, and a job.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`] for a caller who did so before.
    pub async fn delete_me(&self, viewer: &Viewer) -> Result<()> {
        let job_id = self.ids().mint();
        let turn = self.turn(&viewer.user).await;
        self.decide(|| async {
            let stored = self.stored_user(viewer).await?;
            let now = self.clock().now();
            let user = stored.as_ref().map_or_else(|| User::new(viewer.user.clone(), now), |user| user.value.clone());
            let mut transaction = Transaction::new(self.ids());
            transaction.upsert(stored.as_ref(), &user.deleted(now))?;
            let work = JobWork::erase(viewer.user.clone(), self.identities());
            transaction.create(&Job::new(job_id, work, now))?;
            Ok(Decision::Commit(transaction, ()))
        })
        .await?;
        drop(turn);
        self.hint(Message::Job { job_id }, Duration::ZERO).await;
        Ok(())
    }

    /// Refuses a caller who had everything deleted. For what a caller may do beside the operations.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`].
    pub async fn check_viewer(&self, viewer: &Viewer) -> Result<()> {
        self.stored_user(viewer).await.map(drop)
    }

    /// The caller's record, if there is one. An embedded program's users have none before their first wishlist.
    pub(super) async fn stored_user(&self, viewer: &Viewer) -> Result<Option<Stored<User>>> {
        known(Stored::find(self.table(), keys::user(&viewer.user)).await?)
    }

    async fn stored_me(&self, viewer: &Viewer) -> Result<Stored<User>> {
        self.stored_user(viewer).await?.ok_or_else(gone)
    }
}

/// Refuses the mark of a person who had everything deleted.
pub(super) fn known(user: Option<Stored<User>>) -> Result<Option<Stored<User>>> {
    if user.as_ref().is_some_and(|user| user.value.deleted_at.is_some()) { Err(gone()) } else { Ok(user) }
}

fn gone() -> Error {
    Error::new(Kind::Unauthenticated, "the account does not exist")
}
