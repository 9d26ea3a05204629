//! Signs up, makes a list, adds links, waits for their pages and prints what they cost.
//!
//! ```sh
//! cargo run -p wishlist-service -- serve
//! cargo run -p wishlist-client --example quickstart -- http://127.0.0.1:3000 alice@example.com https://shop.example/kettle
//! ```
//!
//! The password is read from standard input, so that it is in no list of processes.

#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::error::Error;

use wishlist_client::Client;
use wishlist_client::model::{Credentials, ItemDraft, NewAccount, NewWishlist};
use wishlist_client::options::{FindItem, ListItems};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, email, links @ ..] = arguments.as_slice() else {
        println!("write the server's address, an email address and links behind it");
        return Ok(());
    };
    println!("password:");
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end();

    let client = Client::connect(url)?;
    let account = NewAccount { email: email.clone(), password: password.into(), ..Default::default() };
    if client.sign_up(&account).await?.confirmation_required {
        println!("confirm the address with the code that was mailed, then sign in");
        return Ok(());
    }
    client.sign_in(&Credentials { email: email.clone(), password: password.into() }).await?;

    let list = client.create_wishlist(&NewWishlist { name: "Birthday".to_owned(), ..Default::default() }).await?;
    for link in links {
        let item = client.add_item(list.id, &ItemDraft { url: Some(link.clone()), ..Default::default() }).await?;
        client.find_item(list.id, item.id, &FindItem { wait: Some(20) }).await?;
    }
    for item in client.list_items_pages(list.id, &ListItems::default()).collect_items().await? {
        let title = item.title.or(item.url).unwrap_or_default();
        let price = item.price.map_or("no price".to_owned(), |price| format!("{} {}", price.amount, price.currency));
        println!("{title}: {price}");
    }
    Ok(())
}
