//! What every [`Provider`] that confirms addresses by mail must do: plain functions, one promise each.
//!
//! A provider's tests call them through [`provider_conformance_tests!`](crate::provider_conformance_tests), each on a stage of
//! its own. What only one provider promises, its delays and limits above all, is in that provider's own tests.

#![allow(missing_docs, clippy::missing_errors_doc, reason = "the name of a promise is its sentence")]
#![allow(clippy::missing_panics_doc, reason = "a broken promise is a failed assertion")]

use async_trait::async_trait;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::UserId;

use crate::account::Account;
use crate::provider::{Provider, SignUp, SignedIn};
use crate::rejection::Rejection;
use crate::secret::Secret;
use crate::verifier::Verifier;

/// An address as its owner writes it.
pub const EMAIL: &str = "Alice@Example.com";
const PASSWORD: &str = "correct horse battery staple";
const OTHER: &str = "a password of my own";

/// A provider that nobody has used yet, and what stands around it.
#[async_trait]
pub trait Stage: Send + Sync {
    fn provider(&self) -> &dyn Provider;

    /// A verifier of the provider's access tokens.
    fn verifier(&self) -> &Verifier;

    /// The code of the last mail to an address.
    async fn code(&self, of: Mailed) -> Secret;
}

/// What a code was mailed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailed {
    /// To confirm a sign-up.
    SignUp,
    /// To set a new password.
    Reset,
}

/// Makes one test of each promise.
///
/// `$make` is an expression whose value is a [`Stage`]; behind `=>` stand the promises, where they are not all. `@case_sensitive`
/// in front leaves out that addresses are known in any case.
#[macro_export]
macro_rules! provider_conformance_tests {
    ($make:expr) => {
        $crate::provider_conformance_tests! { @case_sensitive $make }
        $crate::provider_conformance_tests! { $make => an_address_is_known_in_any_case }
    };
    (@case_sensitive $make:expr) => {
        $crate::provider_conformance_tests! { $make =>
            a_person_signs_up_confirms_and_signs_in
            an_address_is_confirmed_before_the_first_sign_in
            a_known_address_is_answered_like_a_new_one
            every_refused_field_is_named_and_nothing_is_made
            a_password_that_others_would_try_first_is_refused
            an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing
            a_code_is_refused_alike_whatever_is_wrong_with_it
            codes_are_asked_for_alike_at_every_address
            an_address_that_is_none_is_named
            a_forgotten_password_is_set_anew_once_by_its_code
            a_new_password_ends_every_session
            a_new_password_is_held_to_the_rules_and_the_code_stays_good
            a_refresh_gives_tokens_of_the_same_person
            a_refresh_token_that_was_never_given_out_is_refused
            signing_out_ends_every_session_of_the_user_and_nobody_elses
            an_id_token_is_no_access_token
            what_is_held_is_exported
            an_erased_account_is_gone_and_its_address_free
            nothing_shows_an_address_a_password_or_a_token
        }
    };
    ($make:expr => $($promise:ident)*) => {$(
        #[tokio::test]
        async fn $promise() -> wishlist_core::Result<()> {
            let stage = $make;
            $crate::conformance::$promise(&stage).await
        }
    )*};
}

fn sign_up(email: &str, password: &str) -> SignUp {
    SignUp { email: email.to_owned(), password: Secret::from(password), name: Some("Alice".to_owned()) }
}

async fn sign_in(stage: &dyn Stage, email: &str, password: &str) -> Result<SignedIn> {
    stage.provider().sign_in(email, &Secret::from(password)).await
}

/// Signs up, confirms and signs in.
async fn confirmed(stage: &dyn Stage, email: &str) -> Result<SignedIn> {
    stage.provider().sign_up(sign_up(email, PASSWORD)).await?;
    stage.provider().confirm_sign_up(email, &stage.code(Mailed::SignUp).await).await?;
    sign_in(stage, email, PASSWORD).await
}

fn next(answer: &SignedIn) -> &Secret {
    answer.tokens.refresh_token.as_ref().expect("a sign-in gives a refresh token")
}

async fn assert_over(stage: &dyn Stage, refresh_token: &Secret) {
    let refused = refusal(stage.provider().refresh_session(refresh_token).await);
    assert_eq!(refused.kind(), Kind::Unauthenticated);
    assert_eq!(refused.to_string(), "the refresh token is not valid; sign in again");
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> Error {
    outcome.expect_err("a refusal is promised")
}

fn assert_wrong_code(outcome: Result<()>) {
    let error = refusal(outcome);
    assert_eq!((error.kind(), pointers(&error)), (Kind::Invalid, vec!["/code"]), "{error:?}");
    assert_eq!(error.to_string(), "the code is wrong or no longer good; ask for a new one");
}

fn pointers(error: &Error) -> Vec<&str> {
    error.fields().iter().map(|field| field.pointer.as_str()).collect()
}

/// All that a caller is told.
fn told(error: &Error) -> String {
    format!("{:?} {error} {:?} {:?}", error.kind(), error.fields(), error.retry_after())
}

pub async fn a_person_signs_up_confirms_and_signs_in(stage: &dyn Stage) -> Result<()> {
    let session = confirmed(stage, EMAIL).await?;
    assert_eq!(session.account.email.as_str(), EMAIL);
    assert_eq!(session.account.name.as_deref(), Some("Alice"));
    assert_eq!(session.tokens.expires_in.as_secs(), 3600);
    let caller = stage.verifier().verify(session.tokens.access_token.expose()).await?;
    assert_eq!(caller.user, session.account.user);
    Ok(())
}

pub async fn an_address_is_confirmed_before_the_first_sign_in(stage: &dyn Stage) -> Result<()> {
    let made = stage.provider().sign_up(sign_up(EMAIL, PASSWORD)).await?;
    assert!(made.confirmation_required);
    assert_eq!(made.account.email.as_str(), EMAIL);
    assert_eq!(refusal(sign_in(stage, EMAIL, PASSWORD).await).kind(), Kind::Forbidden);
    assert_wrong_code(stage.provider().confirm_sign_up(EMAIL, &Secret::from("00000000")).await);
    stage.provider().confirm_sign_up(EMAIL, &stage.code(Mailed::SignUp).await).await?;
    sign_in(stage, EMAIL, PASSWORD).await.map(drop)
}

pub async fn a_known_address_is_answered_like_a_new_one(stage: &dyn Stage) -> Result<()> {
    let alice = confirmed(stage, EMAIL).await?.account;
    let again = stage.provider().sign_up(sign_up(EMAIL, OTHER)).await?;
    let new = stage.provider().sign_up(sign_up("bob@example.com", OTHER)).await?;
    assert!(again.confirmation_required && new.confirmation_required);
    assert_ne!(again.account.user, alice.user);
    // An id that only the provider could have made would tell that the address is new.
    let version = |account: &Account| account.user.as_str().parse().map(|id: uuid::Uuid| id.get_version_num()).ok();
    assert_eq!(version(&again.account), version(&new.account));
    assert!(sign_in(stage, EMAIL, OTHER).await.is_err());
    assert_eq!(sign_in(stage, EMAIL, PASSWORD).await?.account, alice);
    Ok(())
}

pub async fn an_address_is_known_in_any_case(stage: &dyn Stage) -> Result<()> {
    let alice = confirmed(stage, EMAIL).await?.account;
    assert_eq!(sign_in(stage, "ALICE@example.COM", PASSWORD).await?.account, alice);
    assert_ne!(stage.provider().sign_up(sign_up("alice@EXAMPLE.com", OTHER)).await?.account.user, alice.user);
    assert!(sign_in(stage, EMAIL, OTHER).await.is_err());
    Ok(())
}

pub async fn every_refused_field_is_named_and_nothing_is_made(stage: &dyn Stage) -> Result<()> {
    let request = SignUp { name: Some(String::new()), ..sign_up("alice", "short") };
    let error = refusal(stage.provider().sign_up(request).await);
    assert_eq!(error.kind(), Kind::Invalid);
    assert_eq!(pointers(&error), ["/email", "/password", "/name"]);
    assert!(!format!("{error:?}").contains("short"));
    let request = SignUp { name: Some("\u{7}".to_owned()), ..sign_up(EMAIL, PASSWORD) };
    assert_eq!(pointers(&refusal(stage.provider().sign_up(request).await)), ["/name"]);
    assert_eq!(refusal(sign_in(stage, EMAIL, PASSWORD).await).kind(), Kind::Unauthenticated);
    Ok(())
}

pub async fn a_password_that_others_would_try_first_is_refused(stage: &dyn Stage) -> Result<()> {
    for password in ["iloveyou", EMAIL, "alice@example.com"] {
        let error = refusal(stage.provider().sign_up(sign_up(EMAIL, password)).await);
        assert_eq!(pointers(&error), ["/password"], "{password}");
    }
    confirmed(stage, EMAIL).await.map(drop)
}

pub async fn an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing(stage: &dyn Stage) -> Result<()> {
    confirmed(stage, EMAIL).await?;
    let wrong = refusal(sign_in(stage, EMAIL, "wrong password").await);
    assert_eq!(wrong.kind(), Kind::Unauthenticated);
    let long = "x".repeat(100_000);
    for odd in ["nobody@example.com", "", "not an address", "a#b\0", &long] {
        assert_eq!(told(&refusal(sign_in(stage, odd, PASSWORD).await)), told(&wrong), "{} bytes", odd.len());
    }
    for odd in ["", "\0", &long] {
        assert_eq!(told(&refusal(sign_in(stage, EMAIL, odd).await)), told(&wrong), "{} bytes", odd.len());
    }
    Ok(())
}

pub async fn a_code_is_refused_alike_whatever_is_wrong_with_it(stage: &dyn Stage) -> Result<()> {
    let (provider, password) = (stage.provider(), Secret::from(OTHER));
    provider.sign_up(sign_up(EMAIL, PASSWORD)).await?;
    let good = stage.code(Mailed::SignUp).await;
    let long = "1".repeat(10_000);
    for odd in ["", " ", "1234", "a b", "\0", "１２３", &long] {
        assert_wrong_code(provider.confirm_sign_up("nobody@example.com", &Secret::from(odd)).await);
        assert_wrong_code(provider.reset_password("nobody@example.com", &Secret::from(odd), &password).await);
    }
    for odd in ["", "a b", &long] {
        assert_wrong_code(provider.confirm_sign_up(EMAIL, &Secret::from(odd)).await);
    }
    assert_wrong_code(provider.confirm_sign_up("nobody@example.com", &good).await);
    assert_wrong_code(provider.reset_password(EMAIL, &good, &password).await);
    provider.confirm_sign_up(EMAIL, &good).await?;
    assert_wrong_code(provider.confirm_sign_up(EMAIL, &good).await);
    Ok(())
}

pub async fn codes_are_asked_for_alike_at_every_address(stage: &dyn Stage) -> Result<()> {
    let provider = stage.provider();
    confirmed(stage, EMAIL).await?;
    provider.sign_up(sign_up("bob@example.com", PASSWORD)).await?;
    for address in [EMAIL, "bob@example.com", "nobody@example.com"] {
        provider.resend_code(address).await?;
        provider.forgot_password(address).await?;
    }
    Ok(())
}

pub async fn an_address_that_is_none_is_named(stage: &dyn Stage) -> Result<()> {
    let (provider, code, short) = (stage.provider(), Secret::from("00000000"), Secret::from("short"));
    let refused = [
        provider.confirm_sign_up("alice", &code).await,
        provider.resend_code("alice").await,
        provider.forgot_password("alice").await,
        provider.reset_password("alice", &code, &short).await,
    ];
    let refused = refused.map(refusal);
    let named: Vec<_> = refused.iter().map(pointers).collect();
    assert_eq!(named, [vec!["/email"], vec!["/email"], vec!["/email"], vec!["/email", "/newPassword"]]);
    Ok(())
}

pub async fn a_forgotten_password_is_set_anew_once_by_its_code(stage: &dyn Stage) -> Result<()> {
    let (provider, password) = (stage.provider(), Secret::from(OTHER));
    let alice = confirmed(stage, EMAIL).await?.account;
    provider.forgot_password(EMAIL).await?;
    let code = stage.code(Mailed::Reset).await;
    assert_wrong_code(provider.reset_password(EMAIL, &Secret::from("00000000"), &password).await);
    assert_wrong_code(provider.reset_password("nobody@example.com", &code, &password).await);
    provider.reset_password(EMAIL, &code, &password).await?;
    assert_eq!(refusal(sign_in(stage, EMAIL, PASSWORD).await).kind(), Kind::Unauthenticated);
    assert_eq!(sign_in(stage, EMAIL, OTHER).await?.account, alice);
    assert_wrong_code(provider.reset_password(EMAIL, &code, &password).await);
    Ok(())
}

pub async fn a_new_password_ends_every_session(stage: &dyn Stage) -> Result<()> {
    let (one, two) = (confirmed(stage, EMAIL).await?, sign_in(stage, EMAIL, PASSWORD).await?);
    stage.provider().forgot_password(EMAIL).await?;
    let code = stage.code(Mailed::Reset).await;
    stage.provider().reset_password(EMAIL, &code, &Secret::from(OTHER)).await?;
    assert_over(stage, next(&one)).await;
    assert_over(stage, next(&two)).await;
    let session = sign_in(stage, EMAIL, OTHER).await?;
    stage.provider().refresh_session(next(&session)).await.map(drop)
}

pub async fn a_new_password_is_held_to_the_rules_and_the_code_stays_good(stage: &dyn Stage) -> Result<()> {
    confirmed(stage, EMAIL).await?;
    stage.provider().forgot_password(EMAIL).await?;
    let code = stage.code(Mailed::Reset).await;
    for password in ["short", "password1", EMAIL] {
        let error = refusal(stage.provider().reset_password(EMAIL, &code, &Secret::from(password)).await);
        assert_eq!(pointers(&error), ["/newPassword"], "{password}");
    }
    stage.provider().reset_password(EMAIL, &code, &Secret::from(OTHER)).await
}

pub async fn a_refresh_gives_tokens_of_the_same_person(stage: &dyn Stage) -> Result<()> {
    let session = confirmed(stage, EMAIL).await?;
    let mut refresh_token = next(&session).clone();
    for _ in 0..3 {
        let answer = stage.provider().refresh_session(&refresh_token).await?;
        assert_eq!(answer.account, session.account);
        assert_ne!(answer.tokens.access_token, session.tokens.access_token);
        let caller = stage.verifier().verify(answer.tokens.access_token.expose()).await?;
        assert_eq!(caller.user, session.account.user);
        refresh_token = answer.tokens.refresh_token.unwrap_or(refresh_token);
    }
    Ok(())
}

pub async fn a_refresh_token_that_was_never_given_out_is_refused(stage: &dyn Stage) -> Result<()> {
    let session = confirmed(stage, EMAIL).await?;
    let good = next(&session);
    let spaced = format!("{} ", good.expose());
    let tokens = [session.tokens.access_token.expose(), session.tokens.id_token.expose()];
    for forged in ["", "x", &"A".repeat(43), &spaced, &"x".repeat(10_000), tokens[0], tokens[1]] {
        assert_over(stage, &Secret::from(forged)).await;
    }
    stage.provider().refresh_session(good).await.map(drop)
}

pub async fn signing_out_ends_every_session_of_the_user_and_nobody_elses(stage: &dyn Stage) -> Result<()> {
    let bob = confirmed(stage, "bob@example.com").await?;
    let first = confirmed(stage, EMAIL).await?;
    let mut sessions = vec![first.clone()];
    for _ in 0..5 {
        sessions.push(sign_in(stage, EMAIL, PASSWORD).await?);
    }
    stage.provider().sign_out(&first.account.user).await?;
    for session in &sessions {
        assert_over(stage, next(session)).await;
    }
    stage.provider().refresh_session(next(&bob)).await?;
    stage.provider().sign_out(&first.account.user).await?;
    stage.provider().sign_out(&nobody()).await?;
    let again = sign_in(stage, EMAIL, PASSWORD).await?;
    stage.provider().refresh_session(next(&again)).await.map(drop)
}

pub async fn an_id_token_is_no_access_token(stage: &dyn Stage) -> Result<()> {
    let tokens = confirmed(stage, EMAIL).await?.tokens;
    assert_eq!(stage.verifier().examine(tokens.id_token.expose()).await, Err(Rejection::TokenUse));
    assert!(stage.verifier().examine(tokens.access_token.expose()).await.is_ok());
    Ok(())
}

pub async fn what_is_held_is_exported(stage: &dyn Stage) -> Result<()> {
    let alice = confirmed(stage, EMAIL).await?.account;
    let held = stage.provider().export(&alice.user).await?;
    assert_eq!((held.email, held.name), (alice.email, alice.name));
    assert!(held.created_at.as_millis() > 0);
    assert_eq!(refusal(stage.provider().export(&nobody()).await).kind(), Kind::NotFound);
    Ok(())
}

pub async fn an_erased_account_is_gone_and_its_address_free(stage: &dyn Stage) -> Result<()> {
    let (bob, alice) = (confirmed(stage, "bob@example.com").await?, confirmed(stage, EMAIL).await?);
    stage.provider().erase(&alice.account.user).await?;
    assert_over(stage, next(&alice)).await;
    assert_eq!(refusal(sign_in(stage, EMAIL, PASSWORD).await).kind(), Kind::Unauthenticated);
    assert_eq!(refusal(stage.provider().export(&alice.account.user).await).kind(), Kind::NotFound);
    stage.provider().erase(&alice.account.user).await?;
    stage.provider().erase(&nobody()).await?;
    stage.provider().refresh_session(next(&bob)).await?;
    assert_ne!(confirmed(stage, EMAIL).await?.account.user, alice.account.user);
    assert_over(stage, next(&alice)).await;
    Ok(())
}

pub async fn nothing_shows_an_address_a_password_or_a_token(stage: &dyn Stage) -> Result<()> {
    let session = confirmed(stage, EMAIL).await?;
    let wrong = refusal(sign_in(stage, EMAIL, OTHER).await);
    let shown = format!("{session:?} {:?} {:?} {wrong:?}", sign_up(EMAIL, PASSWORD), stage.provider());
    let tokens = [&session.tokens.access_token, &session.tokens.id_token];
    for secret in [EMAIL, PASSWORD, OTHER, "Example.com", tokens[0].expose(), tokens[1].expose()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    Ok(())
}

/// An id that is nobody's.
fn nobody() -> UserId {
    UserId::try_from("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".to_owned()).expect("a UUID is an id")
}
