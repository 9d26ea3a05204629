//! What kind of page it is.

use url::Url;
use wishlist_core::model::PageKind;

use crate::sources::{Head, Structure};

/// Decides the kind of a page from what its sources say of it.
pub(crate) fn kind(url: &Url, head: &Head, structure: &Structure) -> PageKind {
    let og_type = head.og_type.as_deref().unwrap_or_default();
    let og_article = og_type.ends_with("article") || og_type == "blog";
    if structure.article || (og_article && !structure.priced) {
        PageKind::Article
    } else if structure.priced {
        PageKind::Product
    } else if structure.products > 1 || structure.list {
        PageKind::List
    } else if structure.product || og_type.contains("product") {
        PageKind::Product
    } else if url.path() == "/" {
        PageKind::Home
    } else {
        PageKind::Other
    }
}
