//! What a check found.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::table::Key;

/// The most violations that are kept, so that a report of a broken table fits into memory; all are counted.
const MOST: usize = 1000;

/// What is wrong with a record: its kind and its ids, and nothing of what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// What the record is, in the words of the table of keys.
    pub record: &'static str,
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
    /// What does not hold.
    pub what: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {}", self.record, self.pk, self.sk, self.what)
    }
}

/// What a check saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Records of each kind that are there.
    pub records: BTreeMap<&'static str, u64>,
    /// Records of a known kind that no rule looks at.
    pub unchecked: u64,
    /// Records of each kind that the table of keys does not have, by the first word of the partition key: written by a newer
    /// version perhaps.
    pub unknown: BTreeMap<String, u64>,
    /// Records that no longer exist and are still to be removed from the file.
    pub expired: u64,
    /// How many violations there are.
    pub found: u64,
    /// The violations, the first 1,000 of them.
    pub violations: Vec<Violation>,
}

impl Report {
    /// Whether nothing is wrong. Records of an unknown kind are no fault.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }

    pub(super) fn add(&mut self, record: &'static str, key: &Key, what: &'static str) {
        self.found += 1;
        if self.violations.len() < MOST {
            self.violations.push(Violation { record, pk: key.pk.clone(), sk: key.sk.clone(), what });
        }
    }
}
