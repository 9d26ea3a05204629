//! How addresses are confirmed, and by what mails are sent: from the settings, or refused with what to do.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use wishlist_identity::local::Confirmation;
use wishlist_identity::{LogMailer, Mailer};

use crate::config::{Confirm, ConfirmSettings};
use crate::smtp::SmtpMailer;

/// How sign-ups are confirmed, and who sends the codes.
#[derive(Debug)]
pub(crate) struct Confirming {
    pub(crate) confirmation: Confirmation,
    pub(crate) mailer: Arc<dyn Mailer>,
}

impl Confirming {
    /// At once; a code for a new password is written to the log.
    pub(crate) fn at_once() -> Self {
        Self { confirmation: Confirmation::AtOnce, mailer: Arc::new(LogMailer) }
    }

    /// What the settings ask for, for a server at `listen`.
    pub(crate) fn read(settings: &ConfirmSettings, listen: SocketAddr) -> Result<Self> {
        let own_machine = listen.ip().to_canonical().is_loopback();
        match settings.confirm {
            Some(Confirm::Smtp) => smtp(settings),
            _ if settings.smtp_url.is_some() || settings.mail_from.is_some() => {
                bail!(
                    "a mail server is configured, but nothing is mailed; add `--confirm smtp`, or leave out `--smtp-url` and `--mail-from`"
                )
            }
            Some(Confirm::Log) => {
                tracing::warn!(
                    "codes are written to this log, for development: whoever reads it can confirm any address and set any password"
                );
                Ok(Self { confirmation: Confirmation::ByCode, mailer: Arc::new(LogMailer) })
            }
            Some(Confirm::Auto) if !own_machine => bail!(
                "`--confirm auto` lets anybody who reaches `{listen}` take any address; choose `--confirm smtp` with `--smtp-url` and `--mail-from`, `--confirm log` for development, or listen on `127.0.0.1`"
            ),
            None if !own_machine => bail!(
                "others can reach `{listen}`, so say how the address of a sign-up is confirmed: `--confirm smtp` with `--smtp-url` and `--mail-from` mails a code, `--confirm log` writes it to the log for development"
            ),
            Some(Confirm::Auto) | None => Ok(Self::at_once()),
        }
    }
}

fn smtp(settings: &ConfirmSettings) -> Result<Confirming> {
    let ConfirmSettings { smtp_url: Some(url), mail_from: Some(from), .. } = settings else {
        bail!(
            "`--confirm smtp` needs `--smtp-url` and `--mail-from`: the server that takes mails, and who they are from"
        );
    };
    let mailer = SmtpMailer::new(url, from).context("no mail can be sent")?;
    Ok(Confirming { confirmation: Confirmation::ByCode, mailer: Arc::new(mailer) })
}

#[cfg(test)]
mod tests {
    use wishlist_identity::Secret;

    use super::*;

    const URL: &str = "smtps://user:canary@mail.example.com";

    fn read(
        confirm: Option<Confirm>,
        url: Option<&str>,
        from: Option<&str>,
        listen: &str,
    ) -> Result<Confirmation, String> {
        let settings = ConfirmSettings { confirm, smtp_url: url.map(Secret::from), mail_from: from.map(str::to_owned) };
        let read = Confirming::read(&settings, listen.parse().unwrap());
        read.map(|confirming| confirming.confirmation).map_err(|error| format!("{settings:?} {error:#}"))
    }

    #[test]
    fn only_a_machine_of_ones_own_confirms_at_once() {
        for own in ["127.0.0.1:0", "127.9.9.9:3000", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            assert_eq!(read(None, None, None, own), Ok(Confirmation::AtOnce));
            assert_eq!(read(Some(Confirm::Auto), None, None, own), Ok(Confirmation::AtOnce));
            assert_eq!(read(Some(Confirm::Log), None, None, own), Ok(Confirmation::ByCode));
        }
        for reached in ["0.0.0.0:3000", "[::]:3000", "192.168.0.7:0", "[::ffff:192.168.0.7]:0"] {
            for refused in [None, Some(Confirm::Auto)] {
                let error = read(refused, None, None, reached).unwrap_err();
                assert!(error.contains("`--confirm smtp`") && error.contains("--confirm log"), "{error}");
            }
            assert_eq!(read(Some(Confirm::Log), None, None, reached), Ok(Confirmation::ByCode));
            assert_eq!(read(Some(Confirm::Smtp), Some(URL), Some("a@b.example"), reached), Ok(Confirmation::ByCode));
        }
    }

    #[test]
    fn a_mail_server_that_is_half_configured_is_refused_without_its_password() {
        let own = "127.0.0.1:0";
        for (confirm, url, from, expected) in [
            (Some(Confirm::Smtp), Some(URL), None, "--mail-from"),
            (Some(Confirm::Smtp), None, Some("a@b.example"), "--smtp-url"),
            (Some(Confirm::Smtp), Some("canary"), Some("a@b.example"), "smtps://"),
            (Some(Confirm::Smtp), Some("https://user:canary@x"), Some("a@b.example"), "smtps://"),
            (Some(Confirm::Smtp), Some(URL), Some("nobody"), "`nobody` is not an address"),
            (None, Some(URL), None, "--confirm smtp"),
            (Some(Confirm::Log), Some(URL), None, "--confirm smtp"),
        ] {
            let error = read(confirm, url, from, own).unwrap_err();
            assert!(error.contains(expected) && !error.contains("canary"), "{error}");
        }
    }
}
