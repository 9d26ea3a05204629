//! What a wishlist looks like in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::WishlistId;
use wishlist_core::model;

use super::words::words;
use crate::answer::Resource;
use crate::exact::CurrencyCode;

/// The part of a wishlist that its owner edits, with what only some operations take.
macro_rules! wishlist_draft {
    ($(#[$doc:meta])* $name:ident { $($(#[$more:meta])* $field:ident: $of:ty,)* }) => {
        $(#[$doc])*
        #[derive(Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub(crate) struct $name {
            /// What it is called; not only spaces.
            #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Birthday")]
            name: String,
            /// What there is to say about it.
            #[schema(nullable = false, max_length = 2000, example = "Nothing that needs batteries, please.")]
            description: Option<String>,
            /// What it is for.
            #[schema(nullable = false, max_length = 100, example = "birthday")]
            occasion: Option<String>,
            /// The day of the occasion.
            #[schema(nullable = false, format = Date, example = "2027-05-14")]
            event_date: Option<String>,
            /// The currency in which the owner thinks, by ISO 4217.
            #[schema(nullable = false, value_type = Option<CurrencyCode>, example = "EUR")]
            currency: Option<String>,
            /// Who learns what about gifts; what is left out is the default.
            #[schema(nullable = false)]
            claim_policy: Option<ClaimPolicyDraft>,
            $($(#[$more])* $field: $of,)*
        }

        #[allow(clippy::needless_update, reason = "one of the drafts has every field, the other does not")]
        impl From<$name> for model::WishlistDraft {
            fn from(draft: $name) -> Self {
                let $name { name, description, occasion, event_date, currency, claim_policy, $($field),* } = draft;
                let claim_policy = claim_policy.map(Into::into);
                $(let $field = $field.unwrap_or_default();)*
                Self { name, description, occasion, event_date, currency, claim_policy, $($field,)* ..Self::default() }
            }
        }
    };
}

wishlist_draft!(
    /// A new wishlist.
    NewWishlist {}
);

wishlist_draft!(
    /// The part of a wishlist that its owner edits.
    WishlistDraft {
        /// Whether it is out of the way.
        #[schema(nullable = false, default = false)]
        archived: Option<bool>,
    }
);

/// Who learns what about gifts.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClaimPolicyDraft {
    /// What the owner is shown; `none` where it is left out.
    #[schema(nullable = false)]
    recipient_sees: Option<RecipientSees>,
    /// What those who give are shown of each other; `state` where it is left out.
    #[schema(nullable = false)]
    givers_see: Option<GiversSee>,
    /// When the owner is shown everything.
    #[schema(nullable = false, format = DateTime, example = "2026-12-25T00:00:00.000Z")]
    reveal_at: Option<String>,
    /// Whether gifts can be claimed without an account; `true` where it is left out.
    #[schema(nullable = false, default = true)]
    guest_claims: Option<bool>,
}

impl From<ClaimPolicyDraft> for model::ClaimPolicyDraft {
    fn from(draft: ClaimPolicyDraft) -> Self {
        let guest_claims =
            if draft.guest_claims.unwrap_or(true) { model::GuestClaims::Allowed } else { model::GuestClaims::Refused };
        Self {
            recipient_sees: draft.recipient_sees.map(Into::into).unwrap_or_default(),
            givers_see: draft.givers_see.map(Into::into).unwrap_or_default(),
            reveal_at: draft.reveal_at,
            guest_claims,
        }
    }
}

/// Who learns what about gifts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimPolicy {
    /// What the owner is shown.
    recipient_sees: RecipientSees,
    /// What those who give are shown of each other.
    givers_see: GiversSee,
    /// When the owner is shown everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, example = "2026-12-25T00:00:00.000Z")]
    reveal_at: Option<Timestamp>,
    /// Whether gifts can be claimed without an account.
    guest_claims: bool,
}

impl From<&model::ClaimPolicy> for ClaimPolicy {
    fn from(policy: &model::ClaimPolicy) -> Self {
        Self {
            recipient_sees: policy.recipient_sees.into(),
            givers_see: policy.givers_see.into(),
            reveal_at: policy.reveal_at,
            guest_claims: policy.guest_claims == model::GuestClaims::Allowed,
        }
    }
}

/// A named list of wishes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wishlist {
    /// The id, a UUIDv7.
    #[schema(value_type = uuid::Uuid, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    id: WishlistId,
    /// What it is called.
    #[schema(example = "Birthday")]
    name: String,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Nothing that needs batteries, please.")]
    description: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "birthday")]
    occasion: Option<String>,
    /// The day of the occasion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Date, example = "2027-05-14")]
    event_date: Option<String>,
    /// The currency in which the owner thinks, by ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "EUR")]
    currency: Option<&'static str>,
    /// Who learns what about gifts.
    claim_policy: ClaimPolicy,
    /// How many active items it holds; changes without a new version.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 12)]
    item_count: u32,
    /// Whether it is out of the way.
    archived: bool,
    /// What the caller is to it.
    role: Role,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    created_at: Timestamp,
    /// When the version last rose.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T17:20:00.000Z")]
    updated_at: Timestamp,
    /// Rises when an edited field changes; the record's `ETag`.
    #[schema(format = Int64, minimum = 1, example = 3)]
    version: u64,
}

impl Wishlist {
    /// The list as this caller sees it.
    pub(crate) fn seen(wishlist: &model::Wishlist, viewer: &model::Viewer) -> Self {
        Self {
            id: wishlist.id,
            name: wishlist.name.clone(),
            description: wishlist.description.clone(),
            occasion: wishlist.occasion.clone(),
            event_date: wishlist.event_date.map(|day| day.to_string()),
            currency: wishlist.currency.map(model::Currency::code),
            claim_policy: ClaimPolicy::from(&wishlist.claim_policy),
            item_count: wishlist.item_count,
            archived: wishlist.archived,
            role: wishlist.role_of(viewer).into(),
            created_at: wishlist.created_at,
            updated_at: wishlist.updated_at,
            version: wishlist.version,
        }
    }
}

impl Resource for Wishlist {
    fn version(&self) -> u64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/wishlists/{}", self.id)
    }
}

words!(
    /// What the owner of a list is shown of claims: nothing, whether an item is claimed, or by whom.
    RecipientSees, "camelCase", { None, State, Names, }
);

words!(
    /// What givers are shown of each other's claims: whether an item is claimed, or by whom.
    GiversSee, "camelCase", { State, Names, }
);

words!(
    /// What a person is to a wishlist.
    Role, "camelCase", { Owner, }
);
