//! A second opinion, by the other emulator, on what it does right.

use wishlist_core::error::Kind;
use wishlist_identity::conformance::{EMAIL, Mailed, Stage as _};
use wishlist_identity::{Provider, Secret, SignUp, provider_conformance_tests};

use crate::pool::{ClientSecret, Emulator, Pool};

provider_conformance_tests! { Pool::open_on(Emulator::Moto, ClientSecret::None).await =>
    a_known_address_is_answered_like_a_new_one
    an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing
    every_refused_field_is_named_and_nothing_is_made
    an_id_token_is_no_access_token
}

/// This emulator looks at the password first, as the local provider does; Cognito does not promise it.
#[tokio::test]
async fn only_the_right_password_tells_that_an_address_is_to_be_confirmed() {
    let pool = Pool::open_on(Emulator::Moto, ClientSecret::None).await;
    let password = Secret::from("correct horse battery staple");
    let request = SignUp { email: EMAIL.to_owned(), password: password.clone(), name: None };
    pool.provider.sign_up(request).await.unwrap();
    let wrong = pool.provider.sign_in(EMAIL, &Secret::from("wrong password")).await.unwrap_err();
    let right = pool.provider.sign_in(EMAIL, &password).await.unwrap_err();
    assert_eq!((wrong.kind(), right.kind()), (Kind::Unauthenticated, Kind::Forbidden));
    pool.provider.confirm_sign_up(EMAIL, &pool.code(Mailed::SignUp).await).await.unwrap();
    assert!(pool.provider.sign_in(EMAIL, &password).await.is_ok());
}
