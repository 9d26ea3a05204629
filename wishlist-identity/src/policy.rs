//! Which passwords are taken.
//!
//! NIST SP 800-63B, section 3.1.1.2, and OWASP's Authentication Cheat Sheet ask for length, for a list of common passwords,
//! and against rules of composition: those make passwords that are alike.

use wishlist_core::error::FieldError;

use crate::secret::Secret;

/// The fewest characters of a password.
pub const MIN_CHARACTERS: usize = 8;
/// The most characters. Both ask for at least 64; the bound keeps the text that is hashed small.
const MAX_CHARACTERS: usize = 256;

/// The 11,611 of the 30,000 most common passwords that are long enough, in lower case, one a line. The text stays in the
/// program's file until a password is set; a search takes some 50 µs, a thousandth of the hash that follows.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// Refuses a new password at `pointer`. `email` is the address of the account, as typed.
pub(crate) fn check_password(password: &Secret, email: &str, pointer: &str) -> Option<FieldError> {
    let detail = refusal(password.expose(), email)?;
    Some(FieldError { pointer: pointer.to_owned(), detail })
}

fn refusal(password: &str, email: &str) -> Option<String> {
    if !(MIN_CHARACTERS..=MAX_CHARACTERS).contains(&password.chars().count()) {
        return Some(format!("a password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters"));
    }
    let (password, email) = (password.to_lowercase(), email.to_lowercase());
    let mailbox = email.split_once('@').map_or(email.as_str(), |(mailbox, _)| mailbox);
    if password == email || password == mailbox {
        return Some("a password is not the e-mail address, nor the part before its `@`".to_owned());
    }
    let is_common = COMMON.lines().any(|common| common == password);
    is_common.then(|| "this password is one of the most common; choose one that nobody else would".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(password: &str) -> bool {
        check_password(&Secret::from(password), "Alice.Smith@Example.com", "/password").is_none()
    }

    #[test]
    fn a_password_is_taken_by_its_length_in_characters() {
        for good in ["        ", "пароль12", "🔑🔑🔑🔑🔑🔑🔑🔑", "correct horse", &"x".repeat(256)]
        {
            assert!(is_taken(good), "{good}");
        }
        for bad in ["", "1234567", "🔑🔑🔑🔑🔑🔑🔑", &"x".repeat(257)] {
            assert!(!is_taken(bad), "{bad}");
        }
    }

    #[test]
    fn a_common_password_is_refused_in_any_case() {
        for bad in ["password", "PassWord", "12345678", "qwertyuiop", "iloveyou", "trustno1", "baseball"] {
            assert!(!is_taken(bad), "{bad}");
        }
        assert!(is_taken("password\npassword"));
    }

    #[test]
    fn an_address_is_no_password() {
        for bad in ["alice.smith@example.com", "ALICE.SMITH@example.com", "alice.smith"] {
            assert!(!is_taken(bad), "{bad}");
        }
        assert!(is_taken("alice.smith@"));
    }

    #[test]
    fn the_list_has_what_could_be_asked_for() {
        assert_eq!(COMMON.lines().count(), 11_611);
        let fits = |line: &str| line.chars().count() >= MIN_CHARACTERS && line.to_lowercase() == line;
        assert!(COMMON.lines().all(fits));
    }

    #[test]
    fn a_refusal_is_at_its_field_and_does_not_repeat_the_password() {
        let refused = check_password(&Secret::from("iloveyou"), "a@b", "/newPassword").unwrap();
        assert_eq!(refused.pointer, "/newPassword");
        assert!(!refused.detail.contains("iloveyou"));
    }
}
