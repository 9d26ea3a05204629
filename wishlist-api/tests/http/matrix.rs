//! The matrix of who may do what: a row for each operation, and every case of every row.

use std::collections::BTreeSet;

use crate::access::reading::{Reading, read};
use crate::access::rows::ROWS;
use crate::access::{Verdict, judge, own_cases};
use crate::contract::operations;

#[test]
fn every_operation_has_one_row_and_every_row_is_an_operation() {
    let rows: Vec<_> = ROWS.iter().map(|row| row.operation).collect();
    let listed: BTreeSet<_> = rows.iter().copied().collect();
    assert_eq!(listed.len(), rows.len(), "a row is there twice");
    let all = operations();
    let described: BTreeSet<_> =
        all.iter().map(|(_, _, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(listed, described, "say in `access/rows.rs` who may call an operation");
    for row in ROWS {
        assert_eq!(row.takes_body(), !row.right.is_empty(), "{}", row.operation);
        assert_eq!(row.takes_body(), !row.wrong.is_empty(), "{}", row.operation);
    }
}

#[test]
fn every_case_of_our_own_is_understood() {
    let mut ids = BTreeSet::new();
    for case in own_cases() {
        assert_eq!((case.level.as_str(), case.expect.is_empty()), ("must", false), "{}", case.what);
        assert!(ids.insert(case.id.clone()), "{}", case.what);
        assert!(!matches!(read(&case), Reading::Unknown(_) | Reading::Tests(_)), "{}", case.what);
    }
}

/// The cases by which each of the tests below takes its part, so that a test runner may do the parts beside each other.
async fn hold(part: usize) {
    let mut held = 0;
    for case in own_cases().iter().skip(part).step_by(PARTS) {
        match judge(case).await {
            Verdict::Held => held += 1,
            Verdict::NotYet(_) => {}
            other => panic!("{}: {other:?}", case.what),
        }
    }
    assert!(held > 50, "{held}");
}

const PARTS: usize = 2;

#[tokio::test]
async fn nobody_reads_or_changes_what_is_not_theirs() {
    hold(0).await;
}

#[tokio::test]
async fn nobody_reads_or_changes_what_is_not_theirs_in_any_other_way() {
    hold(1).await;
}
