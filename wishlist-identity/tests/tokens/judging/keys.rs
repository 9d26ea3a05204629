//! The two key pairs of each algorithm: the issuer's and a stranger's.

#![allow(clippy::unwrap_used, reason = "the keys are fixed; one that cannot be read is a fault of the tests")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
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
        Algorithm::Rs256 => sign_rsa(owner, &RSA_PKCS1_SHA256, message),
        Algorithm::Es256 => p256(owner).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
    }
}

/// Signs as `owner` with its RSA key, padded and hashed in one way or another.
pub(crate) fn sign_rsa(owner: Owner, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let pair = rsa(owner);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

/// The issuer's public RSA key in a form that somebody might take for a secret.
pub(crate) fn public_form(form: &str) -> Option<Vec<u8>> {
    let public = rsa(Owner::Issuer).public().clone();
    let (pkcs1, info) = (public.as_ref().to_vec(), [SPKI_HEAD, public.as_ref()].concat());
    Some(match form {
        "jwks n,e PEM SPKI" | "PEM SPKI" => pem("PUBLIC KEY", &info).into_bytes(),
        "PEM with trailing newline removed" => pem("PUBLIC KEY", &info).trim_end().as_bytes().to_vec(),
        "PEM PKCS1" => pem("RSA PUBLIC KEY", &pkcs1).into_bytes(),
        "DER PKCS1" => pkcs1,
        "DER SPKI" => info,
        "JWK JSON text" => jwk(Owner::Issuer, Algorithm::Rs256).to_string().into_bytes(),
        "modulus bytes" => PublicKeyComponents::<Vec<u8>>::from(&public).n,
        "x5c cert PEM" => certificate().into_bytes(),
        _ => return None,
    })
}

/// What stands before a key of 2,048 bits and the exponent 65,537 to make it a `SubjectPublicKeyInfo` (RFC 3279,
/// section 2.3.1).
const SPKI_HEAD: &[u8] = &[
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    0x03, 0x82, 0x01, 0x0f, 0x00,
];

/// RFC 7468, section 2.
fn pem(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn certificate() -> String {
    let key = PrivatePkcs8KeyDer::from(include_bytes!("../../cases/rsa-issuer.pk8").as_slice());
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key, &rcgen::PKCS_RSA_SHA256).unwrap();
    rcgen::CertificateParams::new(["issuer.example".to_owned()]).unwrap().self_signed(&pair).unwrap().pem()
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
        Owner::Issuer => include_bytes!("../../cases/rsa-issuer.pk8").as_slice(),
        Owner::Stranger => include_bytes!("../../cases/rsa-stranger.pk8"),
    })
    .unwrap()
}

fn p256(owner: Owner) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        match owner {
            Owner::Issuer => include_bytes!("../../cases/p256-issuer.pk8").as_slice(),
            Owner::Stranger => include_bytes!("../../cases/p256-stranger.pk8"),
        },
        &SystemRandom::new(),
    )
    .unwrap()
}
