//! The proof that a call comes from who holds the client's secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::settings::CognitoSettings;

impl CognitoSettings {
    /// The `SecretHash` of a call for `username`, as the call names them: HMAC-SHA-256 of the name and the client's id under
    /// the client's secret, in base64. `None` for a client without a secret, of which Cognito refuses a hash.
    pub(super) fn secret_hash(&self, username: &str) -> Option<String> {
        let secret = self.client_secret.as_ref()?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let signed = [username.as_bytes(), self.client_id.as_bytes()].concat();
        Some(STANDARD.encode(hmac::sign(&key, &signed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_covers_name_and_client_under_the_secret() {
        let settings = |client_secret: Option<&str>| CognitoSettings {
            user_pool_id: "eu-central-1_AbCdEfGhI".to_owned(),
            client_id: "client".to_owned(),
            client_secret: client_secret.map(Into::into),
        };
        // RFC 4231, test case 2, with its data split into a name and a client's id.
        let rfc = CognitoSettings { client_id: "for nothing?".to_owned(), ..settings(Some("Jefe")) };
        let expected = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(rfc.secret_hash("what do ya want ").as_deref(), Some(expected));
        assert_eq!(settings(None).secret_hash("alice"), None);
    }
}
