//! The provider's operations over a client of the pool.

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::Client;
use wishlist_core::error::Result;
use wishlist_core::ids::{Ids, UserId};
use wishlist_core::operations::Identities;

use super::late_client::LateClient;
use super::settings::CognitoSettings;
use crate::provider::{IdentityExport, Provider, Refreshed, SignUp, SignedIn, SignedUp};
use crate::secret::Secret;

/// The accounts of a Cognito user pool.
///
/// The pool signs people in by their address (`UsernameAttributes: email`) and mails the codes; its client allows
/// `USER_PASSWORD_AUTH` and prevents errors about who exists (`PreventUserExistenceErrors: ENABLED`). The pool's own rules for
/// passwords are no stricter than the product's, which are checked first. Besides the operations that anybody may call, the
/// client's credentials have to allow `cognito-idp:AdminGetUser`, `AdminUserGlobalSignOut` and `AdminDeleteUser` on the pool.
///
/// A call costs one request, a reset and an erasure two. How long one may take and how often it is tried is up to the client
/// that is handed in.
///
/// Not all of [`Provider`]'s promises are Cognito's: an address that is still to be confirmed is told for any password, too
/// many wrong passwords in a row are answered like one, and a reset does not confirm an address.
#[derive(Clone, Debug)]
pub struct CognitoIdentity {
    pub(super) client: LateClient,
    pub(super) ids: Ids,
    pub(super) settings: CognitoSettings,
}

impl CognitoIdentity {
    /// The provider over a pool; asks it nothing yet. `ids` makes up the accounts of answers that must not tell whether an
    /// address is known.
    pub fn new(client: Client, ids: Ids, settings: CognitoSettings) -> Self {
        Self::with_late_client(|| client, ids, settings)
    }

    /// The same over a client that is made when it is first used. Making one takes the SDK a third of a millisecond and more,
    /// which a function that nobody signs in to need not spend at its start.
    pub fn with_late_client(
        client: impl FnOnce() -> Client + Send + 'static,
        ids: Ids,
        settings: CognitoSettings,
    ) -> Self {
        Self { client: LateClient::new(client), ids, settings }
    }
}

#[async_trait]
impl Provider for CognitoIdentity {
    async fn sign_up(&self, request: SignUp) -> Result<SignedUp> {
        self.sign_up_by_mail(request).await
    }

    async fn confirm_sign_up(&self, email: &str, code: &Secret) -> Result<()> {
        self.confirm(email, code).await
    }

    async fn resend_code(&self, email: &str) -> Result<()> {
        self.mail_confirmation(email).await
    }

    async fn sign_in(&self, email: &str, password: &Secret) -> Result<SignedIn> {
        self.sign_in_by_password(email, password).await
    }

    async fn refresh_session(&self, refresh_token: &Secret) -> Result<Refreshed> {
        self.refresh(refresh_token).await
    }

    async fn sign_out(&self, user: &UserId) -> Result<()> {
        self.end_sessions(user.as_str()).await
    }

    async fn forgot_password(&self, email: &str) -> Result<()> {
        self.mail_reset(email).await
    }

    async fn reset_password(&self, email: &str, code: &Secret, new_password: &Secret) -> Result<()> {
        self.reset(email, code, new_password).await
    }

    async fn export(&self, user: &UserId) -> Result<IdentityExport> {
        self.show(user).await
    }

    async fn erase(&self, user: &UserId) -> Result<()> {
        self.remove(user).await
    }

    async fn jwks(&self) -> Result<Option<String>> {
        Ok(None)
    }
}

#[async_trait]
impl Identities for CognitoIdentity {
    fn name(&self) -> &str {
        &self.settings.user_pool_id
    }

    async fn erase(&self, user: &UserId) -> Result<()> {
        self.remove(user).await
    }
}
