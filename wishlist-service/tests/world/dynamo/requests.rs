//! The requests that the table sends. A member that is not here is refused by its name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::expressions::Attributes;

/// What a reading may find, on the wire whether it is consistent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(from = "bool")]
pub(super) enum Consistency {
    Strong,
    #[default]
    Eventual,
}

impl From<bool> for Consistency {
    fn from(is_consistent: bool) -> Self {
        if is_consistent { Self::Strong } else { Self::Eventual }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetItem {
    pub(super) table_name: String,
    pub(super) key: Attributes,
    pub(super) consistent_read: Consistency,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BatchGetItem {
    pub(super) request_items: BTreeMap<String, Keys>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) keys: Vec<Attributes>,
    pub(super) consistent_read: Consistency,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Query {
    pub(super) table_name: String,
    pub(super) index_name: Option<String>,
    pub(super) key_condition_expression: String,
    pub(super) expression_attribute_values: Attributes,
    pub(super) exclusive_start_key: Option<Attributes>,
    pub(super) limit: Option<usize>,
    #[serde(default = "forward")]
    pub(super) scan_index_forward: bool,
    #[serde(default)]
    pub(super) consistent_read: Consistency,
}

fn forward() -> bool {
    true
}

/// A change, alone or of a transaction: an item to put, or a key to delete or to check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Write {
    pub(super) table_name: String,
    pub(super) item: Option<Attributes>,
    pub(super) key: Option<Attributes>,
    pub(super) condition_expression: Option<String>,
    pub(super) expression_attribute_values: Option<Attributes>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Part {
    Put(Write),
    Delete(Write),
    ConditionCheck(Write),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TransactWriteItems {
    pub(super) transact_items: Vec<Part>,
    pub(super) client_request_token: String,
}
