//! What operations are called by those who write cases, and what does not exist yet.

use super::rows::Row;
use crate::contract::operations;

/// Features of which no operation exists: a word of a case, and the feature. Once an operation is named after the word, its
/// cases are to be shown.
pub(crate) const NOT_YET: &[(&str, &str)] = &[
    ("share", "sharing"),
    ("public link", "sharing"),
    ("visitor", "sharing"),
    ("guest", "sharing"),
    ("invit", "invitations"),
    ("member", "members of a list"),
    ("collaborator", "members of a list"),
    ("editor", "members of a list"),
    ("viewer", "members of a list"),
    ("claim", "claims"),
    ("secrecy", "claims"),
    ("webhook", "webhooks"),
    ("notification", "notifications"),
    ("alert", "notifications"),
    ("import", "imports"),
];

/// Words for the same.
#[rustfmt::skip]
const SAME: &[(&str, &str)] = &[
    ("read", "get"), ("find", "get"), ("show", "get"), ("fetch", "get"), ("patch", "update"), ("put", "update"), ("replace", "update"),
    ("edit", "update"), ("change", "update"), ("rename", "update"), ("remove", "delete"), ("add", "create"), ("new", "create"),
    ("wishlist", "list"), ("wishlists", "lists"), ("account", "me"), ("profile", "me"), ("user", "me"), ("prices", "price history"),
    ("place", "reorder"), ("batch", "items"), ("product", ""), ("the", ""), ("a", ""), ("an", ""), ("own", ""), ("in", ""), ("of", ""), ("to", ""),
];

/// What an operation is called, in the words that stand right in [`SAME`].
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("get list", "find_wishlist"), ("list lists", "list_wishlists"), ("get lists", "list_wishlists"), ("create list", "create_wishlist"),
    ("update list", "update_wishlist"), ("delete list", "delete_wishlist"), ("get item", "find_item"), ("list items", "list_items"),
    ("get items", "list_items"), ("create item", "add_item"), ("create item list", "add_item"), ("create items", "add_items"),
    ("create items list", "add_items"), ("create items items", "add_items"), ("update item", "update_item"), ("delete item", "remove_item"),
    ("reorder items", "place_item"), ("reorder item", "place_item"), ("move item", "move_item"), ("copy item", "copy_item"),
    ("receive item", "receive_item"), ("restore item", "restore_item"), ("refresh item", "refresh_item"), ("refresh price", "refresh_item"),
    ("price history", "list_prices"), ("get price history", "list_prices"), ("list price history", "list_prices"), ("preview", "preview_product"),
    ("get me", "find_me"), ("update me", "update_me"), ("delete me", "delete_me"), ("export me", "export_me"), ("export", "export_me"),
];

/// The row that a phrase names: by its own name, or by words for it.
pub(super) fn row(phrase: &str) -> Option<&'static Row> {
    let phrase = phrase.trim().to_lowercase();
    if let Some(row) = Row::of(&phrase.replace(' ', "_")) {
        return Some(row);
    }
    let words: Vec<_> = phrase.split_whitespace().map(same).filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    NAMES.iter().find(|(name, _)| *name == words).and_then(|(_, operation)| Row::of(operation))
}

fn same(word: &str) -> &str {
    SAME.iter().find(|(of, _)| *of == word).map_or(word, |(_, same)| *same)
}

/// The feature that a case is about, where no operation has it.
pub(super) fn not_yet(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let is_absent = |word: &str| {
        operations().iter().all(|(_, path, operation)| {
            !path.contains(word) && !operation["operationId"].as_str().unwrap_or_default().contains(word)
        })
    };
    NOT_YET.iter().find(|(word, _)| text.contains(word) && is_absent(word)).map(|(_, feature)| *feature)
}
