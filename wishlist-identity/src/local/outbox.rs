//! What is to be mailed, sent beside the requests: no answer and no stop waits for a mail server.
//!
//! A mail that is still here when the process ends is lost; its receiver asks for another code.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use wishlist_core::error::{Error, Kind, Result};

use crate::mail::{Mail, Mailer};

/// How many mails may wait to be taken up. Beyond that a mail is dropped: the queue is memory, and a code is asked for again.
const WAITING: usize = 256;
/// How many mails are being sent or wait for their next try.
const UNDER_WAY: usize = 256;
/// How many attempts run at once: what a small mail server takes from one client.
const AT_ONCE: usize = 4;
/// How long one attempt may take. RFC 5321, section 4.5.3.2, allows minutes for each step; a code is good for 15.
const ATTEMPT: Duration = Duration::from_secs(30);
/// The waits between attempts. Grey-listing servers take a mail after some minutes, and the code must still be good then.
const WAITS: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(15), Duration::from_mins(1), Duration::from_mins(5)];

/// Where mails are put to be sent.
#[derive(Debug)]
pub(super) struct Outbox(mpsc::Sender<Mail>);

impl Outbox {
    /// An outbox that sends by `mailer`, in a task that ends after the outbox is dropped.
    pub(super) fn open(mailer: Arc<dyn Mailer>) -> Self {
        let (sender, inbox) = mpsc::channel(WAITING);
        tokio::spawn(run(inbox, mailer));
        Self(sender)
    }

    /// Leaves a mail to be sent; never waits.
    pub(super) fn put(&self, mail: Mail) {
        if self.0.try_send(mail).is_err() {
            tracing::error!("a mail was dropped: too many are waiting to be sent");
        }
    }
}

async fn run(mut inbox: mpsc::Receiver<Mail>, mailer: Arc<dyn Mailer>) {
    let (mut under_way, turns) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    loop {
        tokio::select! {
            mail = inbox.recv(), if under_way.len() < UNDER_WAY => match mail {
                Some(mail) => drop(under_way.spawn(deliver(mail, Arc::clone(&mailer), Arc::clone(&turns)))),
                None => break,
            },
            Some(_) = under_way.join_next() => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

async fn deliver(mail: Mail, mailer: Arc<dyn Mailer>, turns: Arc<Semaphore>) {
    let purpose = mail.message.purpose();
    let mut waits = WAITS.into_iter();
    while let Err(error) = attempt(&mail, mailer.as_ref(), &turns).await {
        let next = waits.next().filter(|_| error.kind() == Kind::Unavailable);
        tracing::warn!(purpose, causes = error.chain(), again = next.is_some(), "a mail could not be sent");
        let Some(wait) = next else { return };
        sleep(wait).await;
    }
    tracing::debug!(purpose, "a mail was sent");
}

async fn attempt(mail: &Mail, mailer: &dyn Mailer, turns: &Semaphore) -> Result<()> {
    // Closed never: an error would only mean that nobody counts turns any more.
    let _turn = turns.acquire().await;
    let late = |_| Err(Error::new(Kind::Unavailable, "the mail server did not finish in time"));
    timeout(ATTEMPT, mailer.send(mail)).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use tokio::sync::Notify;
    use tokio::time::Instant;

    use super::*;
    use crate::account::EmailAddress;
    use crate::mail::Message;

    /// Fails in its own way the first times, then takes mails.
    #[derive(Debug)]
    struct Failing {
        failures: usize,
        how: Kind,
        attempts: AtomicUsize,
        sent: Notify,
    }

    impl Failing {
        fn new(failures: usize, how: Kind) -> Arc<Self> {
            Arc::new(Self { failures, how, attempts: AtomicUsize::new(0), sent: Notify::new() })
        }
    }

    #[async_trait]
    impl Mailer for Failing {
        async fn send(&self, _: &Mail) -> Result<()> {
            if self.attempts.fetch_add(1, Ordering::SeqCst) < self.failures {
                return Err(Error::new(self.how, "no"));
            }
            self.sent.notify_one();
            Ok(())
        }
    }

    /// Never answers.
    #[derive(Debug, Default)]
    struct Hanging(AtomicUsize);

    #[async_trait]
    impl Mailer for Hanging {
        async fn send(&self, _: &Mail) -> Result<()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::future::pending().await
        }
    }

    fn mail() -> Mail {
        Mail { to: EmailAddress::parse("a@b").unwrap(), message: Message::AlreadyKnown }
    }

    /// Lets everything that is due before the paused clock's `time` happen.
    async fn pass(time: Duration) {
        sleep(time).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_is_tried_again_until_it_is_taken() {
        let mailer = Failing::new(3, Kind::Unavailable);
        let (outbox, start) = (Outbox::open(mailer.clone()), Instant::now());
        outbox.put(mail());
        mailer.sent.notified().await;
        assert_eq!(mailer.attempts.load(Ordering::SeqCst), 4);
        assert!(start.elapsed() >= Duration::from_secs(77), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_is_given_up_at_last_and_at_once_where_it_is_no_use() {
        for (how, attempts) in [(Kind::Unavailable, 5), (Kind::Invalid, 1)] {
            let mailer = Failing::new(usize::MAX, how);
            let outbox = Outbox::open(mailer.clone());
            outbox.put(mail());
            pass(Duration::from_hours(1)).await;
            assert_eq!(mailer.attempts.load(Ordering::SeqCst), attempts);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_hangs_holds_up_nobody_who_puts_a_mail() {
        let mailer = Arc::new(Hanging::default());
        let (outbox, start) = (Outbox::open(mailer.clone()), Instant::now());
        for _ in 0..10_000 {
            outbox.put(mail());
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        pass(Duration::from_secs(1)).await;
        assert_eq!(mailer.0.load(Ordering::SeqCst), AT_ONCE);
        pass(ATTEMPT).await;
        assert_eq!(mailer.0.load(Ordering::SeqCst), 2 * AT_ONCE);
    }

    #[test]
    fn a_runtime_ends_with_mails_under_way() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mailer = Arc::new(Hanging::default());
        let outbox = runtime.block_on(async {
            let outbox = Outbox::open(mailer.clone());
            outbox.put(mail());
            tokio::task::yield_now().await;
            outbox
        });
        drop(runtime);
        assert_eq!(Arc::strong_count(&mailer), 1);
        outbox.put(mail());
    }
}
