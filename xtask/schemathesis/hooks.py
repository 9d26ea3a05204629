"""What the fuzzing needs beside the document: people to be deleted, and what is known to be false."""

import itertools
import json
import os
import pathlib
import uuid

import requests
import schemathesis

BASE = os.environ["FUZZED_URL"]
KNOWN = json.loads(pathlib.Path(os.environ["FUZZED_BASELINE"]).read_text())
MET = pathlib.Path(os.environ["FUZZED_MET"])
TRIED = pathlib.Path(os.environ["FUZZED_TRIED"])
PEOPLE = json.loads(pathlib.Path(os.environ["FUZZED_PEOPLE"]).read_text())["auth"]
STRANGER = {
    header["name"]: header["value"] for one in PEOPLE if one["name"] == "stranger" for header in one["fixedHeaders"]
}
PASSWORD = "a horse, correct; a staple, battery"
EXAMPLE_KEY = "7f9c24e8-3b12-4fe3-9a6b-0d8ea1f5c7b2"
EXAMPLE_TAG = '"3"'
numbers = itertools.count()


def token_of_a_new_user():
    account = {"email": f"deleted-{os.getpid()}-{next(numbers)}@example.com", "password": PASSWORD}
    for operation in ("sign-up", "sign-in"):
        answer = requests.post(f"{BASE}/v1/auth/{operation}", json=account, timeout=60)
        answer.raise_for_status()
    return answer.json()["accessToken"]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Makes what is well formed reach the operation: the examples of the document are of one call and one version.

    A wait that is taken is cut to a second: 20 of them would be the whole time. Each deletion of an account is of a person of its
    own: who is deleted can call no more. Signing out ends refresh tokens alone, so the owner's token outlives it.
    """
    if (case.method.upper(), case.path) == ("DELETE", "/v1/me") and case.auth_identity is not None:
        case.headers["Authorization"] = f"Bearer {token_of_a_new_user()}"
    if case.headers.get("Idempotency-Key") == EXAMPLE_KEY:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.headers.get("If-Match") == EXAMPLE_TAG:
        case.headers["If-Match"] = "*"
    wait = str(case.query.get("wait", ""))
    if wait.isdecimal() and 1 < int(wait) <= 20:
        case.query["wait"] = 1


@schemathesis.hook
def after_call(ctx, case, response):
    """Asks as the stranger for what the owner has read by an id, and notes the answer.

    `object_level_authorization` asks only where the answer repeats the id, which a page of prices does not.
    """
    by_id = case.method.upper() == "GET" and "{" in case.path
    if by_id and case.auth_identity == "owner" and response.status_code == 200:
        answer = requests.get(response.request.url, headers=STRANGER, timeout=60)
        with TRIED.open("a") as tried:
            tried.write(json.dumps({"method": "GET", "path": case.path, "status": answer.status_code}) + "\n")


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    """Drops what the baseline names, and notes that it was met."""
    for number, entry in enumerate(KNOWN):
        if is_of(entry, failure, case, response):
            with MET.open("a") as met:
                met.write(f"{number}\n")
            return False
    return True


def is_of(entry, failure, case, response):
    """Whether a failure is what an entry names. Of several refused fields all must be named, or something else is wrong too."""
    operation = case.operation.definition.raw.get("operationId")
    problems = problems_of(response)
    pointers = {field["pointer"] for problem in problems for field in problem.get("errors", [])}
    return (
        entry["check"] in type(failure).checks
        and (entry["operations"] == "any" or operation in entry["operations"])
        and response.status_code == entry["status"]
        and bool(problems)
        and {problem["code"] for problem in problems} <= set(entry["codes"])
        and (entry["pointers"] == "any" or pointers <= set(entry["pointers"]))
    )


def problems_of(response):
    """The problem that an answer is, or those that are the results of a batch."""
    try:
        answer = response.json()
    except ValueError:
        return []
    if not isinstance(answer, dict):
        return []
    if "code" in answer:
        return [answer]
    return [result["problem"] for result in answer.get("results", []) if "problem" in result]
