//! The provider on Cognito: against emulators, and against answers that no emulator gives.
//!
//! What each emulator cannot do, and what is therefore shown where, is in `docs/emulators.md`.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod answers;
mod keys;
mod moto;
mod pool;
mod refusals;
mod requests;
mod tokens;

/// All promises but one: this emulator tells addresses apart by their case, whatever the pool says.
macro_rules! conformance {
    ($make:expr) => {
        wishlist_identity::provider_conformance_tests! { $make =>
            a_person_signs_up_confirms_and_signs_in
            an_address_is_confirmed_before_the_first_sign_in
            a_known_address_is_answered_like_a_new_one
            every_refused_field_is_named_and_nothing_is_made
            a_password_that_others_would_try_first_is_refused
            an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing
            a_code_is_refused_alike_whatever_is_wrong_with_it
            codes_are_asked_for_alike_at_every_address
            an_address_that_is_none_is_named
            a_forgotten_password_is_set_anew_once_by_its_code
            a_new_password_ends_every_session
            a_new_password_is_held_to_the_rules_and_the_code_stays_good
            a_refresh_gives_tokens_of_the_same_person
            a_refresh_token_that_was_never_given_out_is_refused
            signing_out_ends_every_session_of_the_user_and_nobody_elses
            an_id_token_is_no_access_token
            what_is_held_is_exported
            an_erased_account_is_gone_and_its_address_free
            nothing_shows_an_address_a_password_or_a_token
        }
    };
}

mod without_a_secret {
    use crate::pool::{ClientSecret, Pool};

    conformance!(Pool::open(ClientSecret::None).await);
}

mod with_a_secret {
    use crate::pool::{ClientSecret, Pool};

    conformance!(Pool::open(ClientSecret::Some).await);
}
