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
use super::fault::{Fault, refused};
use super::tries::Tries;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::table::cost::Operation;
use crate::table::{Change, Condition};

/// A request as it is sent, the same in every attempt.
#[derive(Clone)]
enum Request {
    Put(PutItemFluentBuilder),
    Delete(DeleteItemFluentBuilder),
    /// Several changes, or one that only a transaction has: a check.
    Transaction(TransactWriteItemsFluentBuilder),
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
                Err(Fault::Race) => {
                    let own = may_have_happened && self.happened(&changes, &mut tries).await?;
                    return if own { Ok(()) } else { Err(lost_race()) };
                }
                Err(Fault::Busy(causes)) => tries.wait(causes).await?,
                Err(Fault::Refused(causes)) => return Err(refused(causes)),
                Err(Fault::Lost(causes)) => {
                    tries.wait(causes).await?;
                    if self.happened(&changes, &mut tries).await? {
                        return Ok(());
                    }
                    may_have_happened = true;
                }
            }
        }
    }

    /// Whether these changes are there: a record of this very write, or where none is written, nothing of what is deleted.
    async fn happened(&self, changes: &[Change], tries: &mut Tries<'_>) -> Result<bool> {
        let (mut keys, mut writes) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Put(record, _) => {
                    keys.push(record.key.clone());
                    writes.push(Some(record.revision.write));
                }
                Change::Delete(key, _) => {
                    keys.push(key.clone());
                    writes.push(None);
                }
                Change::Check(..) => {}
            }
        }
        let found = self.find(&keys, tries).await?;
        let found: Vec<_> = found.iter().map(|record| record.as_ref().map(|record| record.revision.write)).collect();
        if writes.iter().any(Option::is_some) {
            return Ok(writes.iter().zip(&found).any(|(write, found)| write.is_some() && write == found));
        }
        Ok(!found.is_empty() && found.iter().all(Option::is_none))
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
