//! What a wishlist is: values and the rules that hold for them without any table, clock or network.

#[cfg(feature = "engine")]
mod draft;
mod item;
mod money;
mod page;
mod page_url;
mod product;
mod user;
mod wishlist;

#[cfg(feature = "engine")]
pub use draft::{ItemDraft, MoneyDraft, WishlistDraft};
pub use item::{Failure, FailureCode, Item, ItemStatus, Source, Typed};
pub use money::{Currency, Money};
pub use page::{Lane, Lease, Visit, VisitedPage, Watcher};
pub use page_url::PageUrl;
pub use product::{Availability, PageKind, Product};
pub use user::{User, Viewer};
pub use wishlist::{Wishlist, WishlistPointer};
