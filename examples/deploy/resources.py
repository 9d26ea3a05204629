"""What a deployment stands on: a table, a queue with its dead letters, a user pool with one client."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import boto3

REGION = "eu-central-1"

# Calls that carry no signature, as signing up and in do, belong to the emulator's first account, and this is its key. The secret
# is what the emulator was started with.
KEY, SECRET = "test", "secret"

# A message is hidden for six times as long as the worker may take: a batch that is tried again must not meet itself.
WORKER_SECONDS = 60
VISIBILITY_SECONDS = 6 * WORKER_SECONDS

# A message that ended this many batches is looked at by a person.
MOST_RECEIVES = 5

# The emulator mails no codes, and takes this one for an address, and that one for a new password.
CODE, RESET_CODE = "123456", "654321"


@dataclass(frozen=True)
class Deployment:
    """A deployment, and what a function is told of it."""

    environment: dict[str, str]
    queue: str
    sqs: object
    table: str
    dynamodb: object


def create(endpoint: str, program: Path, suffix: str, of_table: dict[str, str]) -> Deployment:
    """Creates all of it at an endpoint of AWS. Names end with the suffix, so that nothing is found that was there before. The
    command that makes the table is told `of_table` as well."""
    session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name=REGION)
    sqs = session.client("sqs", endpoint_url=endpoint)
    queue, dead = create_queues(sqs, suffix)
    print(f"  queue  {queue}\n         after {MOST_RECEIVES} receives to {dead}")
    pool, client = create_pool(session.client("cognito-idp", endpoint_url=endpoint), suffix)
    print(f"  pool   {pool}, client {client}")
    environment = {
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": endpoint,
        "DYNAMODB_TABLE_NAME": f"wishlists-{suffix}",
        "SQS_QUEUE_URL": queue,
        "COGNITO_USER_POOL_ID": pool,
        "COGNITO_USER_POOL_CLIENT_ID": client,
        # The emulator publishes its keys here; Cognito does where the issuer says, and needs no such line.
        "COGNITO_JWKS_URL": f"{endpoint}/{pool}/.well-known/jwks.json",
    }
    # The table is what the program needs, so the program makes it.
    made = subprocess.run([program, "create-table"], env=environment | of_table, capture_output=True, text=True, timeout=60)
    if made.returncode != 0:
        raise RuntimeError(f"`create-table` failed: {made.stderr.strip()}")
    print(f"  table  {made.stdout.strip()}")
    dynamodb = session.client("dynamodb", endpoint_url=endpoint)
    return Deployment(environment, queue, sqs, environment["DYNAMODB_TABLE_NAME"], dynamodb)


def create_queues(sqs, suffix: str) -> tuple[str, str]:
    """The queue of visits, and that of its dead letters."""
    dead = sqs.create_queue(QueueName=f"visits-dead-{suffix}", Attributes={"MessageRetentionPeriod": "1209600"})
    asked = sqs.get_queue_attributes(QueueUrl=dead["QueueUrl"], AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": asked["Attributes"]["QueueArn"], "maxReceiveCount": MOST_RECEIVES}
    attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": json.dumps(redrive)}
    made = sqs.create_queue(QueueName=f"visits-{suffix}", Attributes=attributes)
    return made["QueueUrl"], dead["QueueUrl"]


def create_pool(cognito, suffix: str) -> tuple[str, str]:
    """A pool whose people sign in by address and password, and the client of it that the program is."""
    # No stricter than the program's own rule, which tells a person what is wrong before the pool is asked.
    policy = dict.fromkeys(["RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"], False)
    policy["MinimumLength"] = 8
    pool = cognito.create_user_pool(
        PoolName=f"people-{suffix}",
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": policy},
    )["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="program",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]["ClientId"]
    return pool, client
