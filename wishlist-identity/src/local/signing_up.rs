//! Making an account, and confirming its address.

use uuid::Uuid;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::UserId;
use wishlist_core::table::Condition;
use wishlist_core::table::keys::{self, EmailDigest};

use super::accounts::Accounts;
use super::codes::{Addressee, Purpose};
use super::passwords::Hashing;
use super::records::{Login, PasswordHash, PendingLogin};
use super::settings::Confirmation;
use crate::account::EmailAddress;
use crate::fields::check_sign_up;
use crate::mail::Message;
use crate::provider::{SignUp, SignedUp};
use crate::refused::wrong_code;
use crate::secret::Secret;

/// A sign-up whose fields were taken.
struct Checked {
    email: EmailAddress,
    digest: EmailDigest,
    name: Option<String>,
    password: Secret,
    hash: PasswordHash,
}

impl Checked {
    async fn of(request: SignUp, hashing: &Hashing) -> Result<Self> {
        let email = check_sign_up(&request)?;
        let hash = hashing.hash(&request.password).await?;
        let SignUp { name, password, .. } = request;
        Ok(Self { digest: EmailDigest::of(email.as_str()), email, name, password, hash })
    }
}

impl Accounts {
    pub(super) async fn sign_up(&self, request: SignUp) -> Result<SignedUp> {
        let checked = Checked::of(request, &self.hashing).await?;
        match self.confirmation {
            Confirmation::AtOnce => self.sign_up_at_once(checked).await,
            Confirmation::ByCode => {
                let (pending, to, message) = self.store.decide(|| self.await_confirmation(&checked)).await?;
                self.mail(Some(&to), message);
                Ok(SignedUp { account: pending.account(), confirmation_required: true })
            }
        }
    }

    async fn sign_up_at_once(&self, checked: Checked) -> Result<SignedUp> {
        let Checked { digest, email, name, hash, .. } = checked;
        let (user, created_at) = (self.new_user()?, self.store.now());
        let login = Login { user, email, name, password: Some(hash), created_at, resets: 0 };
        let mut transaction = self.store.transaction();
        Self::admit(&login, &mut transaction)?;
        // Nothing of a time when addresses were confirmed by code is left to confirm.
        transaction.delete(keys::sign_up(&digest), Condition::Always);
        match self.store.commit(transaction).await {
            Ok(()) => Ok(SignedUp { account: login.account(), confirmation_required: false }),
            Err(error) if error.kind() == Kind::Conflict => {
                Err(Error::new(Kind::Conflict, "there is already an account with this address; sign in instead"))
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps the sign-up until it is confirmed, over what waited before it. For a known address it is kept as well, where
    /// nothing ever reads it: the work is the same.
    ///
    /// Where another password was given before, either could be that of somebody who does not read the address's mails;
    /// the one who does will confirm whichever is the last. So none of them becomes the account's.
    async fn await_confirmation(&self, checked: &Checked) -> Result<(PendingLogin, EmailAddress, Option<Message>)> {
        let desk = self.desk(&checked.digest, Purpose::SignUp).await?;
        let waiting = desk.pending.as_ref().map(|pending| &pending.value);
        let is_same = self.hashing.matches(&checked.password, waiting.map(|waiting| &waiting.password)).await?;
        let pending = PendingLogin {
            user: self.new_user()?,
            email: checked.email.clone(),
            name: checked.name.clone(),
            password: checked.hash.clone(),
            contested: waiting.is_some_and(|waiting| waiting.contested || !is_same),
            created_at: self.store.now(),
        };
        let mut transaction = self.store.transaction();
        transaction.upsert(desk.pending.as_ref(), &pending)?;
        let minting = self.minting(&checked.digest, Purpose::SignUp);
        let code = Self::issue(&minting, &desk, Addressee::Somebody, &mut transaction)?;
        self.store.commit(transaction).await?;
        let message = code.map(|code| match (&desk.login, pending.contested) {
            (Some(_), _) => Message::AlreadyKnown,
            (None, true) => Message::ConfirmContested(code),
            (None, false) => Message::Confirm(code),
        });
        let to = desk.login.map_or_else(|| pending.email.clone(), |login| login.value.email);
        Ok((pending, to, message))
    }

    pub(super) async fn confirm_sign_up(&self, email: &str, code: &Secret) -> Result<()> {
        let digest = EmailDigest::of(EmailAddress::parse(email)?.as_str());
        self.store.decide(|| self.try_confirm(&digest, code)).await
    }

    async fn try_confirm(&self, digest: &EmailDigest, given: &Secret) -> Result<()> {
        let desk = self.desk(digest, Purpose::SignUp).await?;
        self.check_code(&self.minting(digest, Purpose::SignUp), &desk, given).await?;
        let (None, Some(pending), Some(code)) = (desk.login, desk.pending, desk.code) else {
            return Err(wrong_code());
        };
        let mut transaction = self.store.transaction();
        transaction.delete(keys::sign_up(digest), Condition::Revision(pending.revision));
        transaction.delete(keys::code(digest, Purpose::SignUp.name()), Condition::Revision(code.revision));
        Self::admit(&pending.value.confirmed(), &mut transaction)?;
        self.store.commit(transaction).await
    }

    pub(super) async fn resend_code(&self, email: &str) -> Result<()> {
        let digest = EmailDigest::of(EmailAddress::parse(email)?.as_str());
        let (desk, code) = self.store.decide(|| self.mail_code(&digest, Purpose::SignUp)).await?;
        self.mail(desk.address(), code.map(|code| desk.confirm(code)));
        Ok(())
    }

    fn new_user(&self) -> Result<UserId> {
        UserId::try_from(self.store.ids.mint::<Uuid>().to_string())
    }
}
