//! Listings in pages: how many, from where on, and the cursor that leads to the next.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wishlist_core::error::{Error, FieldError};
use wishlist_core::ids::WishlistId;
use wishlist_core::model::Viewer;

use crate::problem::Problem;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: i64 = 100;

/// The bytes of an id, and of the checksum behind it.
const HALF: usize = 16;

/// What is listed: a cursor of one is none of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// The caller's wishlists.
    Wishlists,
    /// The items of one of them.
    Items(WishlistId),
}

/// Which part of a listing the caller asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window<Id> {
    /// At most so many records.
    pub(crate) limit: usize,
    /// Those behind this one.
    pub(crate) after: Option<Id>,
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
    pub(crate) fn window<Id: From<Uuid>>(
        &self,
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<Window<Id>, Problem> {
        let mut refused = Vec::new();
        let mut refuse = |name: &str, detail: String| refused.push(FieldError { pointer: format!("/{name}"), detail });
        if !limit.is_none_or(|limit| (1..=MAX_LIMIT).contains(&limit)) {
            refuse("limit", format!("expected a whole number from 1 to {MAX_LIMIT}"));
        }
        let after = cursor.map(|cursor| self.read(cursor));
        if after == Some(None) {
            refuse("cursor", "expected the `nextCursor` of an earlier page of this listing".to_owned());
        }
        Error::all_invalid(refused)?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        Ok(Window { limit, after: after.flatten().map(Id::from) })
    }

    /// The cursor of the page behind `last`, where there is one.
    pub(crate) fn next(&self, last: Option<Uuid>) -> Option<String> {
        last.map(|last| self.write(last))
    }

    fn write(&self, last: Uuid) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([*last.as_bytes(), self.checksum(last)].concat())
    }

    fn read(&self, cursor: &str) -> Option<Uuid> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (last, checksum) = bytes.split_first_chunk::<HALF>()?;
        let last = Uuid::from_bytes(*last);
        (checksum == self.checksum(last)).then_some(last)
    }

    /// Binds a cursor to its caller and list. There is no secret in it: who makes one up gets to another place of a list of
    /// their own, and nowhere else.
    fn checksum(&self, last: Uuid) -> [u8; HALF] {
        let scope = match self.scope {
            Scope::Wishlists => "wishlists".to_owned(),
            Scope::Items(wishlist) => format!("items {wishlist}"),
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
        let (alice, bob, last) = (viewer("alice"), viewer("bob"), Uuid::from_u128(7));
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        let cursor = own.write(last);
        assert_eq!(own.read(&cursor), Some(last));
        assert_eq!(Cursors { viewer: &bob, scope: Scope::Wishlists }.read(&cursor), None);
        assert_eq!(Cursors { viewer: &alice, scope: Scope::Items(last.into()) }.read(&cursor), None);
    }

    #[test]
    fn an_altered_cursor_is_none() {
        let alice = viewer("alice");
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        let cursor = own.write(Uuid::from_u128(7));
        for place in 0..cursor.len() {
            for other in ["A", "B", "_"] {
                let mut altered = cursor.clone();
                altered.replace_range(place..=place, other);
                assert!(altered == cursor || own.read(&altered).is_none(), "{altered}");
            }
        }
        for text in ["", "x", "=", "A", cursor.get(1..).unwrap(), &format!("{cursor}A"), &format!("{cursor}=")] {
            assert_eq!(own.read(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_wrong_parameter_is_named_at_once() {
        let alice = viewer("alice");
        let own = Cursors { viewer: &alice, scope: Scope::Wishlists };
        assert_eq!(own.window::<Uuid>(None, None).unwrap(), Window { limit: 50, after: None });
        assert_eq!(own.window::<Uuid>(Some(100), None).unwrap().limit, 100);
        for limit in [0, -1, 101, i64::MAX] {
            assert!(own.window::<Uuid>(Some(limit), None).is_err());
        }
        assert!(own.window::<Uuid>(None, Some("x")).is_err());
    }
}
