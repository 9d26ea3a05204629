//! Links that are added all the time, so that pages are visited beside whatever else goes on.

use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinHandle;

use crate::person::Person;
use crate::shop::{Shop, Size};

/// The items of a list, below the most that one holds.
const LIST: usize = 900;

/// Somebody who adds links for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Visits(JoinHandle<()>);

impl Visits {
    /// Adds so many a second.
    pub(crate) async fn begin(person: Person, shop: Shop, a_second: u32) -> Result<Self> {
        let mut list = person.create_wishlist().await?;
        let adding = async move {
            for number in 0_usize.. {
                tokio::time::sleep(Duration::from_secs(1) / a_second).await;
                if number % LIST == LIST - 1
                    && let Ok(next) = person.create_wishlist().await
                {
                    list = next;
                }
                // Under overload it is refused like others; the next link comes in its turn.
                drop(person.add_item(&list, &shop.url(Size::Ordinary, number)).await);
            }
        };
        Ok(Self(tokio::spawn(adding)))
    }
}

impl Drop for Visits {
    fn drop(&mut self) {
        self.0.abort();
    }
}
