"""What stands between a deployment's functions and the world: API Gateway, the queue's event source, a schedule."""

import json
import time

from functions import Function
from resources import REGION, Deployment


# What was asked by `request`: methods, and paths without their queries.
ASKED: set[tuple[str, str]] = set()


def request(
    api: Function,
    method: str,
    path: str,
    token: str | None = None,
    body: dict | None = None,
    key: str | None = None,
    refused: int | None = None,
) -> dict:
    """A call with JSON, as a client makes it, and what it is answered. A key names the call, which may have to be refused."""
    path, _, query = path.partition("?")
    ASKED.add((method, path))
    headers = {"accept": "application/json", "host": "api.example.com", "x-forwarded-proto": "https"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if key:
        headers["idempotency-key"] = key
    if body is not None:
        headers["content-type"] = "application/json"
    answer = api.call(event(method, path, query, headers, None if body is None else json.dumps(body)))
    read = json.loads(answer["body"]) if answer.get("body") else {}
    print(f"  {method} {path}  {answer['statusCode']}")
    if answer["statusCode"] != refused if refused else answer["statusCode"] >= 400:
        raise RuntimeError(f"{method} {path} was answered {answer['statusCode']}: {read}")
    return read


def event(method: str, path: str, query: str, headers: dict[str, str], body: str | None, is_base64: bool = False) -> dict:
    """Does what an HTTP API of API Gateway does: a request becomes an event (payload format 2.0)."""
    made = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "example",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "walk"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    return made if body is None else made | {"body": body}


def deliver(deployment: Deployment, worker: Function, wait_seconds: int = 2) -> int:
    """Does what the event source of the worker does, once: a batch of messages becomes an event, and those that the worker
    does not name are deleted. Returns how many it was called with."""
    received = deployment.sqs.receive_message(
        QueueUrl=deployment.queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait_seconds, AttributeNames=["All"]
    )
    messages = received.get("Messages", [])
    if not messages:
        return 0
    answer = worker.call({"Records": [record(message) for message in messages]})
    again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    for message in messages:
        if message["MessageId"] not in again:
            deployment.sqs.delete_message(QueueUrl=deployment.queue, ReceiptHandle=message["ReceiptHandle"])
    print(f"  a batch of {len(messages)}, of which {len(again)} come again", flush=True)
    return len(messages)


def record(message: dict) -> dict:
    """A message as a function is handed it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:000000000000:visits",
        "awsRegion": REGION,
    }


def tick(sweep: Function) -> int:
    """Does what the schedule does, once. Returns how many items the sweeper found that nobody was told of."""
    return sweep.call({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})["sent"]
