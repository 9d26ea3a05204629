//! Tokens that a pool signed, and whose they have to be.

use wishlist_core::error::Kind;
use wishlist_identity::cognito::CognitoSettings;
use wishlist_identity::conformance::{EMAIL, Mailed, Stage as _};
use wishlist_identity::{CognitoIdentity, Provider, Rejection, Secret, SignUp, Tokens};

use crate::pool::{ClientSecret, Emulator, Pool, ids, make_client, verifier};

const PASSWORD: &str = "correct horse battery staple";

async fn tokens(pool: &Pool) -> Tokens {
    let password = Secret::from(PASSWORD);
    let request = SignUp { email: EMAIL.to_owned(), password: password.clone(), name: None };
    pool.provider.sign_up(request).await.unwrap();
    pool.provider.confirm_sign_up(EMAIL, &pool.code(Mailed::SignUp).await).await.unwrap();
    pool.provider.sign_in(EMAIL, &password).await.unwrap().tokens
}

#[tokio::test]
async fn a_token_of_another_pool_is_refused() {
    let (ours, theirs) = (Pool::open(ClientSecret::None).await, Pool::open(ClientSecret::None).await);
    let token = tokens(&theirs).await.access_token;
    assert!(theirs.verifier().examine(token.expose()).await.is_ok());
    assert_eq!(ours.verifier().examine(token.expose()).await, Err(Rejection::UnknownKey));
}

#[tokio::test]
async fn a_token_of_another_client_of_the_pool_is_refused() {
    let pool = Pool::open(ClientSecret::None).await;
    tokens(&pool).await;
    let (client_id, client_secret) = make_client(&pool.client, &pool.settings.user_pool_id, ClientSecret::Some).await;
    let settings = CognitoSettings { client_id: client_id.clone(), client_secret, ..pool.settings.clone() };
    let other = CognitoIdentity::new(pool.client.clone(), ids(), settings);
    let session = other.sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap();
    let token = session.tokens.access_token.expose();
    assert_eq!(pool.verifier().examine(token).await, Err(Rejection::Client));
    let theirs = verifier(pool.emulator, &pool.settings.user_pool_id, &client_id);
    assert_eq!(theirs.examine(token).await.unwrap().user, session.account.user);
    // Nor can a session go on as another client's.
    let refused = pool.provider.refresh_session(session.tokens.refresh_token.as_ref().unwrap()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_token_that_was_changed_is_refused() {
    let pool = Pool::open(ClientSecret::None).await;
    let tokens = tokens(&pool).await;
    let (access, id) = (tokens.access_token.expose(), tokens.id_token.expose());
    let (signed, _) = access.rsplit_once('.').unwrap();
    let (_, of_id) = id.rsplit_once('.').unwrap();
    assert_eq!(pool.verifier().examine(&format!("{signed}.{of_id}")).await, Err(Rejection::Signature));
    // The refresh token of an emulator is signed too, and by another key.
    let refresh = tokens.refresh_token.unwrap();
    assert!(pool.verifier().examine(refresh.expose()).await.is_err());
}

#[tokio::test]
async fn a_pool_that_is_not_there_has_no_keys() {
    let pool = Pool::open(ClientSecret::None).await;
    let token = tokens(&pool).await.access_token;
    let nowhere = verifier(Emulator::Ministack, "eu-central-1_Nowhere00", &pool.settings.client_id);
    assert_eq!(nowhere.examine(token.expose()).await, Err(Rejection::KeysUnavailable));
}

/// Without its `AUTH=true` the emulator takes any code and any signature, and most of what is shown here shows nothing.
#[tokio::test]
async fn the_emulator_is_a_strict_one() {
    let pool = Pool::open(ClientSecret::None).await;
    let id_token = tokens(&pool).await.id_token;
    let answer = pool.client.get_user().access_token(id_token.expose()).send().await;
    assert!(answer.is_err(), "start ministack with `AUTH=true`");
}
