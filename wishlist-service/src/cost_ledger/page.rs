//! The page: every operation is made once over a table that counts, at each size.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Result;
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_core::ledger::{Ledger, Row, measure};
use wishlist_core::table::EmbeddedTable;
use wishlist_core::table::cost::CountingTable;

use super::original;
use super::prices::{MILLION_MESSAGES, MILLION_READ_UNITS, MILLION_WRITE_UNITS, Use};

/// Items of the list that is worked on, and lists of the person who has many.
const SIZES: [usize; 3] = [10, 100, 1000];

/// The page's text.
pub(crate) fn markdown() -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let ledgers = SIZES.map(|size| runtime.block_on(ledger(size)));
    let ledgers = ledgers.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(page(&ledgers))
}

async fn ledger(size: usize) -> Result<Ledger> {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    let table = EmbeddedTable::in_memory(clock.clone())?;
    Ok(measure(Arc::new(CountingTable::over(Arc::new(table))), &clock, size).await?)
}

fn page(ledgers: &[Ledger]) -> String {
    let mut page = introduction(ledgers);
    page.push_str(HEAD);
    for (place, row) in ledgers.iter().flat_map(|ledger| ledger.rows.iter().enumerate()).take(ledgers[0].rows.len()) {
        let at: Vec<_> = ledgers.iter().map(|ledger| used(&ledger.rows[place])).collect();
        let round_trips = ledgers.iter().map(|ledger| ledger.rows[place].spent.round_trips);
        let before: Option<Vec<_>> =
            ledgers.iter().zip(SIZES).map(|(ledger, size)| original::of(row.call, size, ledger.sizes)).collect();
        let _ = write!(page, "| {} | {} ", name(row), cell(at.iter().map(|of| of.requests)));
        let _ = write!(page, "| {} | {} ", cell(round_trips), cell(at.iter().map(|of| of.messages)));
        let _ = write!(page, "| {} | {} ", units(&at), dollars(&at));
        let before = before.map(|before| {
            let requests = cell(before.iter().map(|of| of.requests));
            format!("| {requests} | {} | {} |", units(&before), dollars(&before))
        });
        let _ = writeln!(page, "{}", before.unwrap_or_else(|| "| – | – | – |".to_owned()));
    }
    page.push_str(ORIGINAL);
    page
}

fn introduction(ledgers: &[Ledger]) -> String {
    let sizes = ledgers[0].sizes;
    format!(
        "# Cost ledger\n\
         \n\
         What each operation of the API asks of DynamoDB. Every one is made once, over a table that counts requests and works\n\
         out capacity units from bytes by DynamoDB's published rules; the same calls make the same requests of the real table,\n\
         which the tests show. Where three values stand in a cell, they are for a list of 10 · 100 · 1,000 items (or a person\n\
         of so many lists, where the row says so); one value is for all of them. Nothing here grows with the number of users.\n\
         \n\
         - A round trip is one or more requests that are under way at the same time.\n\
         - *R* and *W* are read and write request units: 4 KB read as of now, 1 KB written, twice that in a transaction.\n\
         - A wishlist is of {} bytes here, an item that waits for its visit of {}, one that was visited of {}.\n\
         - Visits are counted per caller, as the program does unless told otherwise. Calls carry no idempotency key unless the\n\
         \x20 row says so; any call costs one read of two records and one write of its answer more with it.\n\
         - Dollars are for a million calls, on demand in US East (N. Virginia): ${MILLION_READ_UNITS} for a million *R* and\n\
         \x20 ${MILLION_WRITE_UNITS} for a million *W* (Amazon DynamoDB's price list, as of 1 November 2024), ${MILLION_MESSAGES:.2} for a\n\
         \x20 million messages sent. Storage, backups, Lambda and API Gateway come on top, in either design.\n\
         \n",
        sizes.wishlist, sizes.new_item, sizes.item
    )
}

const HEAD: &str = "\
| Operation | Requests | Round trips | Messages | R and W | $ a million | Original: requests | R and W | $ a million |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

const ORIGINAL: &str = "
## The original design

The columns at the right are what the design that this project began with would use for the same work: a wishlist under its
user's key, an item under its list's, single `PutItem`, `GetItem`, `UpdateItem`, `DeleteItem` and `Query` requests, read
eventually, with the same bytes. A dash stands for what it does not have, or leaves to Cognito.

It is cheaper by what it leaves out. It does not look whether the caller owns the list, so anybody can read and write
anybody's; it reads what may be old; it counts nothing and limits nothing; a message that is lost leaves an item pending for
ever, because nothing in its table says what is due; a call that is sent twice has two effects; two writers of one record
overwrite each other; and a deleted list leaves its items behind, unless they are deleted one by one as in the row of the job.

- Reading as of now costs twice the units, and the caller's record one more: a fifth of a dollar for a million calls.
- Adding is a transaction, which is billed twice, of the list (which fences and counts), the item, its entry in the index of
  what is due, its watch over the page, and the caller's rate. That is what makes an item arrive exactly once and end.
";

fn name(row: &Row) -> String {
    let of = &row.call;
    if of.case.is_empty() { format!("`{}`", of.operation) } else { format!("`{}`, {}", of.operation, of.case) }
}

fn used(row: &Row) -> Use {
    let spent = &row.spent;
    Use {
        requests: spent.requests.len(),
        read_units: spent.read_units(),
        write_units: spent.write_units(),
        messages: row.messages,
    }
}

fn units(at: &[Use]) -> String {
    let kinds = [("R", cell(at.iter().map(|of| of.read_units))), ("W", cell(at.iter().map(|of| of.write_units)))];
    let used: Vec<_> =
        kinds.iter().filter(|(_, units)| units != "0").map(|(kind, units)| format!("{units} {kind}")).collect();
    if used.is_empty() { "0".to_owned() } else { used.join(" + ") }
}

fn dollars(at: &[Use]) -> String {
    // A half is rounded up, which formatting does not do.
    cell(at.iter().map(|of| format!("{:.2}", (of.dollars_a_million() * 100.0).round() / 100.0)))
}

/// The value, or those of all three sizes where any differs.
fn cell<T: ToString>(values: impl Iterator<Item = T>) -> String {
    let values: Vec<_> = values.map(|value| value.to_string()).collect();
    match &values[..] {
        [first, others @ ..] if others.iter().all(|other| other == first) => first.clone(),
        _ => values.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wishlist_core::ledger::CALLS;

    use super::*;

    #[test]
    fn every_operation_of_the_contract_has_a_row() {
        let document: serde_json::Value = serde_json::from_str(wishlist_api::openapi_json()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|path| path.as_object().unwrap().values());
        let names: BTreeSet<_> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
        let rows: BTreeSet<_> = CALLS.iter().map(|call| call.operation).collect();
        assert_eq!(rows, names);
    }

    #[test]
    fn a_cell_tells_sizes_apart_only_where_they_differ() {
        assert_eq!(cell([2, 2, 2].iter()), "2");
        assert_eq!(cell([2, 3, 4].iter()), "2 · 3 · 4");
        assert_eq!(cell([2, 2, 3].iter()), "2 · 2 · 3");
        let at = |read_units| Use { read_units, write_units: 1.0, ..Use::default() };
        assert_eq!(units(&[at(0.5), at(1.0), at(2.0)]), "0.5 · 1 · 2 R + 1 W");
        assert_eq!(dollars(&[at(1.0), at(1.0), at(1.0)]), "0.75");
    }
}
