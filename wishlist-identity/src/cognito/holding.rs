//! What is held of a person: shown to them, ended, removed. In the pool's own name, because a user's id is all there is.

use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserOutput;
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Result};
use wishlist_core::ids::UserId;

use super::account::{account, unexpected};
use super::provider::CognitoIdentity;
use super::refusal::{Asked, read};
use crate::account::Account;
use crate::provider::IdentityExport;

impl CognitoIdentity {
    /// Ends all sessions of who has this `sub` or address: of tokens given out before none can be refreshed.
    ///
    /// `GlobalSignOut` does the same for the bearer of an access token, and `RevokeToken` for one refresh token; neither is at
    /// hand where a user is signed out or erased.
    pub(super) async fn end_sessions(&self, username: &str) -> Result<()> {
        let pool = &self.settings.user_pool_id;
        let answer = self.client.admin_user_global_sign_out().user_pool_id(pool).username(username).send().await;
        read(Asked::Account, answer).map(drop)
    }

    /// Cognito counts the sessions of a user and lists none.
    pub(super) async fn show(&self, user: &UserId) -> Result<IdentityExport> {
        let held = self.find(user).await?.ok_or_else(|| Error::not_found("account"))?;
        let created_at = held.user_create_date().and_then(|at| at.to_millis().ok());
        let created_at = created_at.ok_or_else(|| unexpected("the account has no date"))?;
        let Account { email, name, .. } = account(user.clone(), &held)?;
        Ok(IdentityExport { email, name, created_at: Timestamp::from_millis(created_at), sessions: Vec::new() })
    }

    /// Sessions first: a user who is gone can no longer be named.
    pub(super) async fn remove(&self, user: &UserId) -> Result<()> {
        self.end_sessions(user.as_str()).await?;
        let pool = &self.settings.user_pool_id;
        let answer = self.client.admin_delete_user().user_pool_id(pool).username(user.as_str()).send().await;
        if read(Asked::Account, answer)?.is_some() {
            tracing::info!(%user, "an account was erased");
        }
        Ok(())
    }

    pub(super) async fn find(&self, user: &UserId) -> Result<Option<AdminGetUserOutput>> {
        let pool = &self.settings.user_pool_id;
        read(Asked::Account, self.client.admin_get_user().user_pool_id(pool).username(user.as_str()).send().await)
    }
}
