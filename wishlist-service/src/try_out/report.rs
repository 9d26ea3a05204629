//! What `try` prints: a line for each visited item, the wishlist as a table, and what to type next.

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use super::client::Item;

/// One visited item in a line.
pub(super) fn line(item: &Item) -> String {
    let place = place(item);
    match item.status.as_str() {
        "ready" => {
            format!("  ✓ {}", [item.title.clone(), price(item)].into_iter().flatten().collect::<Vec<_>>().join("  "))
        }
        "failed" => format!("  ✗ {place}  {}", remark(item)),
        _ => format!("  … {place}"),
    }
}

/// The wishlist as a table.
pub(super) fn table(items: &[Item]) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["Product", "Price", "Was", ""]);
    if table.width().is_none() {
        table.set_width(100);
    }
    for item in items {
        let title = item.title.clone().unwrap_or_else(|| place(item).to_owned());
        let was = item.list_price.map(|money| money.to_string()).unwrap_or_default();
        table.add_row([title, price(item).unwrap_or_default(), was, remark(item)]);
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(12)));
        }
    }
    table.to_string()
}

/// What to type next.
pub(super) fn next(address: &str, list: &str, token: &str, exit: bool) -> String {
    if exit {
        return "This was a look in a temporary directory, and it is gone now. To keep one: wishlist-service serve"
            .to_owned();
    }
    format!(
        "The API is at http://{address} until you press Ctrl-C; its description is at http://{address}/openapi.json.\n\
         In another terminal, as the person whose list this is:\n\n\
         \x20 TOKEN=$(cat {token})\n\
         \x20 curl -H \"Authorization: Bearer $TOKEN\" http://{address}/v1/wishlists\n\
         \x20 curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n\
         \x20      -d '{{\"url\":\"https://…\"}}' http://{address}/v1/wishlists/{list}/items\n\n\
         To keep a wishlist: wishlist-service serve"
    )
}

/// The URL without its scheme.
fn place(item: &Item) -> &str {
    let url = item.url.as_deref().unwrap_or_default();
    url.split_once("://").map_or(url, |(_, place)| place)
}

fn price(item: &Item) -> Option<String> {
    item.price.map(|price| price.to_string())
}

fn remark(item: &Item) -> String {
    match (&item.failure, item.status.as_str(), item.availability.as_deref()) {
        (Some(failure), ..) => failure.detail.clone(),
        (None, "pending", _) => "not answered yet; it is tried again".to_owned(),
        (None, _, Some(availability)) => spelled(availability),
        _ => String::new(),
    }
}

/// `outOfStock` as `out of stock`.
fn spelled(name: &str) -> String {
    name.chars().fold(String::new(), |mut words, letter| {
        if letter.is_uppercase() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(json: &str) -> Item {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_item_says_what_a_person_wants_to_know() {
        let rows = [
            (
                r#"{"id":"1","status":"ready","title":"Kettle","price":{"amount":"19.99","currency":"EUR"}}"#,
                "  ✓ Kettle  19.99 EUR",
            ),
            (
                r#"{"id":"1","status":"failed","url":"https://a/","failure":{"code":"gone","detail":"it is gone"}}"#,
                "  ✗ a/  it is gone",
            ),
            (r#"{"id":"1","status":"pending","url":"https://a/"}"#, "  … a/"),
        ];
        for (json, expected) in rows {
            assert_eq!(line(&item(json)), expected);
        }
        assert_eq!(spelled("outOfStock"), "out of stock");
    }

    #[test]
    fn the_table_has_a_row_for_each_item() {
        let items = [item(
            r#"{"id":"1","status":"ready","title":"Kettle","availability":"inStock","price":{"amount":"19.99","currency":"EUR"},"listPrice":{"amount":"29.99","currency":"EUR"}}"#,
        )];
        let table = table(&items);
        for expected in ["Kettle", "19.99 EUR", "29.99 EUR", "in stock"] {
            assert!(table.contains(expected), "{expected} is not in\n{table}");
        }
    }
}
