//! Where people's sign-ins are kept, as far as the engine has to know.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::ids::UserId;

/// What signs people in. An embedded program that names its users itself has none.
#[async_trait]
pub trait Identities: Send + Sync + Debug {
    /// Which one it is, the same in every process that signs in the same people and in no other: two may share a table.
    fn name(&self) -> &str;

    /// Removes everything that is kept of a person: nobody can sign in as them from then on. Doing it twice is no error.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](crate::Kind::Unavailable); it is tried again.
    async fn erase(&self, user: &UserId) -> Result<()>;
}
