//! A check of the table knows the provider's records.

use std::sync::Arc;

use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_core::table::keys::{self, EmailDigest, TokenDigest};
use wishlist_core::table::{Change, Condition, EmbeddedTable, Key, Table};
use wishlist_identity::Provider;
use wishlist_identity::local::CHECK_RULES;

use crate::{EMAIL, World, refresh_token};

/// A person who signed in, refreshed, signed in again; and what a check says after each of `removed` is gone.
async fn told_without(removed: impl Fn(&str) -> Key) -> Vec<String> {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
    let world = World::over(table.clone(), clock).await;
    world.sign_up(EMAIL).await;
    let first = refresh_token(&world.sign_in().await.tokens);
    let second = refresh_token(&world.provider.refresh_session(&first).await.unwrap().tokens);
    let before = table.check(CHECK_RULES).await.unwrap();
    assert!(before.is_clean(), "{before:?}");
    assert_eq!((before.unchecked, before.unknown.len()), (0, 0));
    assert_eq!((before.records["login"], before.records["session"], before.records["my sessions"]), (1, 2, 1));
    let key = removed(second.expose());
    table.commit(vec![Change::Delete(key, Condition::Present)]).await.unwrap();
    let report = table.check(CHECK_RULES).await.unwrap();
    report.violations.iter().map(|violation| format!("{}: {}", violation.record, violation.what)).collect()
}

#[tokio::test]
async fn a_token_without_its_login_is_found() {
    let told = told_without(|_| keys::login(&EmailDigest::of(EMAIL))).await;
    let expected = [
        "session: it does not lead to its user's login",
        "session: it does not lead to its user's login",
        "my login: it does not lead to its user's login",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_session_without_its_present_token_is_found() {
    let told = told_without(|token| keys::session(&TokenDigest::of(token))).await;
    assert_eq!(told, ["my sessions: its present refresh token is not there"]);
}
