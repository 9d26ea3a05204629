//! Mails over SMTP.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_identity::{Mail, Mailer, Secret};

/// How long a mail may take. Lettre bounds the connecting alone, and a server may go on for ever with bytes that say nothing.
const WHOLE: Duration = Duration::from_secs(25);

const LATE: &str = "the mail server did not answer in time";

/// Hands mails to one server, on a connection each: a person's mails are minutes apart. `Debug` shows nothing of where.
pub(crate) struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl SmtpMailer {
    /// A mailer for the server of `url`, in lettre's form. Nothing is connected.
    pub(crate) fn new(url: &Secret, from: &str) -> Result<Self> {
        let from = from.parse().map_err(|_| {
            Error::new(
                Kind::Invalid,
                format!("`{from}` is not an address; write it like `Wishlists <wishlists@example.com>`"),
            )
        })?;
        // What is wrong with the URL is not repeated: it may be the password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose()).map_err(|_| {
            let expected = "expected `--smtp-url` like `smtps://user:password@mail.example.com`, or \
                            `smtp://user:password@mail.example.com?tls=required` for STARTTLS";
            Error::new(Kind::Invalid, expected)
        })?;
        Ok(Self { transport: transport.build(), from, patience: WHOLE })
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").finish_non_exhaustive()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let unfit = || Error::new(Kind::Invalid, "the address is none that a mail can be sent to");
        let to: Address = mail.to.as_str().parse().map_err(|_| unfit())?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.message.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(mail.message.text())
            .map_err(|_| unfit())?;
        match timeout(self.patience, self.transport.send(message)).await {
            Ok(sent) => sent.map(drop).map_err(|error| failed(&error)),
            Err(_) => Err(Error::new(Kind::Unavailable, LATE)),
        }
    }
}

/// The status alone of what the server said: its words repeat the address.
fn failed(error: &SmtpError) -> Error {
    let kind = if error.is_permanent() { Kind::Invalid } else { Kind::Unavailable };
    let what = match error.status() {
        Some(status) => format!("the mail server answered {status}"),
        None if error.is_timeout() => LATE.to_owned(),
        None if error.is_tls() => "the mail server's certificate or encryption is not as it should be".to_owned(),
        None if error.is_response() => "the mail server answered something that is not SMTP".to_owned(),
        None => "the mail server cannot be reached, or closed the connection".to_owned(),
    };
    Error::new(kind, what)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};
    use wishlist_identity::{EmailAddress, Message};

    use super::*;

    /// How a server answers one client: to which line it says what.
    type Manners = fn(&str) -> Option<&'static str>;

    /// A server on loopback that talks like a mail server, in its own manners, and keeps what it was told.
    struct Server {
        address: String,
        heard: Arc<Mutex<String>>,
    }

    impl Server {
        async fn start(greeting: &'static str, manners: Manners) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let heard = Arc::new(Mutex::new(String::new()));
            let ears = Arc::clone(&heard);
            tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    // A client that went away is none of the server's business.
                    let _ = talk(client, greeting, manners, &ears).await;
                }
            });
            Self { address, heard }
        }

        async fn send(&self) -> Result<()> {
            let url = Secret::from(format!("smtp://{}", self.address));
            send(&url).await
        }
    }

    async fn talk(
        mut client: TcpStream,
        greeting: &str,
        manners: Manners,
        heard: &Mutex<String>,
    ) -> std::io::Result<()> {
        let (reader, mut writer) = client.split();
        writer.write_all(greeting.as_bytes()).await?;
        let mut lines = BufReader::new(reader).lines();
        let mut in_text = false;
        while let Some(line) = lines.next_line().await? {
            heard.lock().unwrap().extend([line.as_str(), "\n"]);
            in_text = if in_text { line != "." } else { line == "DATA" };
            let answer = match (in_text, line.as_str()) {
                (true, "DATA") | (false, _) => manners(&line),
                (true, _) => continue,
            };
            match answer {
                Some(answer) => writer.write_all(answer.as_bytes()).await?,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form of all manners")]
    fn good(line: &str) -> Option<&'static str> {
        Some(match line {
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            line if line.starts_with("EHLO") => "250-here\r\n250 8BITMIME\r\n",
            _ => "250 ok\r\n",
        })
    }

    fn mailer(url: &Secret) -> SmtpMailer {
        SmtpMailer::new(url, "Wishlists <wishlists@example.com>").unwrap()
    }

    fn mail() -> Mail {
        let to = EmailAddress::parse("canary@example.com").unwrap();
        Mail { to, message: Message::Reset(Secret::from("01234567")) }
    }

    async fn send(url: &Secret) -> Result<()> {
        mailer(url).send(&mail()).await
    }

    #[tokio::test]
    async fn a_mail_arrives_as_short_plain_text() {
        let server = Server::start("220 here\r\n", good).await;
        server.send().await.unwrap();
        let heard = server.heard.lock().unwrap().clone();
        for line in [
            "MAIL FROM:<wishlists@example.com>",
            "RCPT TO:<canary@example.com>",
            "From: Wishlists <wishlists@example.com>",
            "To: canary@example.com",
            "Subject: Set a new password",
            "Content-Type: text/plain; charset=utf-8",
            "Your code is 01234567",
        ] {
            assert!(heard.lines().any(|heard| heard.starts_with(line)), "{line} is not in\n{heard}");
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_behave_is_a_failure_without_the_address() {
        let rows: [(&str, Manners, Kind); 8] = [
            ("554 go away\r\n", good, Kind::Invalid),
            ("421 too busy\r\n", good, Kind::Unavailable),
            ("220 here\r\n", |_| None, Kind::Unavailable),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", good, Kind::Unavailable),
            ("\0\0\u{1}\u{2}\r\n", good, Kind::Unavailable),
            ("220 here\r\n", |_| Some("250-and more to come\r\n251 which it is not\r\n"), Kind::Unavailable),
            (
                "220 here\r\n",
                |line| {
                    if line.starts_with("RCPT") { Some("550 no such user canary@example.com\r\n") } else { good(line) }
                },
                Kind::Invalid,
            ),
            (
                "220 here\r\n",
                |line| {
                    if line.starts_with("RCPT") { Some("451 grey list, canary@example.com\r\n") } else { good(line) }
                },
                Kind::Unavailable,
            ),
        ];
        for (greeting, manners, kind) in rows {
            let server = Server::start(greeting, manners).await;
            let error = server.send().await.unwrap_err();
            assert_eq!(error.kind(), kind, "{greeting:?}: {}", error.chain());
            assert!(!error.chain().contains("canary"), "{}", error.chain());
        }
    }

    #[tokio::test]
    async fn a_port_that_refuses_passes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Secret::from(format!("smtp://{}", listener.local_addr().unwrap()));
        drop(listener);
        assert_eq!(send(&url).await.unwrap_err().kind(), Kind::Unavailable);
    }

    #[tokio::test]
    async fn a_server_without_tls_gets_neither_mail_nor_password_where_tls_is_required() {
        let server = Server::start("220 here\r\n", good).await;
        let url = Secret::from(format!("smtp://user:secret@{}?tls=required", server.address));
        assert!(send(&url).await.is_err());
        let heard = server.heard.lock().unwrap().clone();
        assert!(heard.starts_with("EHLO") && !heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
    }

    #[tokio::test]
    async fn a_server_that_hangs_is_given_up() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Secret::from(format!("smtp://{}", silent.local_addr().unwrap()));
        let mailer = SmtpMailer { patience: Duration::from_millis(50), ..mailer(&url) };
        let error = mailer.send(&mail()).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Unavailable, LATE));
    }

    #[test]
    fn debug_shows_nothing_of_the_server() {
        let url = Secret::from("smtps://user:canary@mail.example.com");
        assert_eq!(format!("{:?}", SmtpMailer::new(&url, "a@b.example").unwrap()), "SmtpMailer { .. }");
    }
}
