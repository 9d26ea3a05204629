//! The caller's own account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::Kind;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::UserId;
use wishlist_core::model::{Currency, ProfileDraft, User, Viewer};
use wishlist_core::operations::ExportedRecord;
use wishlist_identity::{IdentityExport, SessionExport};

use super::item::Item;
use super::wishlist::Wishlist;
use crate::answer::{Found, Resource};
use crate::api::Api;
use crate::caller::Caller;
use crate::entity_tag::{Expected, IfMatch};
use crate::exact::CurrencyCode;
use crate::input::{Body, Query};
use crate::paging::{Cursors, Scope};
use crate::problem::Problem;

/// The caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    /// The person's id.
    #[schema(value_type = String, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    user_id: UserId,
    /// Where they are reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "alice@example.com")]
    email: Option<String>,
    /// What they want to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alice")]
    name: Option<String>,
    /// The currency in which they think, by ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "EUR")]
    currency: Option<&'static str>,
    /// Their language and region (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "de-AT")]
    locale: Option<String>,
    /// Rises when an edited field changes; the record's `ETag`.
    #[schema(format = Int64, minimum = 1, example = 3)]
    version: u64,
}

impl From<User> for Me {
    fn from(user: User) -> Self {
        let User { id, email, name, currency, locale, version, .. } = user;
        Self { user_id: id, email, name, currency: currency.map(Currency::code), locale, version }
    }
}

impl Resource for Me {
    fn version(&self) -> u64 {
        self.version
    }

    fn location(&self) -> String {
        "/v1/me".to_owned()
    }
}

/// The part of an account that its owner edits.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profile {
    /// What they want to be called; not only spaces.
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"\S", example = "Alice")]
    name: Option<String>,
    /// The currency in which they think, by ISO 4217.
    #[schema(nullable = false, value_type = Option<CurrencyCode>, example = "EUR")]
    currency: Option<String>,
    /// Their language and region (BCP 47).
    #[schema(nullable = false, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", example = "de-AT")]
    locale: Option<String>,
}

/// One page of everything that is held about the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportPage {
    /// The records: the sign-in and the account, then each list with its items behind it.
    items: Vec<Exported>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// One record of an export.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, written as soon as it is made")]
pub(crate) enum Exported {
    /// The account.
    #[serde(rename_all = "camelCase")]
    Account {
        /// As it is found.
        account: Me,
        /// When it was first seen.
        #[serde(rename = "createdAt")]
        #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
        created_at: Timestamp,
    },
    /// The account as the identity provider has it.
    #[serde(rename_all = "camelCase")]
    SignIn {
        /// Where the person is reached, as they typed it.
        #[schema(example = "alice@example.com")]
        email: String,
        /// What they said they are called when they signed up.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false, example = "Alice")]
        name: Option<String>,
        /// When they signed up.
        #[serde(rename = "createdAt")]
        #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
        created_at: Timestamp,
        /// Where they are signed in, the oldest first.
        sessions: Vec<ExportedSession>,
    },
    /// A wishlist.
    Wishlist {
        /// As it is found.
        wishlist: Wishlist,
    },
    /// An item of the wishlist before it.
    Item {
        /// As it is found.
        item: Item,
    },
}

/// One signed-in client.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedSession {
    /// When it signed in.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    started_at: Timestamp,
    /// When it last got new tokens.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    refreshed_at: Timestamp,
}

impl From<IdentityExport> for Exported {
    fn from(export: IdentityExport) -> Self {
        let IdentityExport { email, name, created_at, sessions } = export;
        let session = |session: SessionExport| ExportedSession {
            started_at: session.started_at,
            refreshed_at: session.refreshed_at,
        };
        let sessions = sessions.into_iter().map(session).collect();
        Self::SignIn { email: email.as_str().to_owned(), name, created_at, sessions }
    }
}

impl Exported {
    fn record(record: ExportedRecord, viewer: &Viewer) -> Self {
        match record {
            ExportedRecord::Profile(user) => Self::Account { created_at: user.created_at, account: Me::from(*user) },
            ExportedRecord::Wishlist(list) => Self::Wishlist { wishlist: Wishlist::seen(&list, viewer) },
            ExportedRecord::Item(item) => Self::Item { item: Item::from(&*item) },
        }
    }
}

/// Which page of an export.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// The `nextCursor` of the page before.
    #[param(nullable = false, min_length = 1, max_length = 1024)]
    cursor: Option<String>,
}

/// Find the caller's own account.
#[utoipa::path(
    get, path = "/v1/me", tag = "me", operation_id = "find_me", security(("bearer" = [])),
    responses((status = 200, description = "The account", body = Me,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn find_me(State(api): State<Api>, Caller(viewer): Caller) -> Result<Found<Me>, Problem> {
    Ok(Found(api.engine.find_me(&viewer).await?.into()))
}

/// Replace the edited part of the caller's account.
///
/// A field that is left out is unset.
#[utoipa::path(
    put, path = "/v1/me", tag = "me", operation_id = "update_me", security(("bearer" = [])),
    params(IfMatch),
    request_body = Profile,
    responses((status = 200, description = "The account as it is now", body = Me,
        headers(("ETag" = String, description = "The version as an entity tag")))),
)]
pub(crate) async fn update_me(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Expected(version): Expected,
    Body(Profile { name, currency, locale }): Body<Profile>,
) -> Result<Found<Me>, Problem> {
    let draft = ProfileDraft { name, currency, locale };
    Ok(Found(api.engine.update_me(&viewer, &draft, version).await?.into()))
}

/// Export everything that is held about the caller.
///
/// In pages of at most a megabyte, to be joined. Counts of calls, which are gone within a day, are left out.
#[utoipa::path(
    get, path = "/v1/me/export", tag = "me", operation_id = "export_me", security(("bearer" = [])),
    params(ExportQuery),
    responses((status = 200, description = "One page", body = ExportPage)),
)]
pub(crate) async fn export_me(
    State(api): State<Api>,
    Caller(viewer): Caller,
    Query(query): Query<ExportQuery>,
) -> Result<Json<ExportPage>, Problem> {
    let cursors = Cursors { viewer: &viewer, scope: Scope::Export };
    let window = cursors.window(None, query.cursor.as_deref())?;
    let first = window.after.is_none();
    let page = api.engine.export_me(&viewer, window.after).await?;
    let sign_in = if first { sign_in(&api, &viewer).await? } else { None };
    let records = page.items.into_iter().map(|record| Exported::record(record, &viewer));
    let items = sign_in.map(Exported::from).into_iter().chain(records).collect();
    Ok(Json(ExportPage { items, next_cursor: cursors.next(page.next) }))
}

/// Have everything of the caller deleted.
///
/// The caller's calls fail from the answer on. Every record, and the sign-in, is gone within a day.
#[utoipa::path(
    delete, path = "/v1/me", tag = "me", operation_id = "delete_me", security(("bearer" = [])),
    responses((status = 202, description = "The account is being deleted")),
)]
pub(crate) async fn delete_me(State(api): State<Api>, Caller(viewer): Caller) -> Result<StatusCode, Problem> {
    api.engine.delete_me(&viewer).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What the identity provider has of a person; nothing where it has never heard of them.
async fn sign_in(api: &Api, viewer: &Viewer) -> Result<Option<IdentityExport>, Problem> {
    match api.provider.export(&viewer.user).await {
        Ok(export) => Ok(Some(export)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
