//! Every operation of the API as it meets the table, on one screen.

use std::fmt;
use std::pin::Pin;

use super::stage::Stage;
use crate::error::Result;
use crate::model::{IdempotencyKey, ItemDraft, ProfileDraft, WishlistDraft};
use crate::operations::{ItemFilter, Neighbours, PriceWindow};

/// An operation, and in which case.
pub struct Call {
    /// Its name in the API.
    pub operation: &'static str,
    /// What is particular about it; empty for what is not.
    pub case: &'static str,
    pub(super) run: for<'a> fn(&'a Stage) -> Calling<'a>,
}

/// A call under way.
pub(super) type Calling<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operation, self.case)
    }
}

/// How many items a page of a listing has where nothing is said.
const PAGE: usize = 50;

macro_rules! calls {
    ($($operation:literal $case:literal => |$stage:ident| $run:expr;)*) => {
        /// The calls in the order in which they are made: each finds what the ones before have left. A list of a thousand items
        /// takes no more, so those that add come behind those that remove.
        pub const CALLS: &[Call] = &[$(Call {
            operation: $operation,
            case: $case,
            run: |$stage| Box::pin(async move { $run.await.map(drop) }),
        }),*];
    };
}

#[rustfmt::skip]
calls! {
    "find_health"      ""                      => |_stage| nothing();
    "find_openapi"     ""                      => |_stage| nothing();
    "find_jwks"        ""                      => |_stage| nothing();
    "sign_up"          ""                      => |_stage| nothing();
    "confirm_sign_up"  ""                      => |_stage| nothing();
    "resend_code"      ""                      => |_stage| nothing();
    "forgot_password"  ""                      => |_stage| nothing();
    "reset_password"   ""                      => |_stage| nothing();
    "refresh_session"  ""                      => |_stage| nothing();
    "sign_in"          "the first time"        => |s| s.engine.register(&s.carol.user, "carol@example.com", Some("Carol"));
    "sign_in"          ""                      => |s| s.engine.register(&s.alice.user, "alice@example.com", Some("Alice"));
    "sign_out"         ""                      => |s| s.engine.check_viewer(&s.alice);
    "find_me"          ""                      => |s| s.engine.find_me(&s.alice);
    "update_me"        ""                      => |s| s.engine.update_me(&s.alice, &renamed(), None);
    "export_me"        "its first page"        => |s| s.engine.export_me(&s.alice, None);
    "create_wishlist"  ""                      => |s| s.engine.create_wishlist(&s.alice, &wishlist("Christmas"), None);
    "list_wishlists"   "of so many wishlists"  => |s| s.engine.list_wishlists(&s.bob, None, None, PAGE);
    "find_wishlist"    ""                      => |s| s.engine.find_wishlist(&s.alice, s.list);
    "update_wishlist"  ""                      => |s| s.engine.update_wishlist(&s.alice, s.list, &wishlist("Birthday, at last"), None);
    "list_items"       ""                      => |s| s.engine.list_items(&s.alice, s.list, ItemFilter::default(), None, PAGE);
    "find_item"        ""                      => |s| s.engine.find_item(&s.alice, s.list, s.item(0));
    "update_item"      ""                      => |s| s.engine.update_item(&s.alice, s.list, s.item(0), &linked(&Stage::url(0)), None);
    "update_item"      "to a new URL"          => |s| s.engine.update_item(&s.alice, s.list, s.item(1), &linked("https://shop.example/other"), None);
    "place_item"       ""                      => |s| s.engine.place_item(&s.alice, s.list, s.item(2), between(s.item(5), s.item(6)), None);
    "move_item"        ""                      => |s| s.engine.move_item(&s.alice, s.list, s.item(3), s.other, None);
    "copy_item"        ""                      => |s| s.engine.copy_item(&s.alice, s.list, s.item(4), s.other, None);
    "receive_item"     ""                      => |s| s.engine.receive_item(&s.alice, s.list, s.item(5), None);
    "restore_item"     ""                      => |s| s.engine.restore_item(&s.alice, s.list, s.item(5), None);
    "refresh_item"     ""                      => |s| s.engine.refresh_item(&s.alice, s.list, s.item(6), None);
    "list_prices"      ""                      => |s| s.engine.list_prices(&s.alice, s.list, s.item(0), PriceWindow { from: None, to: None, after: None, limit: PAGE });
    "preview_product"  ""                      => |s| s.engine.preview_product(&s.alice, "https://shop.example/new", None);
    "remove_item"      ""                      => |s| s.engine.remove_item(&s.alice, s.list, s.item(7), None);
    "add_item"         ""                      => |s| s.engine.add_item(&s.alice, s.list, &linked("https://shop.example/new"), None);
    "add_item"         "with an idempotency key" => |s| named_addition(s);
    "add_items"        "100 of them"           => |s| hundred_additions(s);
    "delete_wishlist"  ""                      => |s| s.engine.delete_wishlist(&s.alice, s.list, None);
    "delete_wishlist"  "its job, behind the answer" => |s| s.run_job();
    "delete_me"        ""                      => |s| s.engine.delete_me(&s.bob);
    "delete_me"        "its job, of so many wishlists without items" => |s| s.run_job();
}

/// What the identity provider or the program answers by itself.
fn nothing() -> std::future::Ready<Result<()>> {
    std::future::ready(Ok(()))
}

async fn named_addition(stage: &Stage) -> Result<()> {
    let key: IdempotencyKey = "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a10".parse()?;
    let draft = linked("https://shop.example/named");
    stage.engine.add_item(&stage.alice, stage.list, &draft, Some(&key)).await.map(drop)
}

/// Into a list of their own, which has room for them whatever the other one holds.
async fn hundred_additions(stage: &Stage) -> Result<()> {
    let drafts: Vec<_> = (0..100).map(|number| linked(&format!("https://shop.example/batch/{number}"))).collect();
    stage.engine.add_items(&stage.alice, stage.other, &drafts, None).await.map(drop)
}

fn linked(url: &str) -> ItemDraft {
    ItemDraft {
        url: Some(url.to_owned()),
        note: Some("The larger one, if they have it in blue".to_owned()),
        ..ItemDraft::default()
    }
}

fn wishlist(name: &str) -> WishlistDraft {
    WishlistDraft { name: name.to_owned(), ..WishlistDraft::default() }
}

fn renamed() -> ProfileDraft {
    ProfileDraft { name: Some("Alice Liddell".to_owned()), ..ProfileDraft::default() }
}

fn between(after: crate::ids::ItemId, before: crate::ids::ItemId) -> Neighbours {
    Neighbours { after: Some(after), before: Some(before) }
}
