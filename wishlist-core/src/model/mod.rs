//! What a wishlist is: values and the rules that hold for them without any table, clock or network.

#[cfg(feature = "engine")]
mod draft;
#[cfg(feature = "engine")]
mod idempotency_key;
mod item;
mod money;
mod page;
mod page_url;
mod price;
mod product;
mod rank;
mod user;
mod visited_page;
mod wishlist;

#[cfg(feature = "engine")]
pub use draft::{ClaimPolicyDraft, ItemDraft, MoneyDraft, ProfileDraft, WishlistDraft};
#[cfg(feature = "engine")]
pub use idempotency_key::{Fingerprint, IdempotencyKey, KeyDigest};
pub use item::{Failure, FailureCode, Item, ItemState, ItemStatus, Source, Typed};
pub use money::{Currency, Money};
pub use page::{Lane, Lease, Visit, Watcher};
pub use page_url::PageUrl;
pub use price::{ItemPrices, Observation, PricePoint, PriceRange, PriceRanges, PriceSummary};
pub use product::{Availability, PageKind, Product};
pub use rank::Rank;
pub use user::{User, Viewer};
pub use visited_page::{Found, Refresh, Settled, VisitedPage};
pub use wishlist::{ClaimPolicy, GiversSee, GuestClaims, RecipientSees, Role, Wishlist, WishlistPointer};
