//! Hints that make background work start sooner. The records are the truth: a message may be lost, late, doubled or
//! reordered, and nothing but its ids is believed.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ids::{ItemId, JobId, WishlistId};
use crate::model::PageUrl;
use crate::table::keys::PageDigest;

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// Visit an item's page: `{"wishlistId":…,"itemId":…,"url":…}`.
    #[serde(rename_all = "camelCase")]
    Visit {
        /// The item's list.
        wishlist_id: WishlistId,
        /// The item.
        item_id: ItemId,
        /// The page when the message was sent; the item's own record decides.
        url: PageUrl,
    },
    /// Take up a page by itself, to refresh it: `{"pageDigest":…}`.
    #[serde(rename_all = "camelCase")]
    Page {
        /// The page; its own record says whether there is anything to do.
        page_digest: PageDigest,
    },
    /// Go on with a job: `{"jobId":…}`.
    #[serde(rename_all = "camelCase")]
    Job {
        /// The job.
        job_id: JobId,
    },
}

/// Where messages are sent to.
#[async_trait]
pub trait Queue: Send + Sync + Debug {
    /// Sends `message`, to be delivered after `delay` (at most 15 minutes) at the earliest.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](crate::Kind::Unavailable), and [`Kind::RateLimited`](crate::Kind::RateLimited) where there is no
    /// room until a worker has taken something; the sweeper makes up for it.
    async fn send(&self, message: Message, delay: Duration) -> Result<()>;

    /// Sends `messages` without a delay. Answers for each, in their order, whether it was taken; errors are those of
    /// [`Queue::send`].
    async fn send_all(&self, messages: Vec<Message>) -> Vec<Result<()>> {
        let mut answers = Vec::with_capacity(messages.len());
        for message in messages {
            answers.push(self.send(message, Duration::ZERO).await);
        }
        answers
    }
}

/// A queue that loses everything: the sweeper does all the work then.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoQueue;

#[async_trait]
impl Queue for NoQueue {
    async fn send(&self, _: Message, _: Duration) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_the_names_of_their_fields() {
        let id = uuid::Uuid::from_u128(1);
        let url: PageUrl = "https://shop.example/".parse().unwrap();
        let page = Message::Page { page_digest: PageDigest::from(&url) };
        let visit = Message::Visit { wishlist_id: id.into(), item_id: id.into(), url };
        let text = serde_json::to_string(&visit).unwrap();
        let expected = r#"{"wishlistId":"00000000-0000-0000-0000-000000000001","itemId":"00000000-0000-0000-0000-000000000001","url":"https://shop.example/"}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), visit);
        let text = serde_json::to_string(&page).unwrap();
        assert!(text.starts_with(r#"{"pageDigest":""#), "{text}");
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), page);
        assert!(serde_json::from_str::<Message>(r#"{"pageDigest":"../x"}"#).is_err());
        let job = Message::Job { job_id: id.into() };
        assert_eq!(serde_json::from_str::<Message>(&serde_json::to_string(&job).unwrap()).unwrap(), job);
    }
}
