//! What is sent, and what is made of answers that emulators do not give.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use wishlist_core::error::Kind;
use wishlist_core::ids::UserId;
use wishlist_core::operations::Identities;
use wishlist_identity::{Provider, Secret, SignUp};

use crate::answers::{Answer, Answers};

const EMAIL: &str = "Alice@Example.com";
const PASSWORD: &str = "correct horse battery staple";
const SUB: &str = "9f3c1a52-10c1-7010-9d6e-2a4b8c1d5e6f";
/// HMAC-SHA-256 under `secret` of `Alice@Example.comclient`, computed with OpenSSL.
const HASH: &str = "wb/09Wl1pZ/FjKOTJrTWVh+87Rz96AciV3qHzGmo+4A=";

fn user() -> UserId {
    SUB.parse().unwrap()
}

fn token(claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}.{}", part(&json!({ "alg": "RS256" })), part(claims), URL_SAFE_NO_PAD.encode("signature"))
}

fn session(id_claims: &Value, refresh_token: Option<&str>) -> Answer {
    let mut result =
        json!({ "AccessToken": "access", "IdToken": token(id_claims), "ExpiresIn": 3600, "TokenType": "Bearer" });
    if let Some(refresh_token) = refresh_token {
        result["RefreshToken"] = refresh_token.into();
    }
    Answer::Done(json!({ "AuthenticationResult": result }))
}

fn alice() -> Value {
    json!({ "sub": SUB, "email": EMAIL, "name": "Alice" })
}

fn request() -> SignUp {
    SignUp { email: EMAIL.to_owned(), password: Secret::from(PASSWORD), name: Some("Alice".to_owned()) }
}

#[tokio::test]
async fn every_call_of_a_client_with_a_secret_proves_it() {
    let done = || Answer::Done(json!({}));
    let made = Answer::Done(json!({ "UserConfirmed": false, "UserSub": SUB }));
    let answers = Answers::new([made, done(), done(), done(), done(), done(), session(&alice(), Some("refresh"))]);
    let (provider, code, password) = (answers.provider(Some("secret")), Secret::from("123456"), Secret::from(PASSWORD));
    provider.sign_up(request()).await.unwrap();
    provider.confirm_sign_up(EMAIL, &code).await.unwrap();
    provider.resend_code(EMAIL).await.unwrap();
    provider.forgot_password(EMAIL).await.unwrap();
    provider.reset_password(EMAIL, &code, &password).await.unwrap();
    provider.sign_in(EMAIL, &password).await.unwrap();
    let came = answers.came();
    let proofs: Vec<_> = came
        .iter()
        .map(|(operation, input)| {
            let proof = &input["SecretHash"].as_str().or(input["AuthParameters"]["SECRET_HASH"].as_str());
            (operation.as_str(), proof.map(str::to_owned))
        })
        .collect();
    let hash = Some(HASH.to_owned());
    assert_eq!(
        proofs,
        [
            ("SignUp", hash.clone()),
            ("ConfirmSignUp", hash.clone()),
            ("ResendConfirmationCode", hash.clone()),
            ("ForgotPassword", hash.clone()),
            ("ConfirmForgotPassword", hash.clone()),
            ("AdminUserGlobalSignOut", None),
            ("InitiateAuth", hash),
        ]
    );
    let attributes = json!([{ "Name": "email", "Value": EMAIL }, { "Name": "name", "Value": "Alice" }]);
    assert_eq!(came[0].1["UserAttributes"], attributes);
    assert_eq!(came[6].1["AuthFlow"], "USER_PASSWORD_AUTH");
}

#[tokio::test]
async fn a_refresh_needs_the_secret_and_nobodys_name() {
    let rotated = session(&alice(), Some("next"));
    let answers = Answers::new([rotated, session(&alice(), None)]);
    let provider = answers.provider(Some("secret"));
    let first = provider.refresh_session(&Secret::from("first")).await.unwrap();
    assert_eq!((first.account.user, first.tokens.refresh_token), (user(), Some(Secret::from("next"))));
    let second = provider.refresh_session(&Secret::from("next")).await.unwrap();
    assert_eq!(second.tokens.refresh_token, None);
    let sent = json!({ "RefreshToken": "first", "ClientId": "client", "ClientSecret": "secret" });
    assert_eq!(answers.came()[0], ("GetTokensFromRefreshToken".to_owned(), sent));
}

#[tokio::test]
async fn an_address_that_the_id_token_does_not_hold_is_asked_for() {
    let held = json!({
        "Username": SUB,
        "UserCreateDate": 1_795_368_000.5,
        "UserAttributes": [{ "Name": "sub", "Value": SUB }, { "Name": "email", "Value": EMAIL }],
    });
    let answers = Answers::new([session(&json!({ "sub": SUB }), Some("refresh")), Answer::Done(held)]);
    let signed_in = answers.provider(None).sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap();
    assert_eq!((signed_in.account.user, signed_in.account.email.as_str()), (user(), EMAIL));
    let sent = json!({ "UserPoolId": "eu-central-1_AbCdEfGhI", "Username": SUB });
    assert_eq!(answers.came()[1], ("AdminGetUser".to_owned(), sent));
}

#[tokio::test]
async fn a_challenge_is_refused_and_says_what_to_do() {
    let rows = [
        ("NEW_PASSWORD_REQUIRED", "set a new password first: ask for a code by mail"),
        ("SOFTWARE_TOKEN_MFA", "this account asks for a second factor, which cannot be given here"),
        ("SOMETHING_NEW", "this account asks for a second factor, which cannot be given here"),
    ];
    for (challenge, expected) in rows {
        let answers = Answers::new([Answer::Done(json!({ "ChallengeName": challenge, "Session": "session" }))]);
        let error = answers.provider(None).sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Forbidden, expected), "{challenge}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_fault() {
    let odd = [
        json!({}),
        json!({ "AuthenticationResult": {} }),
        json!({ "AuthenticationResult": { "AccessToken": "a", "IdToken": "not.a.token", "ExpiresIn": 3600 } }),
        json!({ "AuthenticationResult": { "AccessToken": "a", "IdToken": token(&json!({ "email": EMAIL })), "ExpiresIn": 3600 } }),
        json!({ "AuthenticationResult": { "AccessToken": "a", "IdToken": token(&json!({ "sub": SUB, "email": "?" })), "ExpiresIn": 3600 } }),
        json!({ "AuthenticationResult": { "AccessToken": "a", "IdToken": token(&alice()), "ExpiresIn": -1 } }),
    ];
    for output in odd {
        let answers = Answers::new([Answer::Done(output.clone())]);
        let error = answers.provider(None).sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Internal, "{output}");
    }
}

#[tokio::test]
async fn a_pool_that_confirms_at_once_names_the_account() {
    let answers = Answers::new([Answer::Done(json!({ "UserConfirmed": true, "UserSub": SUB }))]);
    let made = answers.provider(None).sign_up(request()).await.unwrap();
    assert_eq!((made.account.user, made.confirmation_required), (user(), false));
}

#[tokio::test]
async fn what_cannot_be_right_is_not_sent() {
    let answers = Answers::new([]);
    let (provider, code) = (answers.provider(None), Secret::from("123456"));
    for password in [" begins", "ends with a space ", "of two\nlines each"] {
        let request = SignUp { password: Secret::from(password), ..request() };
        assert_eq!(provider.sign_up(request).await.unwrap_err().fields()[0].pointer, "/password", "{password:?}");
        let refused = provider.reset_password(EMAIL, &code, &Secret::from(password)).await.unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "/newPassword", "{password:?}");
    }
    assert!(answers.came().is_empty());
}

#[tokio::test]
async fn a_reset_that_cannot_end_the_sessions_says_that_the_password_is_set() {
    let answers = Answers::new([Answer::Done(json!({})), Answer::Status(500)]);
    let outcome = answers.provider(None).reset_password(EMAIL, &Secret::from("123456"), &Secret::from(PASSWORD)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().starts_with("the password is set"), "{error}");
}

#[tokio::test]
async fn an_erasure_goes_on_where_another_ended() {
    let gone = || Answer::Refused("UserNotFoundException", "User does not exist.");
    let cases = [
        vec![Answer::Done(json!({})), Answer::Done(json!({}))],
        vec![Answer::Done(json!({})), gone()],
        vec![gone(), gone()],
    ];
    for case in cases {
        let answers = Answers::new(case);
        Identities::erase(&answers.provider(None), &user()).await.unwrap();
        let operations: Vec<_> = answers.came().into_iter().map(|(operation, _)| operation).collect();
        assert_eq!(operations, ["AdminUserGlobalSignOut", "AdminDeleteUser"]);
    }
    let answers = Answers::new([Answer::Done(json!({})), Answer::Status(500)]);
    assert_eq!(Identities::erase(&answers.provider(None), &user()).await.unwrap_err().kind(), Kind::Unavailable);
}

#[tokio::test]
async fn the_pool_publishes_its_keys_itself() {
    assert_eq!(Answers::new([]).provider(None).jwks().await.unwrap(), None);
}
