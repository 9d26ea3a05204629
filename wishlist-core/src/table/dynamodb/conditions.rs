//! Conditions as DynamoDB's expressions. An expired record does not exist, though DynamoDB may still have it.

use std::collections::HashMap;

use super::attributes::{Attributes, number, text};
use crate::clock::Timestamp;
use crate::table::Condition;
use crate::table::layout::{EXPIRES_MILLIS, PK, REVISION, WRITE};

/// A condition in DynamoDB's terms.
#[derive(Debug, Default)]
pub(super) struct Expression {
    /// `None` where anything will do.
    pub(super) text: Option<String>,
    pub(super) values: Option<Attributes>,
}

impl Expression {
    pub(super) fn of(condition: Condition, now: Timestamp) -> Self {
        let exists = format!("(attribute_not_exists({EXPIRES_MILLIS}) OR {EXPIRES_MILLIS} > :now)");
        let mut values = HashMap::from([(":now".to_owned(), number(&now.as_millis()))]);
        let text = match condition {
            Condition::Always => return Self::default(),
            Condition::Absent => format!("attribute_not_exists({PK}) OR {EXPIRES_MILLIS} <= :now"),
            Condition::Present => format!("attribute_exists({PK}) AND {exists}"),
            Condition::Revision(revision) => {
                values.insert(":write".to_owned(), text(&revision.write));
                values.insert(":revision".to_owned(), number(&revision.number));
                format!("{WRITE} = :write AND {REVISION} = :revision AND {exists}")
            }
        };
        Self { text: Some(text), values: Some(values) }
    }
}
