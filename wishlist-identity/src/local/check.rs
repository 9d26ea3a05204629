//! What holds of the provider's own records, for a check of the table.

use wishlist_core::Result;
use wishlist_core::check::{Examination, Rule};
use wishlist_core::table::{Record, keys};

use super::codes::Code;
use super::lock_out::Tries;
use super::records::{Login, MyLogin, PendingLogin};
use super::session::{RefreshToken, Session};
use super::signing::SigningRecord;

/// The rules of the local provider's records.
#[rustfmt::skip]
pub const CHECK_RULES: &[Rule] = &[
    Rule { record: "login",       check: |at, record| { at.read::<Login>(record); Ok(()) } },
    Rule { record: "sign-up",     check: |at, record| { at.read::<PendingLogin>(record); Ok(()) } },
    Rule { record: "code",        check: |at, record| { at.read::<Code>(record); Ok(()) } },
    Rule { record: "tries",       check: |at, record| { at.read::<Tries>(record); Ok(()) } },
    Rule { record: "my login",    check: my_login },
    Rule { record: "session",     check: refresh_token },
    Rule { record: "my sessions", check: session },
    Rule { record: "signing key", check: |at, record| { at.read::<SigningRecord>(record); Ok(()) } },
];

fn my_login(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(pointer) = at.read::<MyLogin>(record) else { return Ok(()) };
    let login = at.find::<Login>(&keys::login(&pointer.login))?;
    at.expect(login.is_some_and(|login| login.user == pointer.user), "it does not lead to its user's login");
    Ok(())
}

/// A session that is signed out leaves its refresh tokens behind, so that a stolen one is recognized; one that is not leads
/// to a login.
fn refresh_token(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(token) = at.read::<RefreshToken>(record) else { return Ok(()) };
    if at.is_there(&keys::my_session(&token.user, token.session))? {
        let login = at.find::<Login>(&keys::login(&token.login))?;
        at.expect(login.is_some_and(|login| login.user == token.user), "it does not lead to its user's login");
    }
    Ok(())
}

fn session(at: &mut Examination<'_>, record: &Record) -> Result<()> {
    let Some(session) = at.read::<Session>(record) else { return Ok(()) };
    let token = at.find::<RefreshToken>(&keys::session(&session.current))?;
    at.expect(token.is_some_and(|token| token.session == session.id), "its present refresh token is not there");
    Ok(())
}
