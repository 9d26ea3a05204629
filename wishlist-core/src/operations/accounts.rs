//! What is kept of a person beside the identity provider.

use super::{Decision, Engine};
use crate::error::{Error, Kind, Result};
use crate::ids::UserId;
use crate::model::{User, Viewer};
use crate::table::{Stored, Transaction, keys};

impl Engine {
    /// Makes the record of a person who signed up or in, where there is none yet: one read, and one write the first time.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn register(&self, user: &UserId, email: &str, name: Option<&str>) -> Result<()> {
        self.decide(|| async {
            if Stored::<User>::find(self.table(), keys::user(user)).await?.is_some() {
                return Ok(Decision::Done(()));
            }
            let registered = User {
                id: user.clone(),
                email: Some(email.to_owned()),
                name: name.map(str::to_owned),
                wishlist_count: 0,
                created_at: self.clock().now(),
            };
            let mut transaction = Transaction::new(self.ids());
            transaction.create(&registered)?;
            Ok(Decision::Commit(transaction, ()))
        })
        .await
    }

    /// The caller's own record. One read.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`] for a caller of whom nothing is kept.
    pub async fn find_me(&self, viewer: &Viewer) -> Result<User> {
        let unknown = || Error::new(Kind::Unauthenticated, "the account does not exist");
        Ok(self.stored_user(viewer).await?.ok_or_else(unknown)?.value)
    }

    /// The caller's record, if there is one. An embedded program's users have none before their first wishlist.
    pub(super) async fn stored_user(&self, viewer: &Viewer) -> Result<Option<Stored<User>>> {
        Stored::find(self.table(), keys::user(&viewer.user)).await
    }
}
