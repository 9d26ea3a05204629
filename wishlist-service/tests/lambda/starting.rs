//! A start that cannot succeed says everything that is missing, before anything is asked for.

use std::os::unix::ffi::OsStrExt;

use crate::function::command;
use crate::runtime_api::RuntimeApi;

#[tokio::test]
async fn everything_that_is_missing_is_named_at_once_and_no_event_is_asked_for() {
    let runtime = RuntimeApi::open().await;
    let of_the_table = ["AWS_REGION", "DYNAMODB_TABLE_NAME", "SQS_QUEUE_URL"];
    let of_people = ["COGNITO_USER_POOL_ID", "COGNITO_USER_POOL_CLIENT_ID"];
    for (handler, people) in [("api", &of_people[..]), ("worker", &of_people[..]), ("sweep", &[])] {
        let mut function = command(handler);
        function.env("AWS_LAMBDA_RUNTIME_API", runtime.address.to_string()).env("SQS_QUEUE_URL", "");
        let output = function.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(told.contains(&format!("`{handler}`")), "{told}");
        for variable in of_the_table.iter().chain(people) {
            let line = told.lines().find(|line| line.trim().starts_with(variable)).unwrap_or_else(|| panic!("{told}"));
            assert!(line.contains(" is not set: The "), "{line}");
        }
    }
    assert_eq!(runtime.polls(), 0);
}

#[test]
fn what_contradicts_itself_is_named() {
    let output = command("sweep")
        .env("AWS_REGION", "eu-central-1")
        .env("DYNAMODB_TABLE_NAME", "wishlists")
        .env("SQS_QUEUE_URL", "visits")
        .env("AWS_ENDPOINT_URL", "localhost:4566")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for named in
        ["SQS_QUEUE_URL is not an address", "AWS_ENDPOINT_URL is not an address", "AWS_LAMBDA_RUNTIME_API is not set"]
    {
        assert!(told.contains(named), "{named} in {told}");
    }
}

#[test]
fn a_handler_that_is_no_role_is_refused_with_those_that_are() {
    let output = command("index.handler").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("index.handler"), "{told}");
}

#[test]
fn a_variable_that_cannot_be_read_is_told_with_those_that_are_missing() {
    let output = command("worker")
        .env("WISHLIST_VISITS_AT_ONCE", "many")
        .env("DYNAMODB_TABLE_NAME", std::ffi::OsStr::from_bytes(b"\xff"))
        .env("AWS_SESSION_TOKEN", "canary\n")
        .env("AWS_CA_BUNDLE", "")
        .env("WISHLIST_REFRESH_EVERY", "")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for named in [
        "WISHLIST_VISITS_AT_ONCE cannot be used, invalid digit found in string: Pages visited at once",
        "DYNAMODB_TABLE_NAME is not UTF-8: The DynamoDB table",
        "AWS_SESSION_TOKEN holds a line break",
        "AWS_REGION is not set: The Region",
        "SQS_QUEUE_URL is not set: The URL",
    ] {
        assert!(told.contains(named), "{named} in {told}");
    }
    for other in ["canary", "AWS_CA_BUNDLE", "WISHLIST_REFRESH_EVERY", "DYNAMODB_TABLE_NAME is not set"] {
        assert!(!told.contains(other), "{other} in {told}");
    }
}
