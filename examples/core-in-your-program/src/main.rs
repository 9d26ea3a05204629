//! The domain alone: no HTTP, no sign-in, no visits. People are whoever the program says, and the time is what it says.
//!
//! ```sh
//! cargo run -p core-in-your-program
//! ```

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::sync::Arc;

use anyhow::Result;
use wishlist_core::clock::{SystemClock, SystemRandom};
use wishlist_core::model::{Item, ItemDraft, MoneyDraft, Viewer, WishlistDraft};
use wishlist_core::operations::{Engine, ItemFilter};
use wishlist_core::queue::NoQueue;
use wishlist_core::table::EmbeddedTable;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    for line in wishes().await? {
        println!("{line}");
    }
    Ok(())
}

async fn wishes() -> Result<Vec<String>> {
    let clock = Arc::new(SystemClock);
    // `EmbeddedTable::open` has it in a file, which several processes may share.
    let table = EmbeddedTable::in_memory(clock.clone())?;
    // Nobody visits pages here, so nobody is told of them.
    let engine = Engine::new(Arc::new(table), Arc::new(NoQueue), clock, Arc::new(SystemRandom));

    let alice = Viewer::from("customer-4711".parse::<wishlist_core::ids::UserId>()?);
    let birthday = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
    let list = engine.create_wishlist(&alice, &birthday, None).await?;
    for (title, amount) in [("Kettle", "19.99"), ("Lamp", "45.00")] {
        let price = MoneyDraft { amount: amount.to_owned(), currency: "EUR".to_owned() };
        let draft = ItemDraft { title: Some(title.to_owned()), price: Some(price), ..ItemDraft::default() };
        engine.add_item(&alice, list.id, &draft, None).await?;
    }

    // Another person's list is as one that never was.
    let bob = Viewer::from("customer-4712".parse::<wishlist_core::ids::UserId>()?);
    anyhow::ensure!(engine.find_wishlist(&bob, list.id).await.is_err(), "a list is its owner's");

    let page = engine.list_items(&alice, list.id, ItemFilter::default(), None, 50).await?;
    let line = |item: &Item| {
        let price = item.price().map_or_else(String::new, |price| price.to_string());
        format!("{}: {price}", item.title().unwrap_or_default())
    };
    Ok(page.items.iter().map(|kept| line(kept)).collect())
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn it_lists_what_was_added() {
        assert_eq!(super::wishes().await.unwrap(), ["Kettle: 19.99 EUR", "Lamp: 45.00 EUR"]);
    }
}
