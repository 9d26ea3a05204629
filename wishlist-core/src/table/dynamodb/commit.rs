//! Commits: one request, sent until it is known what became of it.
//!
//! A reply can be lost behind a write that happened. The same request would then be told that its condition does not hold, so
//! after an attempt of unknown outcome the records are looked at: a write's id tells its own work from another's.

use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};

use super::DynamoTable;
use super::attributes::{of_key, of_record};
use super::conditions::Expression;
use super::counted;
use super::fault::Fault;
use super::tries::Tries;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::table::cost::Operation;
use crate::table::{Change, Condition, Record};

/// A request as it is sent, the same in every attempt.
#[derive(Clone)]
enum Request {
    Put(PutItemFluentBuilder),
    Delete(DeleteItemFluentBuilder),
    /// Several changes, or one that only a transaction has: a check.
    Transaction(TransactWriteItemsFluentBuilder),
}

/// What became of a request whose reply was lost.
enum Outcome {
    /// A record of this very write is there, or where none is written, nothing of what is deleted.
    Happened,
    /// Nothing of it is there, and it may be sent again. A transaction may still have happened and been overwritten: its
    /// token answers for that. A record that was put where none was may have been deleted since, and is put again then.
    NotYet,
    /// A single put that has no token, and others were there since: the record is gone, or its number is beyond the one that
    /// this write had given it.
    Unknown,
}

impl DynamoTable {
    /// Makes the changes, all or none.
    pub(super) async fn make(&self, mut changes: Vec<Change>) -> Result<()> {
        changes.retain(|change| !matches!(change, Change::Check(_, Condition::Always)));
        let Some(request) = self.request(&changes)? else { return Ok(()) };
        let (mut tries, mut may_have_happened) = (self.tries(), false);
        loop {
            match tries.attempt(Box::pin(request.clone().send())).await {
                Ok(()) => return Ok(()),
                Err(Fault::Race) if may_have_happened => {
                    return match self.outcome(&changes, &mut tries).await? {
                        Outcome::Happened => Ok(()),
                        Outcome::NotYet => Err(lost_race()),
                        Outcome::Unknown => Err(overtaken()),
                    };
                }
                Err(Fault::Race) => return Err(lost_race()),
                Err(Fault::Busy(causes)) => tries.wait(causes).await?,
                Err(Fault::Refused(error)) => return Err(error),
                Err(Fault::Lost(causes)) => {
                    tries.wait(causes).await?;
                    match self.outcome(&changes, &mut tries).await? {
                        Outcome::Happened => return Ok(()),
                        Outcome::NotYet => may_have_happened = true,
                        Outcome::Unknown => return Err(overtaken()),
                    }
                }
            }
        }
    }

    /// What the records say became of these changes after a lost reply.
    async fn outcome(&self, changes: &[Change], tries: &mut Tries<'_>) -> Result<Outcome> {
        let changed: Vec<_> = changes.iter().filter(|change| !matches!(change, Change::Check(..))).collect();
        let keys: Vec<_> = changed.iter().map(|change| change.key().clone()).collect();
        let found = self.find(&keys, tries).await?;
        let pairs = || changed.iter().zip(&found);
        let own = |(change, found): (&&Change, &Option<Record>)| match (change, found) {
            (Change::Put(record, _), Some(found)) => record.revision.write == found.revision.write,
            _ => false,
        };
        let deletes_only = changed.iter().all(|change| matches!(change, Change::Delete(..)));
        let gone = !found.is_empty() && deletes_only && found.iter().all(Option::is_none);
        if pairs().any(own) || gone {
            return Ok(Outcome::Happened);
        }
        Ok(match (changes, &*found) {
            ([Change::Put(record, Condition::Revision(_) | Condition::Absent)], [Some(found)])
                if found.revision.number > record.revision.number =>
            {
                Outcome::Unknown
            }
            ([Change::Put(_, Condition::Revision(_))], [None]) => Outcome::Unknown,
            _ => Outcome::NotYet,
        })
    }

    fn request(&self, changes: &[Change]) -> Result<Option<Request>> {
        let now = self.clock.now();
        Ok(match changes {
            [] => None,
            [Change::Put(record, condition)] => {
                let Expression { text, values } = Expression::of(*condition, now);
                let put = self.client.put_item().table_name(&self.name).set_item(Some(of_record(record)?));
                let put = put.set_return_consumed_capacity(counted::wanted());
                Some(Request::Put(put.set_condition_expression(text).set_expression_attribute_values(values)))
            }
            [Change::Delete(key, condition)] => {
                let Expression { text, values } = Expression::of(*condition, now);
                let delete = self.client.delete_item().table_name(&self.name).set_key(Some(of_key(key)));
                let delete = delete.set_return_consumed_capacity(counted::wanted());
                Some(Request::Delete(delete.set_condition_expression(text).set_expression_attribute_values(values)))
            }
            changes => {
                let changes = changes.iter().map(|change| self.part(change, now)).collect::<Result<Vec<_>>>()?;
                let transaction = self.client.transact_write_items().set_transact_items(Some(changes));
                let transaction = transaction.set_return_consumed_capacity(counted::wanted());
                Some(Request::Transaction(transaction.client_request_token(self.token())))
            }
        })
    }

    /// One change of a transaction.
    fn part(&self, change: &Change, now: Timestamp) -> Result<TransactWriteItem> {
        let Expression { text, values } = Expression::of(change.condition(), now);
        let part = TransactWriteItem::builder();
        Ok(match change {
            Change::Put(record, _) => {
                let put = Put::builder().table_name(&self.name).set_item(Some(of_record(record)?));
                let put = put.set_condition_expression(text).set_expression_attribute_values(values);
                part.put(put.build().map_err(incomplete)?)
            }
            Change::Delete(key, _) => {
                let delete = Delete::builder().table_name(&self.name).set_key(Some(of_key(key)));
                let delete = delete.set_condition_expression(text).set_expression_attribute_values(values);
                part.delete(delete.build().map_err(incomplete)?)
            }
            Change::Check(key, _) => {
                let check = ConditionCheck::builder().table_name(&self.name).set_key(Some(of_key(key)));
                let check = check.set_condition_expression(text).set_expression_attribute_values(values);
                part.condition_check(check.build().map_err(incomplete)?)
            }
        }
        .build())
    }

    /// By which DynamoDB knows a transaction again for ten minutes.
    fn token(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

impl Request {
    async fn send(self) -> Result<(), Fault> {
        match self {
            Self::Put(request) => {
                let sending = async {
                    let output = request.send().await.map_err(|error| Fault::of(&error))?;
                    Ok(output.consumed_capacity.into_iter().collect())
                };
                counted::writing(Operation::PutItem, sending).await
            }
            Self::Delete(request) => {
                let sending = async {
                    let output = request.send().await.map_err(|error| Fault::of(&error))?;
                    Ok(output.consumed_capacity.into_iter().collect())
                };
                counted::writing(Operation::DeleteItem, sending).await
            }
            Self::Transaction(request) => {
                let sending = async {
                    let output = request.send().await.map_err(|error| Fault::of_transaction(&error))?;
                    Ok(output.consumed_capacity.unwrap_or_default())
                };
                counted::writing(Operation::TransactWriteItems, sending).await
            }
        }
    }
}

fn incomplete(source: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::new(Kind::Internal, "a change cannot be written as a request").with_source(source)
}

fn lost_race() -> Error {
    Error::new(Kind::Conflict, "a record was changed by somebody else meanwhile")
}

/// Not a lost race: whoever decides anew upon that could do the same thing twice.
fn overtaken() -> Error {
    Error::new(Kind::Unavailable, "the reply to a write was lost and others wrote since; read the record again")
}
