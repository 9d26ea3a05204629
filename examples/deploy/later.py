"""Time that passes, and messages that are lost: what the sweeper is for, without the waiting."""

import re
from datetime import datetime, timedelta

from resources import Deployment

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FORMAT = "%Y-%m-%dT%H:%M:%S.%f"


def lose(deployment: Deployment) -> int:
    """Takes all messages from the queue and tells nobody. Returns how many there were."""
    lost = 0
    while messages := deployment.sqs.receive_message(QueueUrl=deployment.queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            deployment.sqs.delete_message(QueueUrl=deployment.queue, ReceiptHandle=message["ReceiptHandle"])
        lost += len(messages)
    return lost


def age(deployment: Deployment, by: timedelta) -> None:
    """Moves all that the table says of moments into the past, as if it had been left alone for so long.

    What is due is due in one shard of the index then, where the sweeper reads it together; in sixteen it would be by chance.
    """
    for item in records(deployment):
        aged = {name: moved(value, by) for name, value in item.items()}
        if "ExpiresMillis" in item:
            aged["ExpiresMillis"] = {"N": str(int(item["ExpiresMillis"]["N"]) - milliseconds(by))}
        if "DueSK" in item:
            at, _, of = item["DueSK"]["S"].partition("#")
            aged |= {"DuePK": {"S": "DUE#00"}, "DueSK": {"S": f"{int(at) - milliseconds(by):015}#{of}"}}
        deployment.dynamodb.put_item(TableName=deployment.table, Item=aged)


def spend(deployment: Deployment) -> None:
    """Has everybody asked for as many visits as nobody may. The count is forgotten when the hour is over."""
    for item in records(deployment):
        if item["PK"]["S"].startswith("RATE#"):
            deployment.dynamodb.put_item(TableName=deployment.table, Item=item | {"Visits": {"N": "1000000"}})


def records(deployment: Deployment) -> list[dict]:
    """All of the table, as DynamoDB has it."""
    pages = deployment.dynamodb.get_paginator("scan").paginate(TableName=deployment.table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def moved(value: dict, by: timedelta) -> dict:
    """The attribute with all of its moments earlier."""
    (kind, of), = value.items()
    if kind == "S" and MOMENT.fullmatch(of):
        return {"S": f"{(datetime.strptime(of[:-1], FORMAT) - by).strftime(FORMAT)[:-3]}Z"}
    if kind == "M":
        return {"M": {name: moved(member, by) for name, member in of.items()}}
    if kind == "L":
        return {"L": [moved(element, by) for element in of]}
    return value


def milliseconds(time: timedelta) -> int:
    """As the index and the expiry count."""
    return time // timedelta(milliseconds=1)
