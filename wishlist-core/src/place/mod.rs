//! Which places are of the public internet: addresses, names and URLs, judged by what is written and by nothing else.
//!
//! Pure tables, so that whatever visits a link and whatever shows one has the same rules. What a name resolves to is not
//! known here: `wishlist-scraper` judges every answer by [`is_public_address`] before it connects.

mod address;
mod link;
mod name;

pub use address::is_public_address;
pub use link::{has_public_host, is_public};
pub use name::{is_public_name, name_of};
