//! Nothing shows whether an address is known: every operation makes the same calls of the table, computes the same number
//! of hashes and gives the same answer, for an address that nobody has, one that waits to be confirmed, and one that is
//! confirmed.

use std::collections::BTreeSet;
use std::sync::Arc;

use wishlist_core::clock::ManualClock;
use wishlist_identity::local::Confirmation;
use wishlist_identity::{Provider, Secret};

use crate::witness::Witness;
use crate::{EMAIL, PASSWORD, START, World, sign_up};

const OPERATIONS: [&str; 6] =
    ["sign_up", "confirm_sign_up", "resend_code", "sign_in", "forgot_password", "reset_password"];

#[derive(Clone, Copy, Debug)]
enum Known {
    Not,
    Pending,
    Confirmed,
}

struct Watched {
    world: World,
    table: Arc<Witness>,
}

impl Watched {
    async fn of(known: Known) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let table = Witness::new(clock.clone());
        let world = World::over_with(table.clone(), clock, Confirmation::ByCode).await;
        match known {
            Known::Not => {}
            Known::Pending => drop(world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap()),
            Known::Confirmed => drop(world.confirmed(EMAIL).await),
        }
        world.clock.advance(std::time::Duration::from_mins(20));
        Self { world, table }
    }

    /// What a stranger's call of an operation costs, and what they get for it.
    async fn cost(&self, operation: &str) -> String {
        let (provider, before) = (&self.world.provider, self.world.provider.hashes_computed());
        self.table.calls();
        let (wrong, code) = (Secret::from("wrong password"), Secret::from("not it"));
        let answer = match operation {
            "sign_up" => provider.sign_up(sign_up(EMAIL, wrong.expose())).await.map(|made| {
                assert_eq!((made.account.email.as_str(), made.confirmation_required), (EMAIL, true));
                assert_eq!(made.account.name.as_deref(), Some("Alice"));
            }),
            "confirm_sign_up" => provider.confirm_sign_up(EMAIL, &code).await,
            "resend_code" => provider.resend_code(EMAIL).await,
            "sign_in" => provider.sign_in(EMAIL, &wrong).await.map(drop),
            "forgot_password" => provider.forgot_password(EMAIL).await,
            "reset_password" => provider.reset_password(EMAIL, &code, &wrong).await,
            other => panic!("{other}"),
        };
        let hashes = provider.hashes_computed() - before;
        format!("{}{hashes} hashes\n{answer:?}", self.table.calls())
    }
}

#[tokio::test]
async fn no_operation_tells_whether_an_address_is_known() {
    for operation in OPERATIONS {
        let mut costs = BTreeSet::new();
        for known in [Known::Not, Known::Pending, Known::Confirmed] {
            let watched = Watched::of(known).await;
            // The second time as well: what the first one left must not tell either.
            let cost = [watched.cost(operation).await, watched.cost(operation).await];
            costs.insert(cost.join("\n"));
        }
        assert_eq!(costs.len(), 1, "{operation}: {costs:#?}");
        assert!(costs.first().unwrap().contains("commit put"), "{operation} writes");
    }
}

#[tokio::test]
async fn no_operation_tells_after_any_other() {
    for first in OPERATIONS {
        for then in OPERATIONS {
            let mut costs = BTreeSet::new();
            for known in [Known::Not, Known::Confirmed] {
                let watched = Watched::of(known).await;
                watched.cost(first).await;
                costs.insert(watched.cost(then).await);
            }
            assert_eq!(costs.len(), 1, "{first}, then {then}: {costs:#?}");
        }
    }
}
