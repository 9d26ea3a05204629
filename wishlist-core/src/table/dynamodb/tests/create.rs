//! Making the table.

use super::Emulator;
use super::connector::Connector;
use super::emulator::TABLE;
use crate::error::Kind;
use crate::table::{Creation, create_table};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    TimeToLiveSpecification, TimeToLiveStatus,
};

#[tokio::test]
async fn a_table_is_made_once_with_its_index_and_its_time_to_live() {
    let client = Emulator::started().client(Connector::plain());
    assert_eq!(create_table(&client, TABLE).await.unwrap(), Creation::Made);
    assert_eq!(create_table(&client, TABLE).await.unwrap(), Creation::Found);
    let table = client.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap();
    assert_eq!(table.billing_mode_summary().unwrap().billing_mode(), Some(&BillingMode::PayPerRequest));
    let [index] = table.global_secondary_indexes() else { panic!("{:?}", table.global_secondary_indexes()) };
    assert_eq!(index.projection().unwrap().projection_type(), Some(&ProjectionType::KeysOnly));
    let expiry = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    let expiry = expiry.time_to_live_description.unwrap();
    assert_eq!(expiry.attribute_name(), Some("Expires"));
    assert_eq!(expiry.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
}

/// Names of keys, each with its type.
type Keys<'a> = &'a [(&'a str, &'a str)];

/// The keys of an index, and what it projects.
type Index<'a> = Option<(Keys<'a>, &'a str)>;

fn elements(keys: Keys<'_>) -> Vec<KeySchemaElement> {
    let kinds = [KeyType::Hash, KeyType::Range].into_iter().zip(keys);
    let element = |(kind, (name, _)): (_, &(&str, &str))| {
        KeySchemaElement::builder().attribute_name(*name).key_type(kind).build().unwrap()
    };
    kinds.map(element).collect()
}

/// What is told of a table of these keys and index, each with its type, whose records expire by an attribute.
async fn told_of(keys: Keys<'_>, index: Index<'_>, expiry: Option<&str>) -> String {
    let client = Emulator::started().client(Connector::plain());
    let definitions = keys.iter().chain(index.iter().flat_map(|(keys, _)| *keys)).map(|(name, of)| {
        AttributeDefinition::builder().attribute_name(*name).attribute_type((*of).into()).build().unwrap()
    });
    let mut request = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    request = request.set_key_schema(Some(elements(keys)));
    request = request.set_attribute_definitions(Some(definitions.collect()));
    if let Some((keys, projection)) = index {
        let projection = Projection::builder().projection_type(projection.into()).build();
        let due = GlobalSecondaryIndex::builder().index_name("Due").projection(projection);
        let due = due.set_key_schema(Some(elements(keys))).build().unwrap();
        request = request.global_secondary_indexes(due);
    }
    request.send().await.unwrap();
    if let Some(attribute) = expiry {
        let on = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute).build().unwrap();
        client.update_time_to_live().table_name(TABLE).time_to_live_specification(on).send().await.unwrap();
    }
    match create_table(&client, TABLE).await {
        Ok(creation) => format!("{creation:?}"),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Invalid, "{}", error.chain());
            let after = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
            let after = after.time_to_live_description.and_then(|expiry| expiry.attribute_name);
            assert_eq!(after.as_deref(), expiry, "nothing is changed");
            error.to_string()
        }
    }
}

#[tokio::test]
async fn of_a_table_of_another_making_all_that_differs_is_told() {
    let (ours, due) = ([("PK", "S"), ("SK", "S")], [("DuePK", "S"), ("DueSK", "S")]);
    assert_eq!(told_of(&ours, Some((&due, "KEYS_ONLY")), None).await, "Found");
    assert_eq!(told_of(&ours, Some((&due, "KEYS_ONLY")), Some("Expires")).await, "Found");
    let index = "the index `Due` has the keys `DuePK` (S) and `DueSK` (S) and projects `ALL`: remove it and add it";
    let rows: [(Keys<'_>, Index<'_>, Option<&str>, &[&str]); 5] = [
        (
            &[("Id", "N")],
            None,
            None,
            &["its keys are `Id` (N), expected the texts `PK` and `SK`", "no index `Due`: add it"],
        ),
        (
            &[("PK", "S"), ("SK", "N")],
            Some((&due, "KEYS_ONLY")),
            None,
            &["its keys are `PK` (S) and `SK` (N), expected"],
        ),
        (&ours, Some((&due, "ALL")), None, &[index]),
        (
            &ours,
            Some((&[("DueSK", "S"), ("DuePK", "S")], "KEYS_ONLY")),
            None,
            &["has the keys `DueSK` (S) and `DuePK` (S)"],
        ),
        (&ours, Some((&due, "KEYS_ONLY")), Some("ttl"), &["is by `ttl`, expected `Expires`: switch it off"]),
    ];
    for (keys, index, expiry, expected) in rows {
        let told = told_of(keys, index, expiry).await;
        assert_eq!(told.matches("; ").count(), expected.len(), "{told}");
        for expected in expected {
            assert!(told.contains(expected), "{expected} in {told}");
        }
    }
}
