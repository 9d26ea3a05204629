//! A row for each operation of the document: who may call it, and with what.

use axum::http::Method;
use serde_json::Value;

use super::stage::{NEVER, path};
use crate::contract::operations;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever asks, with a token or without.
    Anybody,
    /// Whoever has signed in: what is answered is the caller's own.
    SignedIn,
    /// Who owns what the path names.
    Owner,
}

/// An operation as its owner calls it.
///
/// In a body stand `LIST` and `ITEM` for another list and another item of the caller's, `REFRESH` for the caller's refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) who: Who,
    /// The answer to who may call it; to a code that was never mailed it is `400`.
    pub(crate) status: u16,
    /// A body that it takes; empty where it takes none.
    pub(crate) right: &'static str,
    /// A body of its fields that it does not take.
    pub(crate) wrong: &'static str,
}

const fn row(operation: &'static str, who: Who, status: u16, right: &'static str, wrong: &'static str) -> Row {
    Row { operation, who, status, right, wrong }
}

/// Every operation. Of those who may call one, the owner, another user, who has no token and who has deleted the account
/// exist; an unconfirmed user has no token and signs in in vain. Editors, viewers, visitors of a share and guests do not exist
/// yet: see [`super::names::NOT_YET`].
#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row("find_health", Who::Anybody, 200, "", ""),
    row("find_jwks", Who::Anybody, 200, "", ""),
    row("find_openapi", Who::Anybody, 200, "", ""),
    row("sign_up", Who::Anybody, 201, r#"{"email":"carol@example.com","password":"correct horse battery"}"#, r#"{"email":"x"}"#),
    row("confirm_sign_up", Who::Anybody, 400, r#"{"email":"carol@example.com","code":"12345678"}"#, r#"{"email":"x"}"#),
    row("resend_code", Who::Anybody, 202, r#"{"email":"alice@example.com"}"#, r#"{"email":7}"#),
    row("sign_in", Who::Anybody, 200, r#"{"email":"alice@example.com","password":"correct horse battery staple"}"#, r#"{"email":7}"#),
    row("refresh_session", Who::Anybody, 200, r#"{"refreshToken":"REFRESH"}"#, r#"{"refreshToken":7}"#),
    row("forgot_password", Who::Anybody, 202, r#"{"email":"alice@example.com"}"#, r#"{"email":7}"#),
    row("reset_password", Who::Anybody, 400, r#"{"email":"alice@example.com","code":"12345678","newPassword":"a new horse battery"}"#, r#"{"email":7}"#),
    row("sign_out", Who::SignedIn, 204, "", ""),
    row("find_me", Who::SignedIn, 200, "", ""),
    row("update_me", Who::SignedIn, 200, r#"{"name":"x"}"#, r#"{"name":""}"#),
    row("delete_me", Who::SignedIn, 202, "", ""),
    row("export_me", Who::SignedIn, 200, "", ""),
    row("preview_product", Who::SignedIn, 200, r#"{"url":"https://shop.example/kettle"}"#, r#"{"url":"x"}"#),
    row("list_wishlists", Who::SignedIn, 200, "", ""),
    row("create_wishlist", Who::SignedIn, 201, r#"{"name":"x"}"#, r#"{"name":""}"#),
    row("find_wishlist", Who::Owner, 200, "", ""),
    row("update_wishlist", Who::Owner, 200, r#"{"name":"x"}"#, r#"{"name":""}"#),
    row("delete_wishlist", Who::Owner, 204, "", ""),
    row("list_items", Who::Owner, 200, "", ""),
    row("add_item", Who::Owner, 201, r#"{"title":"x"}"#, r#"{"url":"x"}"#),
    row("add_items", Who::Owner, 200, r#"{"items":[{"title":"x"}]}"#, r#"{"items":[]}"#),
    row("find_item", Who::Owner, 200, "", ""),
    row("update_item", Who::Owner, 200, r#"{"title":"x"}"#, r#"{"url":"x"}"#),
    row("remove_item", Who::Owner, 204, "", ""),
    row("copy_item", Who::Owner, 201, r#"{"wishlistId":"LIST"}"#, r#"{"wishlistId":"x"}"#),
    row("move_item", Who::Owner, 200, r#"{"wishlistId":"LIST"}"#, r#"{"wishlistId":"x"}"#),
    row("place_item", Who::Owner, 200, r#"{"after":"ITEM"}"#, "{}"),
    row("list_prices", Who::Owner, 200, "", ""),
    row("receive_item", Who::Owner, 200, "", ""),
    row("refresh_item", Who::Owner, 202, "", ""),
    row("restore_item", Who::Owner, 200, "", ""),
];

impl Row {
    /// The row of an operation.
    pub(crate) fn of(operation: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.operation == operation)
    }

    /// Its method, its path and what the document says of it.
    pub(crate) fn described(&self) -> (Method, &'static str, &'static Value) {
        let named = |of: &(Method, &str, &Value)| of.2["operationId"] == self.operation;
        operations().into_iter().find(named).unwrap_or_else(|| panic!("`{}` is no operation", self.operation))
    }

    /// Its method and its path to nothing.
    pub(crate) fn nowhere(&self) -> (Method, String) {
        let (method, template, _) = self.described();
        (method, path(template, NEVER, NEVER))
    }

    /// The parameters of a place, `path`, `query` or `header`.
    pub(crate) fn parameters(&self, place: &str) -> Vec<&'static str> {
        let all = self.described().2["parameters"].as_array().into_iter().flatten();
        all.filter(|parameter| parameter["in"] == place).map(|parameter| parameter["name"].as_str().unwrap()).collect()
    }

    /// Whether it takes a body.
    pub(crate) fn takes_body(&self) -> bool {
        self.described().2["requestBody"].is_object()
    }
}
