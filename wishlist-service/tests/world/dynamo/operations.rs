//! What DynamoDB does with a request, by its published rules.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;
use wishlist_core::table::layout::{DUE_PK, DUE_SK, INDEX, PK, SK};
use wishlist_core::table::{MAX_CHANGES, MAX_KEYS, MAX_PAGE_BYTES};

use super::expressions::{Attributes, Condition};
use super::items::{Items, MAX_ITEM_BYTES, key_alone, key_of, may_be_kept, size, text};
use super::requests::{BatchGetItem, Consistency, GetItem, Part, Query, TransactWriteItems, Write};

/// For how long a transaction is known again by its token.
const TOKEN_HOLDS: Duration = Duration::from_mins(10);

/// The one table's name.
pub(super) const TABLE: &str = "SmartWishlist";

/// A refusal: the exception and what goes with it.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) body: Value,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: &str) -> Self {
        Self { code, body: json!({"message": message}) }
    }
}

impl From<String> for Refusal {
    /// What the model does not know is no answer of DynamoDB's, and must not pass for one.
    fn from(unknown: String) -> Self {
        Self::new("ValidationException", &format!("the model does not know {unknown}"))
    }
}

/// The state of the model.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) items: Items,
    tokens: HashMap<String, (Instant, Value)>,
}

impl State {
    /// Does what is asked for.
    pub(super) fn answer(&mut self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetItem" => self.get(&read(body)?),
            "BatchGetItem" => self.get_several(read(body)?),
            "Query" => self.query(&read(body)?),
            "PutItem" => self.write(&Part::Put(read(body)?)),
            "DeleteItem" => self.write(&Part::Delete(read(body)?)),
            "TransactWriteItems" => self.transact(&read(body)?, body),
            other => Err(format!("the operation `{other}`").into()),
        }
    }

    fn get(&self, request: &GetItem) -> Result<Value, Refusal> {
        is_ours(&request.table_name)?;
        is_current(request.consistent_read)?;
        let found = self.items.get(&key_alone(&request.key)?);
        Ok(found.map_or_else(|| json!({}), |item| json!({"Item": item})))
    }

    fn get_several(&self, request: BatchGetItem) -> Result<Value, Refusal> {
        let mut responses = json!({});
        for (table, wanted) in request.request_items {
            is_ours(&table)?;
            is_current(wanted.consistent_read)?;
            let keys = wanted.keys.iter().map(key_alone).collect::<Result<BTreeSet<_>, _>>()?;
            if keys.is_empty() || keys.len() < wanted.keys.len() || keys.len() > MAX_KEYS {
                return Err(Refusal::new("ValidationException", "no keys, too many, or one of them twice"));
            }
            // In no order that anybody could rely on.
            responses[table] =
                keys.iter().rev().filter_map(|key| self.items.get(key)).map(|item| json!(item)).collect();
        }
        Ok(json!({"Responses": responses, "UnprocessedKeys": {}}))
    }

    fn query(&self, query: &Query) -> Result<Value, Refusal> {
        let is_of_index = query.index_name.is_some();
        if query.index_name.as_ref().is_some_and(|name| name != INDEX)
            || is_of_index == (query.consistent_read == Consistency::Strong)
        {
            return Err("an index of another name, or another consistency of a query".to_owned().into());
        }
        is_ours(&query.table_name)?;
        let (partition, sort) = if is_of_index { (DUE_PK, DUE_SK) } else { (PK, SK) };
        let condition = Condition::read(&query.key_condition_expression, &query.expression_attribute_values)?;
        let pk = condition.value_of(partition).ok_or_else(|| format!("a query without `{partition}`"))?;
        if query.limit == Some(0) {
            return Err("a limit of nothing".to_owned().into());
        }
        let place = |item: &Attributes| (text(item, sort), key_of(item).ok());
        let start = query.exclusive_start_key.as_ref();
        starts_within(start, &condition, is_of_index.then_some([DUE_PK, DUE_SK]))?;
        let of_table = self.items.range((pk.to_owned(), String::new())..).take_while(|((of, _), _)| *of == pk);
        let mut found: Vec<_> = if is_of_index {
            self.items.values().filter(|item| item.contains_key(DUE_PK)).collect()
        } else {
            of_table.map(|(_, item)| item).collect()
        };
        found.retain(|item| condition.holds(Some(item)));
        if is_of_index {
            found.sort_by_cached_key(|item| place(item));
        }
        if !query.scan_index_forward {
            found.reverse();
        }
        let start = start.map(place);
        found.retain(|item| {
            let forward = query.scan_index_forward;
            start.as_ref().is_none_or(|start| if forward { place(item) > *start } else { place(item) < *start })
        });
        Ok(page(query, &found))
    }

    fn write(&mut self, part: &Part) -> Result<Value, Refusal> {
        if !self.allows(part)? {
            return Err(Refusal::new("ConditionalCheckFailedException", "The conditional request failed"));
        }
        fits(part)?;
        self.apply(part)?;
        Ok(json!({}))
    }

    fn transact(&mut self, request: &TransactWriteItems, body: &Value) -> Result<Value, Refusal> {
        let (token, now) = (&request.client_request_token, Instant::now());
        self.tokens.retain(|_, (made, _)| now - *made < TOKEN_HOLDS);
        match self.tokens.get(token) {
            Some((_, before)) if before == body => return Ok(json!({})),
            Some(_) => return Err(Refusal::new("IdempotentParameterMismatchException", "another request")),
            None => {}
        }
        let parts = &request.transact_items;
        if parts.is_empty() {
            return Err("a transaction of nothing".to_owned().into());
        }
        let keys = parts.iter().map(|part| Ok(key_of(place_of(part)?)?)).collect::<Result<BTreeSet<_>, Refusal>>()?;
        if parts.len() > MAX_CHANGES || keys.len() < parts.len() {
            return Err(Refusal::new("ValidationException", "too many changes, or two of one item"));
        }
        let allowed = parts.iter().map(|part| self.allows(part)).collect::<Result<Vec<_>, Refusal>>()?;
        if allowed.contains(&false) {
            let reason = |allowed: &bool| json!({"Code": if *allowed { "None" } else { "ConditionalCheckFailed" }});
            return Err(cancelled(&allowed.iter().map(reason).collect::<Vec<_>>()));
        }
        parts.iter().try_for_each(fits)?;
        parts.iter().try_for_each(|part| self.apply(part))?;
        self.tokens.insert(token.clone(), (now, body.clone()));
        Ok(json!({}))
    }

    fn allows(&self, part: &Part) -> Result<bool, Refusal> {
        let (Part::Put(write) | Part::Delete(write) | Part::ConditionCheck(write)) = part;
        is_ours(&write.table_name)?;
        let place = place_of(part)?;
        let item = self.items.get(&if let Part::Put(_) = part { key_of(place)? } else { key_alone(place)? });
        may_be_kept(place)?;
        match (&write.condition_expression, write.expression_attribute_values.as_ref()) {
            (Some(text), Some(values)) if !values.is_empty() => Ok(Condition::read(text, values)?.holds(item)),
            (Some(text), None) => Ok(Condition::read(text, &Attributes::new())?.holds(item)),
            (None, None) => Ok(true),
            _ => Err("values without a condition, or none".to_owned().into()),
        }
    }

    fn apply(&mut self, part: &Part) -> Result<(), Refusal> {
        let place = place_of(part)?;
        match part {
            Part::Put(_) => drop(self.items.insert(key_of(place)?, place.clone())),
            Part::Delete(_) => drop(self.items.remove(&key_of(place)?)),
            Part::ConditionCheck(_) => {}
        }
        Ok(())
    }
}

/// Whether a query goes on behind a key that it could have ended with: DynamoDB refuses any other.
fn starts_within(start: Option<&Attributes>, of: &Condition<'_>, index: Option<[&str; 2]>) -> Result<(), Refusal> {
    let Some(start) = start else { return Ok(()) };
    let wanted = [PK, SK].into_iter().chain(index.into_iter().flatten());
    if wanted.clone().any(|name| !start.contains_key(name)) || start.len() != wanted.count() {
        return Err(format!("a query that goes on behind `{start:?}`, which is no key of it").into());
    }
    if !of.holds(Some(start)) {
        return Err(format!("a query that goes on behind `{start:?}`, which is not within it").into());
    }
    Ok(())
}

/// Whether an item is not too large, which is seen before anything of a transaction is done.
fn fits(part: &Part) -> Result<(), Refusal> {
    match part {
        Part::Put(_) if size(place_of(part)?) > MAX_ITEM_BYTES => {
            Err(Refusal::new("ValidationException", "Item size has exceeded the maximum allowed size"))
        }
        _ => Ok(()),
    }
}

/// A transaction that was cancelled, with a reason for each of its changes.
pub(super) fn cancelled(reasons: &[Value]) -> Refusal {
    let body = json!({"message": "Transaction cancelled", "CancellationReasons": reasons});
    Refusal { code: "TransactionCanceledException", body }
}

/// One page of what was found.
fn page(query: &Query, found: &[&Attributes]) -> Value {
    let is_of_index = query.index_name.is_some();
    let (mut items, mut bytes) = (Vec::new(), 0);
    for item in found {
        let keys = [PK, SK, DUE_PK, DUE_SK];
        let projected = |(name, _): &(&String, &Value)| !is_of_index || keys.contains(&name.as_str());
        let item: Attributes =
            item.iter().filter(projected).map(|(name, value)| (name.clone(), value.clone())).collect();
        bytes += size(&item);
        items.push(item);
        // A limit that is reached is told as if there were more, though there may be nothing behind it.
        if query.limit == Some(items.len()) || bytes >= MAX_PAGE_BYTES {
            let last = items.last().into_iter().flatten();
            let wanted = |name: &str| [PK, SK].contains(&name) || is_of_index;
            let last: Attributes =
                last.filter(|(name, _)| wanted(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
            return json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items, "LastEvaluatedKey": last});
        }
    }
    json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items})
}

/// The attributes that have a change's key.
fn place_of(part: &Part) -> Result<&Attributes, Refusal> {
    let place = match part {
        Part::Put(Write { item: Some(item), key: None, .. }) => Some(item),
        Part::Delete(write) | Part::ConditionCheck(write) if write.item.is_none() => write.key.as_ref(),
        _ => None,
    };
    place.ok_or_else(|| format!("a change of this form: {part:?}").into())
}

fn read<T: DeserializeOwned>(body: &Value) -> Result<T, Refusal> {
    T::deserialize(body).map_err(|error| error.to_string().into())
}

fn is_ours(table: &str) -> Result<(), Refusal> {
    if table == TABLE { Ok(()) } else { Err(format!("the table `{table}`").into()) }
}

/// The table is read as of now: what an eventually consistent read would answer is anybody's guess.
fn is_current(reading: Consistency) -> Result<(), Refusal> {
    match reading {
        Consistency::Strong => Ok(()),
        Consistency::Eventual => Err("a read of the table that is not consistent".to_owned().into()),
    }
}
