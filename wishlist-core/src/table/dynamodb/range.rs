//! A query's range in DynamoDB's terms: one condition on the sort key, and a key to start behind.
//!
//! Of two bounds DynamoDB takes both only as `BETWEEN`, which includes them, so those that are to be excluded are left out of
//! what is found.

use std::collections::HashMap;

use super::attributes::{Attributes, of_key, text};
use crate::table::layout::{DUE_PK, DUE_SK, INDEX, PK, SK};
use crate::table::{Direction, Key, Partition, Query, Record};

/// A query as DynamoDB is asked it.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) index: Option<&'static str>,
    pub(super) condition: String,
    pub(super) values: Attributes,
    /// The key to start behind.
    pub(super) start: Option<Attributes>,
    /// Sort keys that the condition includes and the query does not.
    excluded: Vec<String>,
}

impl Range {
    /// The range of `query`; `None` where nothing can be in it.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let (pk, pk_name, sk_name, index) = match &query.partition {
            Partition::Records(pk) => (pk, PK, SK, None),
            Partition::Due(pk) => (pk, DUE_PK, DUE_SK, Some(INDEX)),
        };
        let bounds = Bounds::of(query)?;
        let start = bounds.start.map(|sk| of_key(&Key { pk: pk.clone(), sk }));
        let mut values = HashMap::from([(":pk".to_owned(), text(pk))]);
        let (low, high) = (bounds.low.map(|low| (":low", low)), bounds.high.map(|high| (":high", high)));
        let sort = match (&low, &high) {
            (None, None) if query.prefix.is_empty() => String::new(),
            (None, None) => format!(" AND begins_with({sk_name}, :low)"),
            (Some(_), None) => format!(" AND {sk_name} > :low"),
            (None, Some(_)) if query.prefix.is_empty() => format!(" AND {sk_name} < :high"),
            (_, Some(_)) => format!(" AND {sk_name} BETWEEN :low AND :high"),
        };
        let excluded = [&low, &high].into_iter().flatten().map(|(_, bound)| bound.clone()).collect();
        let prefix = (low.is_none() && !query.prefix.is_empty()).then(|| (":low", query.prefix.clone()));
        values.extend([low, high, prefix].into_iter().flatten().map(|(name, bound)| (name.to_owned(), text(&bound))));
        Some(Self { index, condition: format!("{pk_name} = :pk{sort}"), values, start, excluded })
    }

    /// Whether a record that was found is in the query's range.
    pub(super) fn includes(&self, record: &Record) -> bool {
        sort_key(record, self.index).is_none_or(|sk| !self.excludes(sk))
    }

    /// Whether the condition includes this sort key and the query does not.
    pub(super) fn excludes(&self, sk: &str) -> bool {
        self.excluded.iter().any(|excluded| excluded == sk)
    }

    /// The sort key behind which a query goes on that ended with this record.
    pub(super) fn behind(&self, record: &Record) -> Option<String> {
        sort_key(record, self.index).map(str::to_owned)
    }
}

fn sort_key<'a>(record: &'a Record, index: Option<&str>) -> Option<&'a str> {
    match index {
        None => Some(&record.key.sk),
        Some(_) => record.due.as_ref().map(|due| due.sk.as_str()),
    }
}

/// The bounds of a range beside its prefix, all exclusive.
struct Bounds {
    low: Option<String>,
    high: Option<String>,
    /// Where the sort key of the table's own key is the bound.
    start: Option<String>,
}

impl Bounds {
    fn of(query: &Query) -> Option<Self> {
        let end = format!("{}{}", query.prefix, char::MAX);
        let below = query.below.as_ref().filter(|below| **below < end);
        if below.is_some_and(|below| *below <= query.prefix) {
            return None;
        }
        let (high, forward) = (below.unwrap_or(&end), query.direction == Direction::Forward);
        // What lies before the range, seen in the direction of the query, is no bound; behind it there is nothing.
        let after = match query.after.as_ref() {
            Some(after) if forward && after >= high => return None,
            Some(after) if !forward && *after <= query.prefix => return None,
            after => after.filter(|after| if forward { **after >= query.prefix } else { *after < high }),
        };
        let (after, below) = (after.cloned(), below.cloned());
        // A key of the index has the record's own key in it, which a sort key does not tell; so there it is a bound.
        Some(match (&query.partition, forward) {
            (Partition::Records(_), _) => Self { low: None, high: below, start: after },
            (Partition::Due(_), true) if after.is_some() && !query.prefix.is_empty() => {
                Self { low: after, high: Some(below.unwrap_or(end)), start: None }
            }
            (Partition::Due(_), true) => Self { low: after, high: below, start: None },
            (Partition::Due(_), false) => Self { low: None, high: after.or(below), start: None },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn of(query: &Query) -> Option<String> {
        Range::of(query).map(|range| {
            let value = |name: &str| range.values.get(name).and_then(|value| value.as_s().ok());
            let bounds = [":low", ":high"].map(|name| value(name).map_or("", String::as_str).replace(char::MAX, "…"));
            let start = range.start.as_ref().and_then(|start| start[SK].as_s().ok()).map_or("", String::as_str);
            format!("{} | {} | {start}", range.condition, bounds.join(" "))
        })
    }

    #[test]
    fn a_query_of_the_table_is_one_condition_and_a_key_to_start_behind() {
        let query = |prefix: &str| Query::prefix("P", prefix);
        let below = |prefix: &str, below: &str| Query { below: Some(below.to_owned()), ..query(prefix) };
        let after = |query: Query, after: &str| query.after(Some(after.to_owned()));
        let rows = [
            (query(""), Some("PK = :pk |   | ")),
            (query("A#"), Some("PK = :pk AND begins_with(SK, :low) | A#  | ")),
            (below("", "B"), Some("PK = :pk AND SK < :high |  B | ")),
            (below("A#", "A#5"), Some("PK = :pk AND SK BETWEEN :low AND :high | A# A#5 | ")),
            (below("A#", "B"), Some("PK = :pk AND begins_with(SK, :low) | A#  | ")),
            (below("A#", "A"), None),
            (after(query("A#"), "A#3"), Some("PK = :pk AND begins_with(SK, :low) | A#  | A#3")),
            (after(query("A#"), "A"), Some("PK = :pk AND begins_with(SK, :low) | A#  | ")),
            (after(query("A#"), "B"), None),
            (after(below("A#", "A#5"), "A#5"), None),
            (after(query("A#").backward(), "A#3"), Some("PK = :pk AND begins_with(SK, :low) | A#  | A#3")),
            (after(query("A#").backward(), "B"), Some("PK = :pk AND begins_with(SK, :low) | A#  | ")),
            (after(query("A#").backward(), "A#"), None),
        ];
        for (query, expected) in rows {
            assert_eq!(of(&query).as_deref(), expected, "{query:?}");
        }
    }

    #[test]
    fn a_query_of_the_index_takes_the_key_behind_which_it_goes_on_as_a_bound() {
        let due = Query::due(3, Timestamp::from_millis(2000));
        assert_eq!(of(&due).unwrap(), "DuePK = :pk AND DueSK < :high |  000000000002000 | ");
        let on = due.clone().after(Some("000000000001000#x".to_owned()));
        let between = "DuePK = :pk AND DueSK BETWEEN :low AND :high | 000000000001000#x 000000000002000 | ";
        assert_eq!(of(&on).unwrap(), between);
        let back = on.clone().backward();
        assert_eq!(of(&back).unwrap(), "DuePK = :pk AND DueSK < :high |  000000000001000#x | ");
        let all = Query { below: None, ..on };
        assert_eq!(of(&all).unwrap(), "DuePK = :pk AND DueSK > :low | 000000000001000#x  | ");
        assert_eq!(Range::of(&due).unwrap().index, Some("Due"));
    }
}
