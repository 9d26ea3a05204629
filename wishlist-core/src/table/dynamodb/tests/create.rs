//! Making the table.

use super::Emulator;
use super::connector::Connector;
use super::emulator::TABLE;
use crate::error::Kind;
use crate::table::{Creation, create_table};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ProjectionType, ScalarAttributeType, TimeToLiveStatus,
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

#[tokio::test]
async fn a_table_of_another_making_is_refused() {
    let client = Emulator::started().client(Connector::plain());
    let key = KeySchemaElement::builder().attribute_name("Id").key_type(KeyType::Hash).build().unwrap();
    let id =
        AttributeDefinition::builder().attribute_name("Id").attribute_type(ScalarAttributeType::S).build().unwrap();
    let request = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    request.key_schema(key).attribute_definitions(id).send().await.unwrap();
    let refused = create_table(&client, TABLE).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Invalid);
    assert!(refused.to_string().contains("expected the keys `PK` and `SK`"), "{refused}");
}
