//! The promises of every provider, kept by the local one.

use async_trait::async_trait;
use wishlist_identity::conformance::{Mailed, Stage};
use wishlist_identity::{Provider, Secret, Verifier, provider_conformance_tests};

use crate::World;

struct Local {
    world: World,
    verifier: Verifier,
}

impl Local {
    async fn open() -> Self {
        let world = World::by_code().await;
        let verifier = world.provider.verifier();
        Self { world, verifier }
    }
}

#[async_trait]
impl Stage for Local {
    fn provider(&self) -> &dyn Provider {
        self.world.provider.as_ref()
    }

    fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    async fn code(&self, _: Mailed) -> Secret {
        let mails = self.world.mailbox.take().await;
        mails.iter().rev().find_map(|mail| mail.message.code()).unwrap().clone()
    }
}

provider_conformance_tests!(Local::open().await);
