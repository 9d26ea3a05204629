//! Makes the table: what the infrastructure makes where there is infrastructure, for an emulator or an account without it.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, GlobalSecondaryIndexDescription, IndexStatus,
    KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
    TimeToLiveDescription, TimeToLiveSpecification, TimeToLiveStatus,
};
use tokio::time::{Instant, sleep};

use super::fault::causes;
use crate::error::{Error, Kind, Result};
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, INDEX, PK, PROJECTION, SK};

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
/// [`Kind::Invalid`] where there is a table of this name with other keys, another index or another time to live, of which all
/// is told and nothing changed; [`Kind::Unavailable`] where it cannot be used within two minutes; [`Kind::Internal`] for what
/// DynamoDB refuses.
pub async fn create_table(client: &Client, name: &str) -> Result<Creation> {
    let request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let request = request.set_key_schema(Some(schema(PK, SK)?));
    let request = request.set_attribute_definitions(Some(definitions()?)).global_secondary_indexes(index()?);
    let creation = match request.send().await {
        Ok(_) => Creation::Made,
        Err(error) if error.code() == Some("ResourceInUseException") => Creation::Found,
        Err(error) => return Err(refused(&error)),
    };
    let table = wait_for(client, name).await?;
    let expiry = client.describe_time_to_live().table_name(name).send().await.map_err(|error| refused(&error))?;
    let expiry = expiry.time_to_live_description();
    check(&table, expiry, name)?;
    // Of what is switched off DynamoDB may still tell the attribute.
    if !expiry.is_some_and(is_on) {
        expire(client, name).await?;
    }
    Ok(creation)
}

/// Waits until the table and its index can be used.
async fn wait_for(client: &Client, name: &str) -> Result<TableDescription> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match client.describe_table().table_name(name).send().await {
            Ok(described) => {
                if let Some(table) = described.table.filter(is_active) {
                    return Ok(table);
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

fn is_active(table: &TableDescription) -> bool {
    let index = the_index(table).and_then(GlobalSecondaryIndexDescription::index_status);
    table.table_status() == Some(&TableStatus::Active) && index.is_none_or(|status| *status == IndexStatus::Active)
}

fn the_index(table: &TableDescription) -> Option<&GlobalSecondaryIndexDescription> {
    table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(INDEX))
}

fn is_on(expiry: &TimeToLiveDescription) -> bool {
    matches!(expiry.time_to_live_status(), Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
}

/// Tells all in which a table is not as this program makes it, and what to do.
fn check(table: &TableDescription, expiry: Option<&TimeToLiveDescription>, name: &str) -> Result<()> {
    let mut differences = Vec::new();
    if table.key_schema() != schema(PK, SK)? || !are_texts(table, &[PK, SK]) {
        let keys = told(table, table.key_schema());
        differences.push(format!(
            "its keys are {keys}, expected the texts `{PK}` and `{SK}`, and no table's keys can be changed"
        ));
    }
    match the_index(table) {
        None => differences.push(format!("there is no index `{INDEX}`: add it with {}", index_expected())),
        Some(index) => {
            let keys_differ = index.key_schema() != schema(DUE_PK, DUE_SK)? || !are_texts(table, &[DUE_PK, DUE_SK]);
            let projection = index.projection().and_then(Projection::projection_type);
            if keys_differ || projection != Some(&ProjectionType::from(PROJECTION)) {
                let keys = told(table, index.key_schema());
                let projection = projection.map_or("nothing", ProjectionType::as_str);
                let found = format!("the index `{INDEX}` has the keys {keys} and projects `{projection}`");
                differences.push(format!("{found}: remove it and add it with {}", index_expected()));
            }
        }
    }
    let attribute = expiry.filter(|expiry| is_on(expiry)).and_then(TimeToLiveDescription::attribute_name);
    if let Some(attribute) = attribute.filter(|attribute| *attribute != EXPIRES) {
        let found = format!("its time to live is by `{attribute}`, expected `{EXPIRES}`");
        differences.push(format!("{found}: switch it off, and run this again an hour later"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    let (what, other) = (differences.join("; "), "or choose another name by `DYNAMODB_TABLE_NAME`");
    Err(Error::new(Kind::Invalid, format!("the table `{name}` is of another making: {what}; {other}")))
}

fn index_expected() -> String {
    format!("the texts `{DUE_PK}` and `{DUE_SK}` as its keys, projecting `{PROJECTION}`")
}

fn are_texts(table: &TableDescription, names: &[&str]) -> bool {
    let type_of = |name: &str| {
        let mut definitions = table.attribute_definitions().iter();
        definitions.find(|of| of.attribute_name() == name).map(AttributeDefinition::attribute_type)
    };
    names.iter().all(|name| type_of(name) == Some(&ScalarAttributeType::S))
}

/// Keys with their types: `` `Id` (N) ``.
fn told(table: &TableDescription, keys: &[KeySchemaElement]) -> String {
    let key = |element: &KeySchemaElement| {
        let name = element.attribute_name();
        let of = table.attribute_definitions().iter().find(|of| of.attribute_name() == name);
        format!("`{name}` ({})", of.map_or("?", |of| of.attribute_type().as_str()))
    };
    keys.iter().map(key).collect::<Vec<_>>().join(" and ")
}

/// Has expired records removed.
async fn expire(client: &Client, name: &str) -> Result<()> {
    let wanted = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES);
    let wanted = wanted.build().map_err(incomplete)?;
    let request = client.update_time_to_live().table_name(name).time_to_live_specification(wanted);
    request.send().await.map_err(|error| refused(&error))?;
    Ok(())
}

fn index() -> Result<GlobalSecondaryIndex> {
    let keys_only = Projection::builder().projection_type(ProjectionType::from(PROJECTION)).build();
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

/// Here the message is told too: nobody's records are asked about, and it says which permission is missing.
fn refused<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let message = error.message().map(|message| format!(": {message}")).unwrap_or_default();
    Error::new(Kind::Internal, "DynamoDB refuses to make the table").with_source(causes(error) + &message)
}
