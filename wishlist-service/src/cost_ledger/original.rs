//! What the design that this project began with would use for the same work, by its own keys and requests.
//!
//! It keeps a wishlist under `USER#{user}`, `WISHLIST#{wishlist}` and an item under `WISHLIST#{wishlist}`, `ITEM#{item}`,
//! reads eventually, writes with single requests, and checks neither who owns a list nor what is there.

use wishlist_core::ledger::{Call, Sizes};
use wishlist_core::table::cost::{READ_UNIT_BYTES, WRITE_UNIT_BYTES};

use super::prices::Use;

/// The bytes after which a page of a query ends.
const PAGE_BYTES: usize = 1024 * 1024;

/// The writes of one `BatchWriteItem`.
const BATCH: usize = 25;

/// The items that `add_items` adds.
const ADDED: usize = 100;

/// What the original would use at a list of `size` items; `None` for what it does not have, or not in the table.
pub(super) fn of(call: &Call, size: usize, sizes: Sizes) -> Option<Use> {
    let (item, new_item) = (sizes.item, sizes.new_item);
    Some(match (call.operation, call.case) {
        ("create_wishlist" | "update_wishlist", _) | ("delete_wishlist", "") => write(sizes.wishlist),
        ("list_wishlists", _) => query(size * sizes.wishlist),
        ("find_wishlist", _) => read(sizes.wishlist),
        ("list_items", _) => query(size * item),
        ("find_item", _) => read(item),
        ("add_item", "") => write(new_item) + message(),
        ("add_items", _) => (0..ADDED).fold(Use::default(), |sum, _| sum + write(new_item) + message()),
        ("update_item", "") | ("receive_item" | "restore_item" | "remove_item", _) => write(item),
        ("update_item" | "refresh_item", _) => write(item) + message(),
        ("move_item", _) => read(item) + write(item) + write(item),
        ("copy_item", _) => read(item) + write(item),
        ("delete_wishlist", _) => query(size * item) + delete(size, item),
        _ => return None,
    })
}

fn read(bytes: usize) -> Use {
    Use { requests: 1, read_units: units(bytes, READ_UNIT_BYTES) / 2.0, ..Use::default() }
}

fn query(bytes: usize) -> Use {
    Use { requests: bytes.div_ceil(PAGE_BYTES).max(1), ..read(bytes) }
}

fn write(bytes: usize) -> Use {
    Use { requests: 1, write_units: units(bytes, WRITE_UNIT_BYTES), ..Use::default() }
}

fn delete(count: usize, bytes: usize) -> Use {
    #[expect(clippy::cast_precision_loss, reason = "a list has a thousand items at most")]
    let write_units = units(bytes, WRITE_UNIT_BYTES) * count as f64;
    Use { requests: count.div_ceil(BATCH), write_units, ..Use::default() }
}

fn message() -> Use {
    Use { messages: 1, ..Use::default() }
}

#[expect(clippy::cast_precision_loss, reason = "a list is a few megabytes at most")]
fn units(bytes: usize, of: usize) -> f64 {
    bytes.div_ceil(of).max(1) as f64
}

#[cfg(test)]
mod tests {
    use wishlist_core::ledger::CALLS;

    use super::*;

    const SIZES: Sizes = Sizes { wishlist: 400, new_item: 700, item: 1500 };

    fn used(operation: &str, case: &str, size: usize) -> Option<Use> {
        let call = CALLS.iter().find(|call| (call.operation, call.case) == (operation, case)).unwrap();
        of(call, size, SIZES)
    }

    #[test]
    fn the_original_is_held_to_the_same_rules() {
        let rows = [
            ("create_wishlist", 10, 1, 0.0, 1.0, 0),
            ("list_wishlists", 1000, 1, 49.0, 0.0, 0),
            ("list_items", 1000, 2, 183.5, 0.0, 0),
            ("add_item", 10, 1, 0.0, 1.0, 1),
            ("move_item", 10, 3, 0.5, 4.0, 0),
        ];
        for (operation, size, requests, read_units, write_units, messages) in rows {
            let case = if operation == "list_wishlists" { "of so many wishlists" } else { "" };
            let expected = Use { requests, read_units, write_units, messages };
            assert_eq!(used(operation, case, size), Some(expected), "{operation}");
        }
        assert_eq!(used("place_item", "", 10), None);
    }
}
