//! Every key that the product reads or writes, one row a record.
//!
//! `docs/generated/access-patterns.md` is generated from these rows. Nothing else in the workspace writes a key's text.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{DueKey, Key};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, JobId, SessionId, UserId, WishlistId};
use crate::model::{KeyDigest, PageUrl};

/// One row of the table of keys.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// What the record is.
    pub record: &'static str,
    /// The partition key's form.
    pub pk: &'static str,
    /// The sort key's form.
    pub sk: &'static str,
    /// Why it is there.
    pub why: &'static str,
}

macro_rules! keys {
    ($($name:ident($($part:ident: $of:ty),*) $record:literal $pk:literal $sk:literal $why:literal;)*) => {
        /// The table of keys.
        pub const PATTERNS: &[Pattern] = &[$(Pattern { record: $record, pk: $pk, sk: $sk, why: $why }),*];

        $(
            #[doc = concat!("The key of: ", $record, ".")]
            pub fn $name($($part: $of),*) -> Key {
                Key { pk: format!($pk), sk: format!($sk) }
            }
        )*
    };
}

#[rustfmt::skip]
keys! {
    user(user: &UserId)                                  "user"             "USER#{user}"         "USER"                   "profile and list count";
    my_wishlist(user: &UserId, wishlist: WishlistId)     "my lists"         "USER#{user}"         "WISHLIST#{wishlist}"    "one pointer a list: a listing of lists is one query and one get";
    wishlist(wishlist: WishlistId)                       "wishlist"         "WISHLIST#{wishlist}" "WISHLIST"               "name and counts; fences every write to the list";
    item(wishlist: WishlistId, item: ItemId)             "item"             "WISHLIST#{wishlist}" "ITEM#{item}"            "a list is one query";
    page(page: &PageDigest)                              "page"             "PAGE#{page}"         "PAGE"                   "facts of the visits, price summary, lease, next refresh; serves every item with that URL";
    watcher(page: &PageDigest, wishlist: WishlistId, item: ItemId) "watcher" "PAGE#{page}"        "WATCH#{wishlist}#{item}" "written and removed in the item's own commits; who to tell when the page changes";
    price(page: &PageDigest, seen_at: Moment)            "price seen"       "PAGE#{page}"         "PRICE#{seen_at}"     "what a page said about price and availability, by the start of the visit in milliseconds; added only when it changed, in one commit with the page";
    lane(host: &str, lane: u8)                           "host"             "HOST#{host}"         "LANE#{lane}"            "politeness, shared by all workers";
    job(job: JobId)                                      "job"              "JOB#{job}"           "JOB"                    "cascades: what is to be done, due until it is";
    idempotency(caller: &UserId, key: &KeyDigest)        "idempotency"      "IDEMPOTENCY#{caller}" "{key}"                 "the answer of a call that was named; by the hash of its name, for 24 h";
    rate(caller: &UserId, window: i64)                   "rate"             "RATE#{caller}"       "{window:015}"           "how many visits a caller asked for in a window of time; what costs none is not counted";
    login(email: &EmailDigest)                           "login"            "LOGIN#{email}"       "LOGIN"                  "local identity: password hash, by the hash of the address";
    sign_up(email: &EmailDigest)                         "sign-up"          "LOGIN#{email}"       "SIGN_UP"                "local identity: an account that is to be confirmed; expires by itself";
    code(email: &EmailDigest, purpose: &str)             "code"             "LOGIN#{email}"       "CODE#{purpose}"         "local identity: a mailed code by its hash, and when codes were mailed; for unknown addresses too";
    tries(email: &EmailDigest)                           "tries"            "LOGIN#{email}"       "TRIES"                  "local identity: wrong passwords in a row; for unknown addresses too";
    my_login(user: &UserId)                              "my login"         "USER#{user}"         "LOGIN"                  "local identity: where a user's login is, for export and erasure";
    session(refresh: &TokenDigest)                       "session"          "SESSION#{refresh}"   "SESSION"                "local identity: a refresh token, by its hash";
    my_session(user: &UserId, session: SessionId)        "my sessions"      "USER#{user}"         "SESSION#{session}"      "local identity: all sessions of a user, for sign-out";
    signing(number: u32)                                 "signing key"      "SIGNING"             "KEY#{number:06}"        "local identity: the keys that sign tokens, published as JWKS; numbered, so that of two first starts one makes it";
}

/// The sparse index's row: the only index, and it projects keys only.
pub const DUE: Pattern = Pattern {
    record: "sparse index",
    pk: "DUE#{00…15}",
    sk: "{due time}#{id}",
    why: "items' first fills and retries, pages to refresh, and jobs; shard by hash of id",
};

/// The number of shards of the sparse index: sixteen partitions take 16,000 writes a second in DynamoDB.
pub const DUE_SHARDS: u8 = 16;

/// SHA-256 of a page's URL in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageDigest(String);

impl TryFrom<String> for PageDigest {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let is_hex = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then_some(Self(text)).ok_or_else(|| {
            Error::new(Kind::Invalid, "a page is named by 64 hexadecimal digits in lower case, the SHA-256 of its URL")
        })
    }
}

impl From<PageDigest> for String {
    fn from(digest: PageDigest) -> Self {
        digest.0
    }
}

/// A moment in a key: milliseconds with leading zeros, so that text order is the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:015}", self.0.as_millis().max(0))
    }
}

impl From<&PageUrl> for PageDigest {
    fn from(url: &PageUrl) -> Self {
        Self(sha256_hex(url.as_str().as_bytes()))
    }
}

/// SHA-256 of an e-mail address, folded to lower case, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailDigest(String);

impl EmailDigest {
    /// The digest of an address.
    pub fn of(email: &str) -> Self {
        Self(sha256_hex(email.to_lowercase().as_bytes()))
    }
}

/// SHA-256 of a secret token in hexadecimal: the token itself is never kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        Self(sha256_hex(token.as_bytes()))
    }
}

macro_rules! digest_display {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

digest_display!(PageDigest, EmailDigest, TokenDigest);

/// The index key of what is due at `at`.
pub fn due(at: Timestamp, id: &str) -> DueKey {
    let shard = Sha256::digest(id.as_bytes())[0] % DUE_SHARDS;
    DueKey { pk: due_shard(shard), sk: format!("{}#{id}", Moment(at)) }
}

/// The partition key of a shard of the sparse index.
pub fn due_shard(shard: u8) -> String {
    format!("DUE#{shard:02}")
}

/// The sort key below which everything is due before `now`.
pub fn due_bound(now: Timestamp) -> String {
    Moment(now).to_string()
}

/// The part of a sort key behind its name: `ITEM#` of an item's is the prefix of the whole list.
pub mod prefix {
    /// Items of a wishlist.
    pub const ITEM: &str = "ITEM#";
    /// Wishlists of a user.
    pub const WISHLIST: &str = "WISHLIST#";
    /// Watchers of a page.
    pub const WATCH: &str = "WATCH#";
    /// Price history of a page.
    pub const PRICE: &str = "PRICE#";
    /// Sessions of a user.
    pub const SESSION: &str = "SESSION#";
    /// Signing keys.
    pub const KEY: &str = "KEY#";
}

/// The partition of a caller's named calls.
pub fn calls_of(caller: &UserId) -> String {
    format!("IDEMPOTENCY#{caller}")
}

/// The partition of a caller's rates.
pub fn rates_of(caller: &UserId) -> String {
    format!("RATE#{caller}")
}

/// The sort keys of the watchers of a page that are in one list.
pub fn watchers_in(wishlist: WishlistId) -> String {
    format!("{}{wishlist}#", prefix::WATCH)
}

/// The item that a watcher's sort key names.
pub fn watching_item(sk: &str) -> Option<ItemId> {
    sk.rsplit('#').next()?.parse().ok()
}

/// The sort key's text for an item, to go on behind it in a listing.
pub fn item_sk(item: ItemId) -> String {
    format!("{}{item}", prefix::ITEM)
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What a key found in the sparse index belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueRecord {
    /// An item to visit.
    Item(WishlistId, ItemId),
    /// A page to refresh.
    Page(PageDigest),
    /// A job to run.
    Job(JobId),
}

impl DueRecord {
    /// Reads an item's, a page's or a job's key; `None` for any other.
    pub fn parse(key: &Key) -> Option<Self> {
        if let (Some(wishlist), Some(item)) = (key.pk.strip_prefix("WISHLIST#"), key.sk.strip_prefix(prefix::ITEM)) {
            return Some(Self::Item(wishlist.parse().ok()?, item.parse().ok()?));
        }
        if let (Some(page), "PAGE") = (key.pk.strip_prefix("PAGE#"), key.sk.as_str()) {
            return PageDigest::try_from(page.to_owned()).ok().map(Self::Page);
        }
        key.pk.strip_prefix("JOB#").and_then(|job| job.parse().ok()).map(Self::Job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IdempotencyKey;

    #[test]
    fn a_page_is_named_by_as_many_digits_as_there_are() {
        let digest = String::from(PageDigest::from(&"https://shop.example/".parse().unwrap()));
        assert!(PageDigest::try_from(digest.clone()).is_ok());
        for other in
            [&"0".repeat(63), &format!("{digest}0"), &digest.replace(|_| true, "g"), &digest.to_uppercase(), ""]
        {
            assert_eq!(PageDigest::try_from(other.to_owned()).unwrap_err().kind(), Kind::Invalid, "{other}");
        }
    }

    #[test]
    fn stored_keys_do_not_change() {
        let wishlist: WishlistId = "01920000-0000-7000-8000-000000000001".parse().unwrap();
        let thing: ItemId = "01920000-0000-7000-8000-000000000002".parse().unwrap();
        let alice: UserId = "alice".parse().unwrap();
        let url: PageUrl = "https://shop.example/".parse().unwrap();
        let page_digest = PageDigest::from(&url);
        let rows = [
            user(&alice),
            my_wishlist(&alice, wishlist),
            super::wishlist(wishlist),
            item(wishlist, thing),
            page(&page_digest),
            watcher(&page_digest, wishlist, thing),
            price(&page_digest, Moment(Timestamp::from_millis(1_795_368_000_007))),
            lane("shop.example", 1),
            login(&EmailDigest::of("Alice@Example.com")),
            sign_up(&EmailDigest::of("Alice@Example.com")),
            code(&EmailDigest::of("Alice@Example.com"), "RESET"),
            tries(&EmailDigest::of("Alice@Example.com")),
            my_login(&alice),
            session(&TokenDigest::of("secret")),
            signing(1),
            idempotency(&alice, &"key".parse::<IdempotencyKey>().unwrap().digest()),
            rate(&alice, 1_795_366_800_000),
        ];
        let text = rows.map(|key| format!("{} | {}", key.pk, key.sk)).join("\n");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_due_later_sorts_later() {
        let (early, late) =
            (due(Timestamp::from_millis(999), "x"), due(Timestamp::from_millis(1_795_368_000_000), "x"));
        assert_eq!(early.pk, late.pk);
        assert!(early.sk < late.sk);
        assert!(early.sk < due_bound(Timestamp::from_millis(1000)));
        assert!(early.sk > due_bound(Timestamp::from_millis(999)));
    }

    #[test]
    fn a_due_key_leads_back_to_its_record() {
        let (wishlist, thing): (WishlistId, ItemId) = (
            "01920000-0000-7000-8000-000000000001".parse().unwrap(),
            "01920000-0000-7000-8000-000000000002".parse().unwrap(),
        );
        assert_eq!(DueRecord::parse(&item(wishlist, thing)), Some(DueRecord::Item(wishlist, thing)));
        assert_eq!(DueRecord::parse(&super::wishlist(wishlist)), None);
        let url: PageUrl = "https://shop.example/".parse().unwrap();
        let digest = PageDigest::from(&url);
        assert_eq!(DueRecord::parse(&page(&digest)), Some(DueRecord::Page(digest.clone())));
        assert_eq!(DueRecord::parse(&watcher(&digest, wishlist, thing)), None);
    }

    #[test]
    fn shards_share_the_load() {
        let mut counts = [0; DUE_SHARDS as usize];
        for n in 0..1600 {
            let shard = due(Timestamp::from_millis(0), &n.to_string()).pk;
            counts[shard.trim_start_matches("DUE#").parse::<usize>().unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (50..200).contains(count)), "{counts:?}");
    }
}
