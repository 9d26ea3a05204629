//! From a request to what a policy has to allow for it.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use wishlist_core::table::keys::PATTERNS;

use super::request::Request;

/// A permission that a request needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// As policies write it.
    pub(super) action: String,
    pub(super) resource: Resource,
    /// Whether it is made in the role's name. A call that anybody may make is not, and needs no permission.
    pub(super) signed: bool,
    /// The form of the partition's key up to where its value begins.
    pub(super) partition: Option<&'static str>,
}

/// What a permission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Table,
    Index,
    Queue,
    Pool,
}

impl Resource {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Index => "index",
            Self::Queue => "queue",
            Self::Pool => "pool",
        }
    }
}

/// Actions that change a record of a table.
const WRITES: [&str; 3] = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

/// Operations on a whole table, which name no record.
const WHOLE: [&str; 4] = ["CreateTable", "DescribeTable", "DescribeTimeToLive", "UpdateTimeToLive"];

/// Operations of SQS, and the action of each: those on several messages have none of their own.
const OF_QUEUE: [(&str, &str); 7] = [
    ("ChangeMessageVisibility", "ChangeMessageVisibility"),
    ("ChangeMessageVisibilityBatch", "ChangeMessageVisibility"),
    ("DeleteMessage", "DeleteMessage"),
    ("GetQueueAttributes", "GetQueueAttributes"),
    ("ReceiveMessage", "ReceiveMessage"),
    ("SendMessage", "SendMessage"),
    ("SendMessageBatch", "SendMessage"),
];

/// Operations of Cognito that the program knows; each is an action of the same name.
const OF_POOL: [&str; 10] = [
    "AdminDeleteUser",
    "AdminGetUser",
    "AdminUserGlobalSignOut",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "InitiateAuth",
    "ResendConfirmationCode",
    "SignUp",
];

/// Changes of a transaction, or what it reads, and the action of each.
const OF_TRANSACTION: [(&str, &str); 5] = [
    ("ConditionCheck", "ConditionCheckItem"),
    ("Delete", "DeleteItem"),
    ("Get", "GetItem"),
    ("Put", "PutItem"),
    ("Update", "UpdateItem"),
];

impl Call {
    /// Whether it changes a record.
    pub(super) fn writes(&self) -> bool {
        WRITES.contains(&self.action.as_str())
    }
}

/// The permissions that a request needs, one for each record that it names.
///
/// # Errors
/// For a request that cannot be read, and for an operation or a partition that is not known: it is none that a policy could be
/// compared with.
pub(super) fn calls(request: &Request<'_>) -> Result<Vec<Call>> {
    let target = request.header("x-amz-target").context("a request has no `X-Amz-Target`")?;
    let signed = request.header("authorization").is_some_and(|by| by.starts_with("AWS4-HMAC-SHA256 "));
    let (service, operation) = target.split_once('.').with_context(|| format!("`{target}` names no operation"))?;
    let of = |action: String, resource| Call { action, resource, signed, partition: None };
    match service {
        "DynamoDB_20120810" => {
            let body = serde_json::from_slice(request.body);
            let body: Value = body.with_context(|| format!("the body of `{operation}` is no JSON"))?;
            let named = of_table(operation, &body).with_context(|| format!("a request of `{operation}`"))?;
            let call = |(action, resource, partition)| Call { partition, ..of(format!("dynamodb:{action}"), resource) };
            Ok(named.into_iter().map(call).collect())
        }
        "AmazonSQS" => {
            let known = OF_QUEUE.iter().find(|(known, _)| *known == operation);
            let (_, action) = known.with_context(|| unknown("SQS", operation))?;
            Ok(vec![of(format!("sqs:{action}"), Resource::Queue)])
        }
        "AWSCognitoIdentityProviderService" => {
            OF_POOL.contains(&operation).then_some(()).with_context(|| unknown("Cognito", operation))?;
            Ok(vec![of(format!("cognito-idp:{operation}"), Resource::Pool)])
        }
        _ => bail!("`{service}` is no service that is known; teach `xtask/src/aws/calls/call.rs` its operations"),
    }
}

fn unknown(service: &str, operation: &str) -> String {
    format!("`{operation}` of {service} is not known; teach `xtask/src/aws/calls/call.rs` its action")
}

/// An action, what it is for, and the partition of one record that it names.
type Named<'a> = (&'a str, Resource, Option<&'static str>);

fn of_table<'a>(operation: &'a str, body: &Value) -> Result<Vec<Named<'a>>> {
    let one = |key: &Value| Ok(vec![(operation, Resource::Table, Some(partition(&key["PK"])?))]);
    match operation {
        "GetItem" | "DeleteItem" | "UpdateItem" => one(&body["Key"]),
        "PutItem" => one(&body["Item"]),
        "Query" if !body["IndexName"].is_null() => Ok(vec![(operation, Resource::Index, None)]),
        "Query" => Ok(vec![(operation, Resource::Table, Some(queried(body)?))]),
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().context("it has no `RequestItems`")?;
            let keys = tables.values().map(|of| of["Keys"].as_array().context("a table has no `Keys`"));
            let keys = keys.collect::<Result<Vec<_>>>()?.into_iter().flatten();
            let named = keys.map(|key| Ok((operation, Resource::Table, Some(partition(&key["PK"])?))));
            some(named.collect::<Result<_>>()?)
        }
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().context("it has no `TransactItems`")?;
            some(items.iter().map(of_transaction).collect::<Result<_>>()?)
        }
        _ if WHOLE.contains(&operation) => Ok(vec![(operation, Resource::Table, None)]),
        _ => bail!(unknown("DynamoDB", operation)),
    }
}

fn some(named: Vec<Named<'_>>) -> Result<Vec<Named<'_>>> {
    if named.is_empty() {
        bail!("it names no record");
    }
    Ok(named)
}

fn of_transaction<'a>(item: &Value) -> Result<Named<'a>> {
    let members: Vec<_> = item.as_object().into_iter().flat_map(Map::iter).collect();
    let [(kind, of)] = members[..] else { bail!("an item of a transaction has {} members, not one", members.len()) };
    let known = OF_TRANSACTION.iter().find(|(known, _)| *known == kind);
    let (_, action) = known.with_context(|| unknown("a transaction", kind))?;
    let key = if *action == "PutItem" { &of["Item"] } else { &of["Key"] };
    Ok((action, Resource::Table, Some(partition(&key["PK"])?)))
}

/// The partition of a query, which the program's queries all give as `:pk`.
fn queried(body: &Value) -> Result<&'static str> {
    let condition = body["KeyConditionExpression"].as_str().unwrap_or_default();
    if condition != "PK = :pk" && !condition.starts_with("PK = :pk AND ") {
        bail!("`{condition}` is no condition that begins with `PK = :pk`");
    }
    partition(&body["ExpressionAttributeValues"][":pk"])
}

/// The form of a partition's key, up to where its value begins.
fn partition(value: &Value) -> Result<&'static str> {
    let key = value["S"].as_str().context("a record has no partition key `PK`")?;
    let forms = PATTERNS.iter().map(|pattern| (pattern.pk.split('{').next().unwrap_or_default(), pattern.pk));
    let mut fitting = forms.filter(|(form, pk)| if form == pk { key == *form } else { key.starts_with(form) });
    // The key itself is not told: some have an address in them.
    let name = key.split('#').next().unwrap_or_default();
    fitting.next().map(|(form, _)| form).with_context(|| format!("`{name}` is no partition of `keys.rs`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str =
        "AWS4-HMAC-SHA256 Credential=test/20261127/eu-central-1/dynamodb/aws4_request, SignedHeaders=host";

    /// What a request of this target and body asks for: an action, what for, in which partition.
    fn asked(target: &str, body: &str) -> Result<Vec<String>> {
        let head = format!("POST / HTTP/1.1\r\nx-amz-target: {target}\r\nAuthorization: {SIGNED}\r\n\r\n");
        let calls = calls(&Request { head: &head, body: body.as_bytes() })?;
        let told = |call: Call| {
            assert!(call.signed, "{call:?}");
            let words = [Some(call.action.as_str()), Some(call.resource.name()), call.partition];
            words.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        Ok(calls.into_iter().map(told).collect())
    }

    #[test]
    fn a_request_asks_for_the_actions_of_its_records() {
        let rows: [(&str, &str, &[&str]); 12] = [
            (
                "GetItem",
                r#"{"TableName":"t","Key":{"PK":{"S":"JOB#1"},"SK":{"S":"JOB"}},"ConsistentRead":true}"#,
                &["dynamodb:GetItem table JOB#"],
            ),
            (
                "PutItem",
                r#"{"TableName":"t","Item":{"PK":{"S":"HOST#shop.example"},"Host":{"S":"USER#1"}}}"#,
                &["dynamodb:PutItem table HOST#"],
            ),
            (
                "DeleteItem",
                r#"{"TableName":"t","Key":{"PK":{"S":"RATE#a"},"SK":{"S":"1"}}}"#,
                &["dynamodb:DeleteItem table RATE#"],
            ),
            ("UpdateItem", r#"{"Key":{"PK":{"S":"SIGNING"}}}"#, &["dynamodb:UpdateItem table SIGNING"]),
            (
                "Query",
                r#"{"KeyConditionExpression":"PK = :pk AND begins_with(SK, :low)","ExpressionAttributeValues":{":pk":{"S":"PAGE#f"}}}"#,
                &["dynamodb:Query table PAGE#"],
            ),
            (
                "Query",
                r#"{"IndexName":"Due","KeyConditionExpression":"DuePK = :pk","ExpressionAttributeValues":{":pk":{"S":"DUE#00"}}}"#,
                &["dynamodb:Query index"],
            ),
            (
                "BatchGetItem",
                r#"{"RequestItems":{"t":{"Keys":[{"PK":{"S":"USER#a"}},{"PK":{"S":"WISHLIST#b"}}],"ConsistentRead":true}}}"#,
                &["dynamodb:BatchGetItem table USER#", "dynamodb:BatchGetItem table WISHLIST#"],
            ),
            (
                "TransactWriteItems",
                r#"{"TransactItems":[
                    {"ConditionCheck":{"Key":{"PK":{"S":"WISHLIST#b"}},"ConditionExpression":"attribute_exists(PK)"}},
                    {"Put":{"Item":{"PK":{"S":"IDEMPOTENCY#a"}}}},
                    {"Delete":{"Key":{"PK":{"S":"PAGE#f"}}}},
                    {"Update":{"Key":{"PK":{"S":"USER#a"}}}}]}"#,
                &[
                    "dynamodb:ConditionCheckItem table WISHLIST#",
                    "dynamodb:PutItem table IDEMPOTENCY#",
                    "dynamodb:DeleteItem table PAGE#",
                    "dynamodb:UpdateItem table USER#",
                ],
            ),
            (
                "TransactGetItems",
                r#"{"TransactItems":[{"Get":{"Key":{"PK":{"S":"USER#a"}}}}]}"#,
                &["dynamodb:GetItem table USER#"],
            ),
            ("CreateTable", r#"{"TableName":"t"}"#, &["dynamodb:CreateTable table"]),
            ("DescribeTable", r#"{"TableName":"t"}"#, &["dynamodb:DescribeTable table"]),
            ("UpdateTimeToLive", r#"{"TableName":"t"}"#, &["dynamodb:UpdateTimeToLive table"]),
        ];
        for (operation, body, expected) in rows {
            assert_eq!(asked(&format!("DynamoDB_20120810.{operation}"), body).unwrap(), expected, "{operation}");
        }
        for (target, expected) in [
            ("AmazonSQS.SendMessage", "sqs:SendMessage queue"),
            ("AmazonSQS.SendMessageBatch", "sqs:SendMessage queue"),
            ("AmazonSQS.ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility queue"),
            ("AWSCognitoIdentityProviderService.AdminDeleteUser", "cognito-idp:AdminDeleteUser pool"),
        ] {
            assert_eq!(asked(target, "{}").unwrap(), [expected]);
        }
    }

    #[test]
    fn what_is_not_known_is_a_fault_and_told_without_values() {
        let of_table = |operation: &str| format!("DynamoDB_20120810.{operation}");
        let rows = [
            (of_table("GetItem"), "{", "is no JSON"),
            (of_table("GetItem"), "", "is no JSON"),
            (of_table("GetItem"), "{}", "no partition key"),
            (of_table("GetItem"), r#"{"Key":{"PK":{"N":"1"}}}"#, "no partition key"),
            (of_table("PutItem"), r#"{"Item":{"PK":{"S":"OTHER#alice@example.com"}}}"#, "`OTHER` is no partition"),
            (of_table("PutItem"), r#"{"Item":{"PK":{"S":"SIGNING#1"}}}"#, "`SIGNING` is no partition"),
            (of_table("PutItem"), r#"{"Item":{"PK":{"S":"USER"}}}"#, "`USER` is no partition"),
            (of_table("Query"), r#"{"KeyConditionExpression":"SK = :pk"}"#, "is no condition"),
            (of_table("Query"), "{}", "is no condition"),
            (of_table("BatchGetItem"), "{}", "no `RequestItems`"),
            (of_table("BatchGetItem"), r#"{"RequestItems":{"t":{}}}"#, "no `Keys`"),
            (of_table("BatchGetItem"), r#"{"RequestItems":{"t":{"Keys":[]}}}"#, "names no record"),
            (of_table("TransactWriteItems"), r#"{"TransactItems":[{}]}"#, "0 members"),
            (of_table("TransactWriteItems"), r#"{"TransactItems":[{"Put":{},"Delete":{}}]}"#, "2 members"),
            (
                of_table("TransactWriteItems"),
                r#"{"TransactItems":[{"Push":{}}]}"#,
                "`Push` of a transaction is not known",
            ),
            (of_table("TransactWriteItems"), "[]", "no `TransactItems`"),
            (of_table("Scan"), "{}", "`Scan` of DynamoDB is not known"),
            ("AmazonSQS.PurgeQueue".to_owned(), "{}", "`PurgeQueue` of SQS is not known"),
            ("AWSCognitoIdentityProviderService.ListUsers".to_owned(), "{}", "`ListUsers` of Cognito is not known"),
            ("AmazonSSM.GetParameter".to_owned(), "{}", "`AmazonSSM` is no service"),
            ("nothing".to_owned(), "{}", "names no operation"),
        ];
        for (target, body, expected) in rows {
            let told = format!("{:#}", asked(&target, body).unwrap_err());
            assert!(told.contains(expected) && !told.contains("alice"), "{target} {body}: {told}");
        }
        let request = Request { head: "POST / HTTP/1.1\r\n\r\n", body: b"Action=SendMessage" };
        assert!(calls(&request).unwrap_err().to_string().contains("`X-Amz-Target`"));
    }

    #[test]
    fn a_call_without_a_signature_is_told_apart() {
        for (field, signed) in
            [("", false), ("Authorization: Bearer x\r\n", false), ("authorization: AWS4-HMAC-SHA256 C\r\n", true)]
        {
            let head =
                format!("POST / HTTP/1.1\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n{field}\r\n");
            assert_eq!(calls(&Request { head: &head, body: b"" }).unwrap()[0].signed, signed, "{field}");
        }
    }
}
