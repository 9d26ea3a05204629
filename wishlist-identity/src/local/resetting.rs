//! A forgotten password, and a new one.

use wishlist_core::error::Result;
use wishlist_core::table::Condition;
use wishlist_core::table::keys::{self, EmailDigest};

use super::accounts::{Accounts, Desk};
use super::codes::{Addressee, Purpose};
use super::records::{Login, PasswordHash};
use crate::account::EmailAddress;
use crate::fields::check_reset;
use crate::mail::Message;
use crate::refused::wrong_code;
use crate::secret::Secret;

impl Accounts {
    pub(super) async fn forgot_password(&self, email: &str) -> Result<()> {
        let digest = EmailDigest::of(EmailAddress::parse(email)?.as_str());
        let (desk, code) = self.store.decide(|| self.mail_code(&digest, Purpose::Reset)).await?;
        self.mail(desk.address(), code.map(Message::Reset));
        Ok(())
    }

    /// Writes the next code of an address, known or not; answers it if there is somebody to mail it to.
    pub(super) async fn mail_code(&self, digest: &EmailDigest, purpose: Purpose) -> Result<(Desk, Option<Secret>)> {
        let desk = self.desk(digest, purpose).await?;
        let is_addressee = match purpose {
            Purpose::SignUp => desk.is_pending(),
            // Who reads the mails of an address may set its password, confirmed before or by this.
            Purpose::Reset => desk.address().is_some(),
        };
        let addressee = if is_addressee { Addressee::Somebody } else { Addressee::Nobody };
        let mut transaction = self.store.transaction();
        let code = Self::issue(&self.minting(digest, purpose), &desk, addressee, &mut transaction)?;
        self.store.commit(transaction).await?;
        Ok((desk, code))
    }

    pub(super) async fn reset_password(&self, email: &str, code: &Secret, new_password: &Secret) -> Result<()> {
        let digest = EmailDigest::of(check_reset(email, new_password)?.as_str());
        self.store.decide(|| self.check_reset(&digest, code)).await?;
        // Only for a code that is right: a stranger cannot make us hash. The code is checked once more with the change.
        let password = self.hashing.hash(new_password).await?;
        let login = self.store.decide(|| self.try_reset(&digest, code, &password)).await?;
        // Its sessions were over with the change; this only tidies up.
        if let Err(error) = self.sessions.end_all(&login.user).await {
            tracing::warn!(user = %login.user, causes = error.chain(), "sessions of before a reset could not be marked");
        }
        tracing::info!(user = %login.user, "a password was reset");
        Ok(())
    }

    async fn check_reset(&self, digest: &EmailDigest, given: &Secret) -> Result<Desk> {
        let desk = self.desk(digest, Purpose::Reset).await?;
        self.check_code(&self.minting(digest, Purpose::Reset), &desk, given).await?;
        desk.address().is_some().then_some(()).ok_or_else(wrong_code)?;
        Ok(desk)
    }

    async fn try_reset(&self, digest: &EmailDigest, given: &Secret, password: &PasswordHash) -> Result<Login> {
        let desk = self.check_reset(digest, given).await?;
        let mut transaction = self.store.transaction();
        let login = match (desk.login, desk.pending) {
            (Some(login), _) => {
                let resets = login.value.resets + 1;
                let next = Login { password: Some(password.clone()), resets, ..login.value };
                transaction.replace(login.revision, &next)?;
                next
            }
            (None, Some(pending)) => {
                let next = Login { password: Some(password.clone()), ..pending.value.confirmed() };
                Self::admit(&next, &mut transaction)?;
                next
            }
            (None, None) => return Err(wrong_code()),
        };
        if let Some(code) = desk.code {
            transaction.delete(keys::code(digest, Purpose::Reset.name()), Condition::Revision(code.revision));
        }
        transaction.delete(keys::sign_up(digest), Condition::Always);
        transaction.delete(keys::tries(digest), Condition::Always);
        self.store.commit(transaction).await?;
        Ok(login)
    }
}
