//! What is mailed to people, and the seam behind which it is sent.
//!
//! When something is mailed, and to whom, is decided by the provider; how often it is tried, by its outbox.

use std::fmt::Debug;

use async_trait::async_trait;
use wishlist_core::error::Result;

use crate::account::EmailAddress;
use crate::secret::Secret;

/// Sends mails. One call is one attempt: the caller bounds its time, and tries again after
/// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable).
#[async_trait]
pub trait Mailer: Send + Sync + Debug {
    /// Hands a mail to whoever delivers it. May be called several times at once.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) for what may pass; any other kind where trying again is no use. No
    /// message names the address: it is logged.
    async fn send(&self, mail: &Mail) -> Result<()>;
}

/// One mail, as plain text. `Debug` shows nothing of the address or the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who gets it.
    pub to: EmailAddress,
    /// What it says.
    pub message: Message,
}

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// Here is the code that confirms the address.
    Confirm(Secret),
    /// As `Confirm`, where the address was signed up with several passwords: none of them will work.
    ConfirmContested(Secret),
    /// Here is the code with which a new password can be set.
    Reset(Secret),
    /// Somebody tried to sign up with an address that has an account.
    AlreadyKnown,
}

impl Message {
    /// The code in it.
    pub fn code(&self) -> Option<&Secret> {
        match self {
            Self::Confirm(code) | Self::ConfirmContested(code) | Self::Reset(code) => Some(code),
            Self::AlreadyKnown => None,
        }
    }

    /// What it is for, as one word for a log line.
    pub const fn purpose(&self) -> &'static str {
        match self {
            Self::Confirm(_) | Self::ConfirmContested(_) => "confirm",
            Self::Reset(_) => "reset",
            Self::AlreadyKnown => "already_known",
        }
    }

    /// The subject line.
    pub const fn subject(&self) -> &'static str {
        match self {
            Self::Confirm(_) | Self::ConfirmContested(_) => "Confirm your address",
            Self::Reset(_) => "Set a new password",
            Self::AlreadyKnown => "You already have an account",
        }
    }

    /// The body: ASCII, lines of at most 72 characters, ended by `\n`.
    pub fn text(&self) -> String {
        match self {
            Self::Confirm(code) => format!("{}{CONFIRM}{IGNORE}", code_line(code)),
            Self::ConfirmContested(code) => format!("{}{CONFIRM}{CONTESTED}{IGNORE}", code_line(code)),
            Self::Reset(code) => format!("{}{RESET}{IGNORE}", code_line(code)),
            Self::AlreadyKnown => ALREADY_KNOWN.to_owned(),
        }
    }
}

const CONFIRM: &str = "\
Enter it to confirm your address for your wishlists. It is good for 15
minutes and for five tries.
";

const CONTESTED: &str = "
Somebody signed up with this address more than once, with different
passwords. So that nobody keeps a password that you do not know, none of
them will work: once the address is confirmed, ask for a new password
under \"forgot password\".
";

const RESET: &str = "\
Enter it to set a new password for your wishlists. It is good for 15
minutes and for five tries. You will be signed out everywhere.
";

const IGNORE: &str = "
If you did not ask for this, ignore this mail, and give the code to
nobody.
";

const ALREADY_KNOWN: &str = "\
Somebody, perhaps you, tried to sign up for wishlists with this address.
It has an account already, and nothing was changed.

If it was you: sign in with your password, or ask for a new one under
\"forgot password\". If not: there is nothing to do.
";

fn code_line(code: &Secret) -> String {
    format!("Your code is {}\n\n", code.expose())
}

/// Writes codes to the program's log instead of mailing them, for development: whoever reads the log can confirm any
/// address and set any password. The address is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogMailer;

#[async_trait]
impl Mailer for LogMailer {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let purpose = mail.message.purpose();
        let code = mail.message.code().map_or("", Secret::expose);
        tracing::warn!(purpose, code, "a mail, logged for development");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_short_plain_text_with_its_code() {
        let code = || Secret::from("01234567");
        for message in [Message::Confirm(code()), Message::ConfirmContested(code()), Message::Reset(code())] {
            let text = message.text();
            assert!(text.starts_with("Your code is 01234567\n") && text.contains("15\nminutes"), "{text}");
            assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 72), "{text}");
        }
        let text = Message::AlreadyKnown.text();
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 72), "{text}");
    }

    #[test]
    fn debug_shows_neither_address_nor_code() {
        let to = EmailAddress::parse("canary@example.com").unwrap();
        let shown = format!("{:?}", Mail { to, message: Message::Reset(Secret::from("01234567")) });
        assert!(!shown.contains("canary") && !shown.contains("0123"), "{shown}");
    }

    #[tokio::test]
    async fn the_log_has_the_code_and_not_the_address() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let subscriber = tracing_subscriber::fmt().with_writer(std::sync::Arc::new(writer)).finish();
        let listening = tracing::subscriber::set_default(subscriber);
        let to = EmailAddress::parse("canary@example.com").unwrap();
        LogMailer.send(&Mail { to, message: Message::Reset(Secret::from("01234567")) }).await.unwrap();
        drop(listening);
        let mut logged = String::new();
        std::io::Read::read_to_string(&mut reader, &mut logged).unwrap();
        assert!(logged.contains("01234567") && !logged.contains("canary"), "{logged}");
    }
}
