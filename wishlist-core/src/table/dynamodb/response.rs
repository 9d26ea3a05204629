//! What a response to `GetItem`, `BatchGetItem` or `Query` holds, and whether it is whole.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::scan::Scanner;
use super::wire::Attributes;
use crate::error::Error;
use crate::ids::WriteId;
use crate::table::Record;
use crate::table::cost::Operation;

/// Its items as they came, or as records.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "Found: Deserialize<'de>"))]
pub(super) struct Response<Found = Record> {
    pub(super) item: Option<Found>,
    pub(super) items: Option<Vec<Found>>,
    /// How many items there are.
    count: Option<usize>,
    /// By the table's name.
    pub(super) responses: Option<HashMap<String, Vec<Found>>>,
    /// By the table's name.
    #[serde(default = "HashMap::new")]
    pub(super) unprocessed_keys: HashMap<String, Unprocessed<Found>>,
    pub(super) last_evaluated_key: Option<Found>,
    /// How many items were looked at.
    #[serde(default)]
    pub(super) scanned_count: usize,
    pub(super) consumed_capacity: Option<Consumed>,
}

/// Keys that were passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "Found: Deserialize<'de>"))]
pub(super) struct Unprocessed<Found> {
    pub(super) keys: Vec<Found>,
}

/// Why a response cannot be read. Neither quotes a value of it.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is no such response, or not all of one.
    Response(String),
    /// A record in it is not as the table writes records.
    Record(Error),
}

impl Response {
    /// The response of this text, without the items of which `known` says that they may be left out.
    pub(super) fn read(text: &str, to: Operation, known: impl Fn(&str, WriteId) -> bool) -> Result<Self, Unreadable> {
        let (items, rest) =
            apart(text).map_or((None, Cow::Borrowed(text)), |(items, rest)| (Some(items), Cow::Owned(rest)));
        let mut all: Response<Attributes<'_>> = serde_json::from_str(&rest).map_err(|error| misshapen(&error))?;
        all.items = items.or(all.items);
        all.check(to)?;
        all.into_records(known).map_err(Unreadable::Record)
    }
}

/// The items of a page, and the text of the response without them. `None` where there are none, or where they are not to be
/// found, which serde says more about.
fn apart(text: &str) -> Option<(Vec<Attributes<'_>>, String)> {
    let (mut scanner, mut items, mut place) = (Scanner::of(text), Vec::new(), None);
    let members = scanner.object(|name, scanner| {
        if name != "Items" {
            return scanner.value().map(drop);
        }
        let before = scanner.at();
        scanner.array(|scanner| {
            items.push(Attributes::scan(scanner)?);
            Ok(())
        })?;
        place = Some(before..scanner.at());
        Ok(())
    });
    let place = members.and_then(|()| scanner.end()).ok().and(place)?;
    Some((items, [text.get(..place.start)?, "null", text.get(place.end..)?].concat()))
}

impl<'a> Response<Attributes<'a>> {
    /// An empty answer must not pass for an empty list: whoever believes it does away with what others refer to.
    fn check(&self, to: Operation) -> Result<(), Unreadable> {
        let missing = match to {
            Operation::Query if self.count.is_none() || self.count != self.items.as_ref().map(Vec::len) => {
                "`Count` is not the number of `Items`"
            }
            Operation::BatchGetItem if self.responses.is_none() => "`Responses` is missing",
            _ => return Ok(()),
        };
        Err(Unreadable::Response(format!("the response is not whole: {missing}")))
    }

    fn into_records(self, known: impl Fn(&str, WriteId) -> bool) -> Result<Response, Error> {
        let records = |all: Vec<Attributes<'a>>| all.iter().map(Attributes::record).collect::<Result<Vec<_>, _>>();
        let mut items = Vec::new();
        for attributes in self.items.into_iter().flatten() {
            if !attributes.place()?.is_some_and(|(sk, write)| known(&sk, write)) {
                items.push(attributes.record()?);
            }
        }
        let responses = self.responses.map(|of| {
            let of = of.into_iter().map(|(table, found)| Ok((table, records(found)?)));
            of.collect::<Result<HashMap<_, _>, Error>>()
        });
        let keys = self.unprocessed_keys.into_iter();
        let keys = keys.map(|(table, Unprocessed { keys })| Ok((table, Unprocessed { keys: records(keys)? })));
        Ok(Response {
            item: self.item.as_ref().map(Attributes::record).transpose()?,
            items: Some(items),
            count: self.count,
            responses: responses.transpose()?,
            unprocessed_keys: keys.collect::<Result<_, Error>>()?,
            last_evaluated_key: self.last_evaluated_key.as_ref().map(Attributes::record).transpose()?,
            scanned_count: self.scanned_count,
            consumed_capacity: self.consumed_capacity,
        })
    }
}

/// serde quotes the value that it did not expect, which is somebody's content: it must not reach a log.
fn misshapen(error: &serde_json::Error) -> Unreadable {
    let (kind, column) = (error.classify(), error.column());
    Unreadable::Response(format!("the response cannot be read: {kind:?} error at column {column}"))
}

/// Capacity, of one table or of each.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Consumed {
    Table(Capacity),
    Tables(Vec<Capacity>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Capacity {
    capacity_units: f64,
}

impl Consumed {
    pub(super) fn units(&self) -> f64 {
        match self {
            Self::Table(capacity) => capacity.capacity_units,
            Self::Tables(all) => all.iter().map(|capacity| capacity.capacity_units).sum(),
        }
    }
}
