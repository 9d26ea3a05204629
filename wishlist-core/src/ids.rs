//! Ids as newtypes, so that an item's never stands where a wishlist's belongs.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::clock::{Clock, Random};
use crate::error::{Error, Kind, Result};

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as a UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.as_hyphenated(), f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                Uuid::try_parse(text).map(Self).map_err(|source| {
                    Error::new(Kind::Invalid, format!("`{text}` is not an id; expected a UUID")).with_source(source)
                })
            }
        }
    )*};
}

uuid_ids! {
    /// A wishlist's id, a UUIDv7.
    WishlistId,
    /// An item's id, a UUIDv7: within one process later items have greater ids.
    ItemId,
    /// The id of a background job, a UUIDv7.
    JobId,
    /// The id of a signed-in session of the local identity provider, a UUIDv7.
    SessionId,
    /// The id of one taken lease.
    LeaseId,
    /// The id of one commit: tells a write that took effect from another writer's.
    WriteId,
}

/// Who is calling: the identity provider's `sub`, or the name an embedding program gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

impl UserId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserId {
    type Error = Error;

    /// 1 to 128 visible ASCII characters without `#`, which separates the parts of a key.
    fn try_from(text: String) -> Result<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        if text.is_empty() || text.len() > 128 || !visible {
            let message = "a user id is 1 to 128 visible ASCII characters without `#`";
            return Err(Error::new(Kind::Invalid, message));
        }
        Ok(Self(text))
    }
}

impl FromStr for UserId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::try_from(text.to_owned())
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Mints ids: UUIDv7 (RFC 9562, section 5.7) that rise strictly within one process.
#[derive(Clone, Debug)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    last: Arc<Mutex<u128>>,
}

impl Ids {
    /// Ids of this clock and this randomness.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random, last: Arc::new(Mutex::new(0)) }
    }

    /// A new id. Where the clock stands still or goes back, the id is the last one plus one.
    pub fn mint<T: From<Uuid>>(&self) -> T {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        let millis = u64::try_from(self.clock.now().as_millis()).unwrap_or(0);
        let fresh = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = fresh.as_u128().max(*last + 1);
        // A carry out of the random tail may reach the variant bits; setting them anew keeps the order within 2^62 ids.
        Builder::from_u128(*last)
            .with_version(uuid::Version::SortRand)
            .with_variant(uuid::Variant::RFC4122)
            .into_uuid()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::{ManualClock, SeededRandom, Timestamp};

    #[test]
    fn ids_rise_even_when_the_clock_stands_still() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let ids = Ids::new(clock.clone(), Arc::new(SeededRandom::new(1)));
        let mut last: ItemId = ids.mint();
        for turn in 0..10_000 {
            if turn % 1000 == 0 {
                clock.advance(Duration::from_millis(1));
            }
            let next: ItemId = ids.mint();
            assert!(next > last, "{next} came after {last}");
            assert_eq!(next.as_uuid().get_version_num(), 7);
            last = next;
        }
    }

    #[test]
    fn a_user_id_cannot_break_out_of_its_key() {
        for text in ["", "a#b", "a b", "é", &"x".repeat(129)] {
            assert!(text.parse::<UserId>().is_err(), "{text:?}");
        }
        assert_eq!("alice".parse::<UserId>().unwrap().as_str(), "alice");
    }
}
