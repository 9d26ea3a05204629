//! The Rust client against the program.

use futures_util::TryStreamExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use wishlist_client::model::{
    Availability, Credentials, Exported, ItemBatch, ItemDraft, ItemStatus, NewAccount, NewWishlist, Placement, Session,
    Wishlist, WishlistDraft,
};
use wishlist_client::options::{ExportMe, FindItem, ListItems, ListPrices, ListWishlists};
use wishlist_client::{Client, ErrorKind};

use crate::person::PASSWORD;
use crate::running::Running;
use crate::shop;

async fn signed_in(address: &str) -> Client {
    let client = Client::connect(&format!("http://{address}")).unwrap();
    let email = "alice@example.com".to_owned();
    let account = NewAccount { email: email.clone(), password: PASSWORD.into(), ..Default::default() };
    assert!(!client.sign_up(&account).await.unwrap().confirmation_required);
    client.sign_in(&Credentials { email, password: PASSWORD.into() }).await.unwrap();
    client
}

async fn birthday(client: &Client) -> Wishlist {
    client.create_wishlist(&NewWishlist { name: "Birthday".to_owned(), ..Default::default() }).await.unwrap()
}

fn titled(title: &str) -> ItemDraft {
    ItemDraft { title: Some(title.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn a_link_that_is_added_has_its_title_and_its_price_when_it_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = signed_in(&server.address).await;
    let list = birthday(&client).await;
    let url = format!("http://{}/7", shop::open().await);
    let added = client.add_item(list.id, &ItemDraft { url: Some(url), ..Default::default() }).await.unwrap();
    assert_eq!(added.status, ItemStatus::Pending);

    let item = client.find_item(list.id, added.id, &FindItem { wait: Some(20) }).await.unwrap();
    let price = item.price.unwrap();
    assert_eq!((item.status, item.title.unwrap()), (ItemStatus::Ready, shop::title(7)));
    assert_eq!((price.amount.as_str(), price.currency.as_str()), ("7.50", "EUR"));
    assert_eq!(item.availability, Some(Availability::InStock));
    let prices = client.list_prices(list.id, item.id, &ListPrices::default()).await.unwrap();
    assert_eq!(prices.items[0].price.as_ref(), Some(&price));
    let none = ListPrices { to: Some(added.created_at), ..Default::default() };
    assert!(client.list_prices(list.id, item.id, &none).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn lists_are_kept_listed_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = signed_in(&server.address).await;
    let list = birthday(&client).await;
    let batch = ItemBatch { items: ["a", "b", "c", "d", "e"].map(titled).to_vec() };
    let added = client.add_items(list.id, &batch).await.unwrap().results;
    let ids: Vec<_> = added.into_iter().map(|result| result.item.unwrap().id).collect();
    client.place_item(list.id, ids[4], &Placement { before: Some(ids[0]), after: None }).await.unwrap();
    client.receive_item(list.id, ids[1]).await.unwrap();
    client.remove_item(list.id, ids[2]).await.unwrap();

    let pages = client.list_items_pages(list.id, &ListItems { limit: Some(2), ..Default::default() });
    let titles: Vec<String> = pages.items().map_ok(|item| item.title.unwrap()).try_collect().await.unwrap();
    assert_eq!(titles, ["e", "a", "d"]);

    let exported = client.export_me_pages(&ExportMe::default()).collect_items().await.unwrap();
    assert_eq!(exported.iter().filter(|of| matches!(of, Exported::Item { .. })).count(), 4);

    client.delete_wishlist(list.id).await.unwrap();
    assert!(client.list_wishlists(&ListWishlists::default()).await.unwrap().items.is_empty());
    client.delete_me().await.unwrap();
    assert_eq!(client.find_me().await.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn what_the_server_refuses_is_a_typed_error() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = signed_in(&server.address).await;
    let list = birthday(&client).await;
    let draft = |name: &str| WishlistDraft { name: name.to_owned(), ..Default::default() };

    let invalid = client.update_wishlist(list.id, &draft(" ")).await.unwrap_err();
    assert_eq!((invalid.kind(), invalid.fields()[0].pointer.as_str()), (ErrorKind::Invalid, "/name"));
    client.if_version(list.version).update_wishlist(list.id, &draft("Wedding")).await.unwrap();
    let stale = client.if_version(list.version).update_wishlist(list.id, &draft("Easter")).await.unwrap_err();
    assert_eq!((stale.kind(), stale.code(), stale.status()), (ErrorKind::Stale, Some("stale"), Some(412)));
    let missing = client.find_item(list.id, list.id, &FindItem::default()).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.request_id().is_some());
    let named = client.under_key("one-name");
    let first = named.add_item(list.id, &titled("Kettle")).await.unwrap();
    assert_eq!(named.add_item(list.id, &titled("Kettle")).await.unwrap().id, first.id);
    let mismatch = named.add_item(list.id, &titled("Lamp")).await.unwrap_err();
    assert_eq!(mismatch.code(), Some("idempotency_mismatch"));
}

#[tokio::test]
async fn a_session_whose_access_token_is_refused_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = signed_in(&server.address).await;
    let mut kept = client.session().unwrap();
    kept.access_token = "refused".into();
    let next = of(&server.address, kept);
    assert_eq!(next.find_me().await.unwrap().email.unwrap(), "alice@example.com");
    assert_ne!(next.session().unwrap().access_token.expose(), "refused");
}

#[tokio::test]
async fn an_item_whose_reply_is_lost_is_there_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = signed_in(&server.address).await;
    let list = birthday(&client).await;
    let behind = of(&losing_the_first_reply(server.address.clone()).await, client.session().unwrap());
    let added = behind.add_item(list.id, &titled("Kettle")).await.unwrap();
    let items = client.list_items(list.id, &ListItems::default()).await.unwrap().items;
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [added.id]);
}

fn of(address: &str, session: Session) -> Client {
    Client::builder(&format!("http://{address}")).session(session).build().unwrap()
}

/// An address before the server's whose first connection ends when the reply begins.
async fn losing_the_first_reply(server: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        for connection in 0.. {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(&server).await.unwrap();
            if connection == 0 {
                let ((mut near, _), (mut reply, mut far)) = (near.split(), far.split());
                tokio::select! {
                    _ = tokio::io::copy(&mut near, &mut far) => {}
                    _ = reply.read_u8() => {}
                }
            } else {
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
            }
        }
    });
    address
}
