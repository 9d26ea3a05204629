//! What a person may give to get an account or a new password: the same for every provider, checked before one is asked.

use wishlist_core::error::{Error, FieldError, Result};

use crate::account::EmailAddress;
use crate::policy::check_password;
use crate::provider::SignUp;
use crate::secret::Secret;

/// The most characters of a name.
const MAX_NAME_CHARACTERS: usize = 200;

/// All refused fields of a sign-up at once.
pub(crate) fn check_sign_up(request: &SignUp) -> Result<EmailAddress> {
    let (email, mut fields) = check_email(&request.email);
    fields.extend(check_password(&request.password, &request.email, "/password"));
    fields.extend(request.name.as_deref().and_then(check_name));
    Error::all_invalid(fields)?;
    email
}

/// All refused fields of a reset at once.
pub(crate) fn check_reset(email: &str, new_password: &Secret) -> Result<EmailAddress> {
    let (parsed, mut fields) = check_email(email);
    fields.extend(check_password(new_password, email, "/newPassword"));
    Error::all_invalid(fields)?;
    parsed
}

fn check_email(text: &str) -> (Result<EmailAddress>, Vec<FieldError>) {
    let email = EmailAddress::parse(text);
    let fields = email.as_ref().err().map(|error| error.fields().to_vec()).unwrap_or_default();
    (email, fields)
}

fn check_name(name: &str) -> Option<FieldError> {
    let fits = (1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let detail = || format!("a name has 1 to {MAX_NAME_CHARACTERS} characters and no control character");
    (!fits).then(|| FieldError { pointer: "/name".to_owned(), detail: detail() })
}
