//! Who signs a token that is told in words, and what stands in place of a signature.

use anyhow::{Context as _, Result, bail};
use ring::hmac;
use ring::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use serde_json::Value;
use wishlist_identity::Algorithm;

use super::keys::{self, Owner};

/// Signs as the words say; without any, as the issuer.
pub(crate) fn sign(words: Option<&str>, algorithm: &Value, message: &[u8]) -> Result<Vec<u8>> {
    Ok(match words {
        None | Some("valid key") => keys::sign(Owner::Issuer, Algorithm::Rs256, message),
        Some("attacker RSA") => keys::sign(Owner::Stranger, Algorithm::Rs256, message),
        Some("attacker EC") => keys::sign(Owner::Stranger, Algorithm::Es256, message),
        Some("matching if possible") => matching(algorithm, message),
        Some(words) => {
            let form = words.strip_prefix("hmac(public ").and_then(|form| form.strip_suffix(')'));
            let form = form.with_context(|| format!("`{words}` is nobody who signs"))?;
            let secret = keys::public_form(form).with_context(|| format!("`{form}` is no form of a public key"))?;
            mac(algorithm, &secret, message)
        }
    })
}

/// The message authentication code of a header's `alg`, and SHA-256's where that is none.
pub(crate) fn mac(algorithm: &Value, secret: &[u8], message: &[u8]) -> Vec<u8> {
    let digest = match algorithm.as_str() {
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    hmac::sign(&hmac::Key::new(digest, secret), message).as_ref().to_vec()
}

/// A signature of the issuer's that the header's `alg` tells the truth about, as far as its keys can make one.
fn matching(algorithm: &Value, message: &[u8]) -> Vec<u8> {
    let encoding: &dyn RsaEncoding = match algorithm.as_str() {
        Some("ES256") => return keys::sign(Owner::Issuer, Algorithm::Es256, message),
        Some("RS384") => &RSA_PKCS1_SHA384,
        Some("RS512") => &RSA_PKCS1_SHA512,
        Some("PS256") => &RSA_PSS_SHA256,
        Some("PS384") => &RSA_PSS_SHA384,
        Some("PS512") => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    keys::sign_rsa(Owner::Issuer, encoding, message)
}

/// What stands in place of `signature`, as text of the token. `kept` is that of a good token.
pub(crate) fn replaced(words: &str, mut signature: Vec<u8>, kept: &[u8]) -> Result<String> {
    let bytes = match words {
        "" => Vec::new(),
        "keep" => kept.to_vec(),
        "zeros" => vec![0; signature.len()],
        "flip first bit" | "flip last bit" => {
            let (place, bit) = if words.contains("first") { (0, 0x80) } else { (signature.len().saturating_sub(1), 1) };
            *signature.get_mut(place).context("there is no signature to change")? ^= bit;
            signature
        }
        "truncated" => signature.get(1..).unwrap_or_default().to_vec(),
        "doubled" => [signature.as_slice(), &signature].concat(),
        "a byte more" => [signature.as_slice(), &[0]].concat(),
        "a byte less" => signature.split_last().map_or_else(Vec::new, |(_, rest)| rest.to_vec()),
        "other token's signature" => keys::sign(Owner::Issuer, Algorithm::Rs256, b"another token"),
        literal if literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)) => {
            return Ok(literal.to_owned());
        }
        _ => bail!("`{words}` is nothing that stands for a signature"),
    };
    Ok(keys::encode(bytes))
}
