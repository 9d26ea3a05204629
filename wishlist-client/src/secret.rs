//! What is not to be shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password or a token: sent as it is, shown as `…`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Credentials;

    #[test]
    fn a_password_is_sent_and_not_shown() {
        let given = Credentials { email: "alice@example.com".to_owned(), password: "hunter2 hunter2".into() };
        assert!(!format!("{given:?}").contains("hunter2"));
        assert!(serde_json::to_string(&given).unwrap().contains("hunter2"));
    }
}
