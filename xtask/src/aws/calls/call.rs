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
