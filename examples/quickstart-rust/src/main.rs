//! Makes a list, adds links, waits for their pages and prints what they cost.
//!
//! ```sh
//! cargo run -p quickstart-rust -- https://shop.example/kettle
//! cargo run -p quickstart-rust -- --server http://127.0.0.1:3000 --email alice@example.com https://shop.example/kettle
//! ```
//!
//! Without a server the whole engine runs in this process, on a file that is gone afterwards.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what the example is for")]

use anyhow::{Result, bail};
use clap::Parser;
use wishlist_bridge::{OpenOptions, Wishlists};
use wishlist_client::Client;
use wishlist_client::model::{Credentials, ItemDraft, NewAccount, NewWishlist};
use wishlist_client::options::{FindItem, ListItems};

/// Makes a list, adds links, waits for their pages and prints what they cost.
#[derive(Debug, Parser)]
struct Arguments {
    /// The server to call; without one the engine runs here.
    #[arg(long, requires = "email")]
    server: Option<String>,
    /// The address to sign up with. The password is read from standard input, so that it is in no list of processes.
    #[arg(long)]
    email: Option<String>,
    /// Pages of products.
    #[arg(required = true)]
    links: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Arguments { server, email, links } = Arguments::parse();
    if let (Some(server), Some(email)) = (server, email) {
        eprintln!("password:");
        let mut password = String::new();
        std::io::stdin().read_line(&mut password)?;
        let client = signed_in(&server, email, password.trim_end()).await?;
        print(&client, &links).await
    } else {
        let directory = tempfile::tempdir()?;
        let wishlists = Wishlists::open(directory.path().join("wishlists.db"), OpenOptions::default())?;
        print(wishlists.as_user("alice")?.client(), &links).await?;
        wishlists.close();
        Ok(())
    }
}

async fn signed_in(server: &str, email: String, password: &str) -> Result<Client> {
    let client = Client::connect(server)?;
    let account = NewAccount { email: email.clone(), password: password.into(), ..Default::default() };
    if client.sign_up(&account).await?.confirmation_required {
        bail!("confirm the address with the code that was mailed (`confirm_sign_up`), then sign in");
    }
    client.sign_in(&Credentials { email, password: password.into() }).await?;
    Ok(client)
}

async fn print(client: &Client, links: &[String]) -> Result<()> {
    for line in priced(client, links).await? {
        println!("{line}");
    }
    Ok(())
}

/// A line for each link, with its title and price.
async fn priced(client: &Client, links: &[String]) -> Result<Vec<String>> {
    let list = client.create_wishlist(&NewWishlist { name: "Birthday".to_owned(), ..Default::default() }).await?;
    for link in links {
        let item = client.add_item(list.id, &ItemDraft { url: Some(link.clone()), ..Default::default() }).await?;
        // Its page is visited in the background; this waits for it.
        client.find_item(list.id, item.id, &FindItem { wait: Some(20) }).await?;
    }
    let items = client.list_items_pages(list.id, &ListItems::default()).collect_items().await?;
    let line = |item: wishlist_client::model::Item| {
        let title = item.title.or(item.url).unwrap_or_default();
        let price = item.price.map_or("no price".to_owned(), |price| format!("{} {}", price.amount, price.currency));
        format!("{title}: {price}")
    };
    Ok(items.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Html;
    use axum::routing::get;
    use tokio::net::TcpListener;

    use super::*;

    const PAGE: &str = include_str!("../../../bindings/shop/kettle.html");

    #[tokio::test]
    async fn a_link_is_printed_with_its_price_and_one_that_is_none_is_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let link = format!("http://{}/kettle", listener.local_addr().unwrap());
        let shop = Router::new().route("/kettle", get(async || Html(PAGE)));
        tokio::spawn(async move { axum::serve(listener, shop).await });
        let directory = tempfile::tempdir().unwrap();
        let options = OpenOptions { private_addresses: true, ..OpenOptions::default() };
        let wishlists = Wishlists::open(directory.path().join("wishlists.db"), options).unwrap();
        let alice = wishlists.as_user("alice").unwrap();
        assert_eq!(priced(alice.client(), &[link]).await.unwrap(), ["Kettle: 19.99 EUR"]);
        let refused = priced(alice.client(), &["kettle".to_owned()]).await.unwrap_err().to_string();
        assert!(refused.contains("/url"), "{refused}");
        wishlists.close();
    }
}
