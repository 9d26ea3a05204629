//! The compact serialization (RFC 7515, section 7.1).

use super::base64url;
use crate::rejection::Rejection;

/// The most bytes of a token. Access tokens of the local provider have 0.5 KB and of Cognito 1–2 KB; API Gateway takes
/// 10 KB of headers in all.
const MAX_BYTES: usize = 16 * 1024;

/// A token's parts, decoded but not believed.
#[derive(Debug)]
pub(crate) struct Compact<'a> {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// What was signed: the first two parts as they were sent.
    pub(crate) signed: &'a [u8],
}

impl<'a> Compact<'a> {
    /// Takes a token apart, its length first.
    pub(crate) fn split(token: &'a str) -> Result<Self, Rejection> {
        if token.len() > MAX_BYTES {
            return Err(Rejection::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Rejection::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Rejection::Malformed)?;
        let decode = |part: &str| base64url::decode(part).ok_or(Rejection::Malformed);
        Ok(Self {
            header: decode(header)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
            signed: signed.as_bytes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_be_as_long_as_its_limit() {
        let refusal = |bytes| Compact::split(&"A".repeat(bytes)).map(drop).unwrap_err();
        assert_eq!(refusal(MAX_BYTES), Rejection::Malformed);
        assert_eq!(refusal(MAX_BYTES + 1), Rejection::TooLong);
    }
}
