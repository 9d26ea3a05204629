//! Where the provider's mails arrive.

use std::sync::Mutex;

use async_trait::async_trait;
use wishlist_core::error::Result;
use wishlist_identity::{Mail, Mailer, Message, Secret};

/// A mail server that takes everything at once.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<()> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

impl Mailbox {
    /// What has arrived since this was last asked. The outbox has a task of its own, and is let finish: on the one thread
    /// of a test a mail takes three turns.
    pub(crate) async fn take(&self) -> Vec<Mail> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The one message that has arrived.
    pub(crate) async fn message(&self) -> Message {
        let mails = self.take().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0].message.clone()
    }

    /// The code of the one message that has arrived.
    pub(crate) async fn code(&self) -> Secret {
        self.message().await.code().unwrap().clone()
    }
}
