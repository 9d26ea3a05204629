//! What is stored: a change of these snapshots is a migration.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;
use wishlist_core::clock::ManualClock;
use wishlist_core::table::Record;
use wishlist_identity::local::Confirmation;
use wishlist_identity::{Provider, Secret};

use crate::witness::Witness;
use crate::{EMAIL, PASSWORD, START, World, refresh_token, sign_up};

async fn written() -> (Vec<Record>, Vec<String>) {
    let clock = Arc::new(ManualClock::new(START));
    let table = Witness::new(clock.clone());
    let world = World::over_with(table.clone(), clock, Confirmation::ByCode).await;
    world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let code = world.mailbox.code().await;
    world.provider.confirm_sign_up(EMAIL, &code).await.unwrap();
    world.try_sign_in("wrong password").await.unwrap_err();
    let first = refresh_token(&world.sign_in().await.tokens);
    let next = world.provider.refresh_session(&first).await.unwrap();
    let again = world.provider.refresh_session(&first).await.unwrap();
    let tokens = [first, refresh_token(&next.tokens), refresh_token(&again.tokens)];
    world.provider.forgot_password(EMAIL).await.unwrap();
    let reset = world.mailbox.code().await;
    world.provider.reset_password(EMAIL, &reset, &Secret::from("another password")).await.unwrap();
    let passwords = [PASSWORD, "another password", "wrong password"].map(str::to_owned);
    let secrets = tokens.iter().chain([&code, &reset]).map(|secret| secret.expose().to_owned()).chain(passwords);
    (table.written(), secrets.collect())
}

#[tokio::test]
async fn stored_shapes_do_not_change() {
    let (records, _) = written().await;
    let mut text = String::new();
    for record in records {
        let mut body: Value = serde_json::from_str(record.body.as_json()).unwrap();
        // The key pair is new with every run.
        for name in ["kid", "pkcs8"] {
            if body.get(name).is_some() {
                body[name] = "…".into();
            }
        }
        let expires = record.expires_at.map_or("never".to_owned(), |at| at.to_string());
        writeln!(text, "{} | {}\nexpires {expires}\n{body:#}\n", record.key.pk, record.key.sk).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn no_password_no_code_and_no_refresh_token_is_stored() {
    let (records, secrets) = written().await;
    let stored = format!("{records:?}");
    for secret in secrets {
        assert!(!stored.contains(&secret));
    }
}
