//! What people are told when they are refused: in the same words by every provider, whatever the reason was.

use wishlist_core::error::{Error, Kind};

/// The same for a code that is wrong, too old, used, tried too often, of another purpose, or of an unknown address.
pub(crate) fn wrong_code() -> Error {
    Error::invalid("/code", "the code is wrong or no longer good; ask for a new one")
}

/// The same for a wrong password and an unknown address.
pub(crate) fn wrong_credentials() -> Error {
    Error::new(Kind::Unauthenticated, "the address or the password is wrong")
}

/// For the right password of an address that is still to be confirmed.
pub(crate) fn unconfirmed() -> Error {
    Error::new(Kind::Forbidden, "confirm the address first: a mail was sent to it")
}

/// The same for a refresh token that was never given out, is too old, was exchanged before, or is of an ended session.
pub(crate) fn session_over() -> Error {
    Error::new(Kind::Unauthenticated, "the refresh token is not valid; sign in again")
}
