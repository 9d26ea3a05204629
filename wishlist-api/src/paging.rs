//! Listings in pages: how many, from where on, and the cursor that leads to the next.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use wishlist_core::error::{Error, FieldError};
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::Viewer;
use wishlist_core::operations::ItemSort;

use crate::problem::Problem;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: i64 = 100;

/// The bytes of the checksum before a position.
const CHECKSUM: usize = 16;

/// The most characters of a cursor: a position is an id and a rank or a price.
pub(crate) const MAX_CURSOR: usize = 1024;

/// What is listed: a cursor of one is none of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// The caller's wishlists.
    Wishlists,
    /// The items of one of them, in this order.
    Items(WishlistId, ItemSort),
    /// The prices of one of those.
    Prices(WishlistId, ItemId),
    /// Everything of the caller.
    Export,
}

/// Which part of a listing the caller asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window<Position> {
    /// At most so many records.
    pub(crate) limit: usize,
    /// Those behind this one.
    pub(crate) after: Option<Position>,
}

/// The cursors of one listing of one caller.
#[derive(Debug)]
pub(crate) struct Cursors<'a> {
    pub(crate) viewer: &'a Viewer,
    pub(crate) scope: Scope,
}

impl Cursors<'_> {
    /// The window that the parameters `limit` and `cursor` name.
    ///
    /// # Errors
    /// Each of them that is not as expected, by its name.
    pub(crate) fn window<Position: FromStr>(
        &self,
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<Window<Position>, Problem> {
        let mut refused = Vec::new();
        let mut refuse = |name: &str, detail: String| refused.push(FieldError { pointer: format!("/{name}"), detail });
        if !limit.is_none_or(|limit| (1..=MAX_LIMIT).contains(&limit)) {
            refuse("limit", format!("expected a whole number from 1 to {MAX_LIMIT}"));
        }
        let after = cursor.map(|cursor| self.read(cursor));
        if matches!(after, Some(None)) {
            refuse("cursor", "expected the `nextCursor` of an earlier page of this listing".to_owned());
        }
        Error::all_invalid(refused)?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        Ok(Window { limit, after: after.flatten() })
    }

    /// The cursor of the page behind `last`, where there is one.
    pub(crate) fn next(&self, last: Option<impl Display>) -> Option<String> {
        last.map(|last| self.write(&last.to_string()))
    }

    fn write(&self, last: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([self.checksum(last).as_slice(), last.as_bytes()].concat())
    }

    fn read<Position: FromStr>(&self, cursor: &str) -> Option<Position> {
        if cursor.len() > MAX_CURSOR {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (checksum, last) = bytes.split_first_chunk::<CHECKSUM>()?;
        let last = str::from_utf8(last).ok()?;
        (*checksum == self.checksum(last)).then(|| last.parse().ok()).flatten()
    }

    /// Binds a cursor to its caller and list. There is no secret in it: who makes one up gets to another place of a list of
    /// their own, and nowhere else.
    fn checksum(&self, last: &str) -> [u8; CHECKSUM] {
        let scope = match self.scope {
            Scope::Wishlists => "wishlists".to_owned(),
            Scope::Items(wishlist, sort) => format!("items {wishlist} {sort:?}"),
            Scope::Prices(wishlist, item) => format!("prices {wishlist} {item}"),
            Scope::Export => "export".to_owned(),
        };
        let digest = Sha256::digest(format!("{}\n{scope}\n{last}", self.viewer.user));
        std::array::from_fn(|place| digest[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(name: &str) -> Viewer {
        Viewer { user: name.parse().unwrap() }
    }

    #[test]
    fn a_cursor_is_good_for_its_caller_and_list_alone() {
        let (alice, bob, list) = (viewer("alice"), viewer("bob"), WishlistId::from(uuid::Uuid::from_u128(7)));
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        let cursor = own.write("7");
        assert_eq!(own.read(&cursor), Some(7));
        assert_eq!(Cursors { viewer: &bob, scope: Scope::Wishlists }.read::<u32>(&cursor), None);
        let items = |sort| Cursors { viewer: &alice, scope: Scope::Items(list, sort) };
        assert_eq!(items(ItemSort::Rank).read::<u32>(&cursor), None);
        let ranked = items(ItemSort::Rank).write("7");
        assert_eq!((items(ItemSort::Rank).read(&ranked), items(ItemSort::Price).read::<u32>(&ranked)), (Some(7), None));
    }

    #[test]
    fn an_altered_cursor_is_none() {
        let alice = viewer("alice");
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        let cursor = own.write("7");
        for place in 0..cursor.len() {
            for other in ["A", "B", "_"] {
                let mut altered = cursor.clone();
                altered.replace_range(place..=place, other);
                assert!(altered == cursor || own.read::<u32>(&altered).is_none(), "{altered}");
            }
        }
        for text in ["", "x", "=", "A", cursor.get(1..).unwrap(), &format!("{cursor}A"), &format!("{cursor}=")] {
            assert_eq!(own.read::<u32>(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_place_may_be_a_text() {
        let (alice, item) = (viewer("alice"), uuid::Uuid::from_u128(7));
        let own = Cursors { viewer: &alice, scope: Scope::Prices(item.into(), item.into()) };
        let cursor = own.next(Some(42)).unwrap();
        assert_eq!(own.window::<u64>(None, Some(&cursor)).unwrap(), Window { limit: 50, after: Some(42) });
        assert!(own.window::<WishlistId>(None, Some(&cursor)).is_err(), "a place of another form");
        let other = Cursors { viewer: &alice, scope: Scope::Prices(item.into(), uuid::Uuid::from_u128(8).into()) };
        assert!(other.window::<u64>(None, Some(&cursor)).is_err());
        assert!(own.window::<u64>(Some(0), None).is_err());
    }

    #[test]
    fn every_wrong_parameter_is_named_at_once() {
        let alice = viewer("alice");
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        assert_eq!(own.window::<u32>(None, None).unwrap(), Window { limit: 50, after: None });
        assert_eq!(own.window::<u32>(Some(100), None).unwrap().limit, 100);
        for limit in [0, -1, 101, i64::MAX] {
            assert!(own.window::<u32>(Some(limit), None).is_err());
        }
        assert!(own.window::<u32>(None, Some("x")).is_err());
    }
}
