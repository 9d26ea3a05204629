//! Tokens that are none.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::world::Person;

/// What may stand in place of `Bearer …` with a good token.
pub(crate) fn of(alice: &Person) -> Vec<(&'static str, String)> {
    let token = alice.token();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let text = |value: &str| alice.session[value].as_str().unwrap().to_owned();
    let encode = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let signed = key.sign(&random, format!("{header}.{claims}").as_bytes()).unwrap();
    let other_key = BASE64_URL_SAFE_NO_PAD.encode(signed.as_ref());
    let mut altered = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    altered[10] ^= 1;
    vec![
        ("id token", format!("Bearer {}", text("idToken"))),
        ("refresh token", format!("Bearer {}", text("refreshToken"))),
        ("another key", format!("Bearer {header}.{claims}.{other_key}")),
        ("altered claims", format!("Bearer {header}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(altered))),
        ("no algorithm", format!("Bearer {}.{claims}.", encode(&json!({"alg": "none", "typ": "JWT"})))),
        ("no signature", format!("Bearer {header}.{claims}.")),
        ("two parts", format!("Bearer {header}.{claims}")),
        ("another scheme", format!("Basic {token}")),
        ("no scheme", token.to_owned()),
        ("no token", "Bearer ".to_owned()),
        ("scheme alone", "Bearer".to_owned()),
        ("two spaces", format!("Bearer  {token}")),
        ("something behind", format!("Bearer {token} x")),
        ("two in one", format!("Bearer {token}, Bearer {token}")),
        ("too long", format!("Bearer {}", "a".repeat(10_000))),
        ("not ASCII", "Bearer \u{e9}".to_owned()),
    ]
}
