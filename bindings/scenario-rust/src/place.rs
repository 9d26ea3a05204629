//! A server elsewhere, and who signs up there.

use std::hash::{BuildHasher as _, RandomState};

use wishlist_client::model::{Credentials, MailedCode, NewAccount};

const PASSWORD: &str = "correct horse battery staple";

/// A server that plays along.
#[derive(Debug)]
pub struct Place {
    /// Where it answers.
    pub url: String,
    /// The code of every mail, where addresses are confirmed by one.
    pub code: Option<String>,
}

impl Place {
    /// Somebody of this name whom the server does not know yet.
    pub(crate) fn account(&self, name: &str) -> (NewAccount, Option<MailedCode>, Credentials) {
        let email = format!("{name}-{:x}@example.com", RandomState::new().hash_one(name));
        let account = NewAccount { email: email.clone(), password: PASSWORD.into(), ..Default::default() };
        let code = self.code.clone().map(|code| MailedCode { email: email.clone(), code });
        (account, code, Credentials { email, password: PASSWORD.into() })
    }
}
