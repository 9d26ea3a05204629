//! Makes the table: what the infrastructure makes where there is infrastructure, for an emulator or an account without it.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use tokio::time::{Instant, sleep};

use super::range::INDEX;
use crate::error::{Error, Kind, Result};
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, PK, SK};

/// A table takes some ten seconds to be made.
const PATIENCE: Duration = Duration::from_mins(2);

/// How often it is asked whether it is there.
const PAUSE: Duration = Duration::from_millis(500);

/// Whether a table had to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It was made.
    Made,
    /// It was there.
    Found,
}

/// Makes the table `name` where there is none: paid by request, with its index and with the time to live switched on; comes
/// back when it can be used. Calling it again changes nothing.
///
/// # Errors
/// [`Kind::Invalid`] where there is a table of this name with other keys or without the index; [`Kind::Unavailable`] where it
/// cannot be used within two minutes; [`Kind::Internal`] for what DynamoDB refuses.
pub async fn create_table(client: &Client, name: &str) -> Result<Creation> {
    let request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let request = request.set_key_schema(Some(schema(PK, SK)?));
    let request = request.set_attribute_definitions(Some(definitions()?)).global_secondary_indexes(index()?);
    let creation = match request.send().await {
        Ok(_) => Creation::Made,
        Err(error) if error.code() == Some("ResourceInUseException") => Creation::Found,
        Err(error) => return Err(refused(&error)),
    };
    wait_for(client, name).await?;
    expire(client, name).await?;
    Ok(creation)
}

/// Waits until the table can be used.
async fn wait_for(client: &Client, name: &str) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match client.describe_table().table_name(name).send().await {
            Ok(described) => {
                let active = |table: &&TableDescription| table.table_status() == Some(&TableStatus::Active);
                if let Some(table) = described.table().filter(active) {
                    return check(table, name);
                }
            }
            // A table that was just made may not be told of yet: what describes it is read as it once was.
            Err(error) if error.code() == Some("ResourceNotFoundException") => {}
            Err(error) => return Err(refused(&error)),
        }
        sleep(PAUSE).await;
    }
    Err(Error::new(Kind::Unavailable, format!("the table `{name}` cannot be used yet; try again")))
}

fn check(table: &TableDescription, name: &str) -> Result<()> {
    let is_ours = table.key_schema() == schema(PK, SK)?;
    let indexes = table.global_secondary_indexes();
    if is_ours && indexes.iter().any(|index| index.index_name() == Some(INDEX)) {
        return Ok(());
    }
    let expected = format!("expected the keys `{PK}` and `{SK}` and the index `{INDEX}`");
    Err(Error::new(Kind::Invalid, format!("the table `{name}` is of another making; {expected}")))
}

/// Has expired records removed.
async fn expire(client: &Client, name: &str) -> Result<()> {
    let described = client.describe_time_to_live().table_name(name).send().await.map_err(|error| refused(&error))?;
    let status = described.time_to_live_description().and_then(|described| described.time_to_live_status());
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let wanted = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES);
    let wanted = wanted.build().map_err(incomplete)?;
    let request = client.update_time_to_live().table_name(name).time_to_live_specification(wanted);
    request.send().await.map_err(|error| refused(&error))?;
    Ok(())
}

fn index() -> Result<GlobalSecondaryIndex> {
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let index = GlobalSecondaryIndex::builder().index_name(INDEX).set_key_schema(Some(schema(DUE_PK, DUE_SK)?));
    index.projection(keys_only).build().map_err(incomplete)
}

fn schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>> {
    let element = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let elements = [element(partition, KeyType::Hash), element(sort, KeyType::Range)];
    elements.into_iter().collect::<Result<_, _>>().map_err(incomplete)
}

fn definitions() -> Result<Vec<AttributeDefinition>> {
    let text =
        |name| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    [PK, SK, DUE_PK, DUE_SK].map(text).into_iter().collect::<Result<_, _>>().map_err(incomplete)
}

fn incomplete(source: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::new(Kind::Internal, "the table cannot be described").with_source(source)
}

fn refused<E>(error: &E) -> Error
where
    E: std::error::Error + 'static,
{
    Error::new(Kind::Internal, "DynamoDB refuses to make the table").with_source(DisplayErrorContext(error).to_string())
}
