//! The two key pairs of each algorithm: the issuer's and a stranger's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use wishlist_identity::Algorithm;

#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Issuer,
    Stranger,
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs as `owner`.
pub(crate) fn sign(owner: Owner, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Rs256 => {
            let pair = rsa(owner);
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        }
        Algorithm::Es256 => p256(owner).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
    }
}

/// The public half as the issuer publishes it.
pub(crate) fn jwk(owner: Owner, algorithm: Algorithm) -> Value {
    let mut key = match algorithm {
        Algorithm::Rs256 => {
            let public = PublicKeyComponents::<Vec<u8>>::from(rsa(owner).public());
            json!({ "kty": "RSA", "n": encode(public.n), "e": encode(public.e) })
        }
        Algorithm::Es256 => {
            let pair = p256(owner);
            let point = pair.public_key().as_ref();
            json!({ "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..]) })
        }
    };
    key["kid"] = json!("k1");
    key["use"] = json!("sig");
    key["alg"] = json!(algorithm.name());
    key
}

fn rsa(owner: Owner) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(match owner {
        Owner::Issuer => include_bytes!("../cases/rsa-issuer.pk8").as_slice(),
        Owner::Stranger => include_bytes!("../cases/rsa-stranger.pk8"),
    })
    .unwrap()
}

fn p256(owner: Owner) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        match owner {
            Owner::Issuer => include_bytes!("../cases/p256-issuer.pk8").as_slice(),
            Owner::Stranger => include_bytes!("../cases/p256-stranger.pk8"),
        },
        &SystemRandom::new(),
    )
    .unwrap()
}
