//! What a wishlist is: values and the rules that hold for them without any table, clock or network.

mod money;
mod page_url;
mod product;

pub use money::{Currency, Money};
pub use page_url::PageUrl;
pub use product::{Availability, PageKind, Product};
