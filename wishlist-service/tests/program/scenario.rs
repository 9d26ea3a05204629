//! Every operation on its good and its bad paths, over HTTP: the answers are snapshots.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::playing::Scenario;

macro_rules! scenarios {
    ($($test:ident $name:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let scenario = Scenario::read(include_str!(concat!("../scenario/", stringify!($name), ".json")));
                insta::assert_snapshot!(stringify!($name), scenario.play().await);
            }
        )+

        /// All of them.
        fn all() -> Vec<Scenario> {
            vec![$(Scenario::read(include_str!(concat!("../scenario/", stringify!($name), ".json")))),+]
        }
    };
}

scenarios! {
    an_account_is_made_confirmed_and_recovered auth;
    a_person_changes_exports_and_deletes_what_is_theirs me;
    wishlists_are_made_listed_changed_and_deleted wishlists;
    items_are_added_listed_changed_and_removed items;
    items_are_placed_moved_copied_and_received moves;
    pages_are_visited_watched_and_looked_at pages;
    the_service_tells_about_itself system;
}

/// The operations that take nothing which could be wrong.
const CANNOT_FAIL: [&str; 3] = ["find_health", "find_jwks", "find_openapi"];

#[test]
fn every_operation_of_the_document_has_a_good_and_a_bad_path() {
    let document: Value = serde_json::from_str(wishlist_api::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let ids: BTreeSet<_> = operations.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect();
    let mut walked: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for call in all().iter().flat_map(Scenario::calls).filter(|call| call.is_its_own()) {
        walked.entry(call.operation.clone()).or_default().insert(call.status);
    }
    assert_eq!(walked.keys().cloned().collect::<BTreeSet<_>>(), ids);
    for (id, statuses) in walked {
        assert!(statuses.iter().any(|status| (200..300).contains(status)), "`{id}` has no good path");
        let fails = statuses.iter().any(|status| (400..500).contains(status));
        assert_ne!(fails, CANNOT_FAIL.contains(&id.as_str()), "`{id}`: {statuses:?}");
    }
}
