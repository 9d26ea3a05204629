"""Looks whether a deployment works, from outside and in seconds: by hand, or by a pipeline that rolls back where it does not.

    python3 examples/deploy/smoke.py https://api.example.com --contract openapi.json

Every answer that is wrong is told, not only the first, and the exit code is 1. It leaves nothing behind. Where `SMOKE_EMAIL` and
`SMOKE_PASSWORD` name an account, it also signs in, makes a list with an item, waits until a worker has visited the item's page, and
deletes the list: nothing else here comes to the table, to the queue or to a worker. It needs nothing but Python 3.10.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

# A call takes milliseconds; a cold start on AWS some tenths of a second.
MOST_SECONDS = 10

# How long the deployment may take until it answers, what a new name or route of a gateway takes to be known; and as long once more
# until a worker has visited a page, which begins with a cold start.
PATIENCE_SECONDS = 60

# Between two tries.
PAUSE_SECONDS = 2

# How an item is answered whose page was a product's, and whose was not: either way a worker was there and kept what it found.
VISITED = ((200, "ready"), (200, "failed"))

# The contract has 120 KB.
MOST_BYTES = 4_000_000

# A token of nobody: its parts are well-formed and its signature is none.
FORGED = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNtb2tlIn0.eyJzdWIiOiJzbW9rZSJ9.c21va2U"


@dataclass(frozen=True)
class Answer:
    """What a call came to."""

    status: int
    kind: str
    body: bytes

    def json(self):
        """The body, or nothing where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Deployment:
    """What answers at an address."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        # A redirect is an answer like others: what is behind it is not what was deployed.
        self.opener = build_opener(Stay)

    def call(self, method: str, path: str, token: str | None = None, body=None) -> Answer:
        """One call, without a second try. Raises `OSError` where there is no answer."""
        request = Request(self.url + path, method=method)
        request.add_header("User-Agent", "smart-wishlist-smoke")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with self.opener.open(request, timeout=MOST_SECONDS) as response:
                return Answer(response.status, response.headers.get_content_type(), response.read(MOST_BYTES))
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers.get_content_type(), error.read(MOST_BYTES))


class Stay(HTTPRedirectHandler):
    """Goes after no redirect."""

    def redirect_request(self, *_):
        return None


class Findings:
    """What was looked at, and what was wrong."""

    def __init__(self):
        self.wrong = 0

    def expect(self, what: str, found, expected) -> bool:
        """Tells it, and whether it is as it should be."""
        if found == expected:
            print(f"  ok     {what}")
            return True
        self.wrong += 1
        print(f"  WRONG  {what}: found `{found}`, expected `{expected}`")
        return False


def main() -> int:
    """All of it, in order; the exit code."""
    settings = arguments()
    deployment, findings = Deployment(settings.url), Findings()
    print(f"{deployment.url}:")
    try:
        if not wait(deployment, findings, settings.patience):
            return 1
        look(deployment, findings, settings.contract)
        walk(deployment, findings, settings.patience)
    except (OSError, HTTPException) as error:
        findings.expect("every call is answered", repr(error), "an answer")
    print(f"{findings.wrong} wrong" if findings.wrong else "all is well")
    return 1 if findings.wrong else 0


def wait(deployment: Deployment, findings: Findings, seconds: float) -> bool:
    """Until it is healthy, or for so long."""
    ended = time.monotonic() + seconds
    while True:
        try:
            answer = deployment.call("GET", "/health")
            found = (answer.status, answer.json())
        except (OSError, HTTPException) as error:
            found = error.reason if isinstance(error, URLError) else repr(error)
        if found == (200, {"status": "ok"}) or time.monotonic() + PAUSE_SECONDS > ended:
            return findings.expect("GET /health", found, (200, {"status": "ok"}))
        time.sleep(PAUSE_SECONDS)


def look(deployment: Deployment, findings: Findings, contract: Path | None) -> None:
    """What anybody sees."""
    served = deployment.call("GET", "/openapi.json")
    if findings.expect("GET /openapi.json", (served.status, served.kind), (200, "application/json")):
        document = served.json()
        if contract:
            # The version of the contract rises seldom; of two commits its operations and texts are what differs.
            same = document == json.loads(contract.read_text(encoding="utf-8"))
            findings.expect("it is the contract of what was deployed", same, True)
        findings.expect("it is of this version of OpenAPI", member(served, "openapi"), "3.1.0")
    for what, expected, method, path, token, body in (
        ("no list without a token", 401, "GET", "/v1/wishlists", None, None),
        ("nor with a forged one", 401, "GET", "/v1/wishlists", FORGED, None),
        ("no account of nothing", 400, "POST", "/v1/auth/sign-up", None, {}),
    ):
        answer = deployment.call(method, path, token, body)
        findings.expect(f"{what}: {method} {path}", (answer.status, answer.kind), (expected, "application/problem+json"))
    # A gateway that has the routes by name answers this itself, in words of its own.
    findings.expect("no path that is not there: GET /v1/smoke", deployment.call("GET", "/v1/smoke").status, 404)


def walk(deployment: Deployment, findings: Findings, seconds: float) -> None:
    """What a person does, where one is named."""
    email, password = os.environ.get("SMOKE_EMAIL"), os.environ.get("SMOKE_PASSWORD")
    if not email or not password:
        print("  -      the table and the worker: SMOKE_EMAIL and SMOKE_PASSWORD name nobody who could sign in")
        return
    session = deployment.call("POST", "/v1/auth/sign-in", body={"email": email, "password": password})
    if not findings.expect("the account signs in", session.status, 200):
        return
    token = member(session, "accessToken")
    made = deployment.call("POST", "/v1/wishlists", token, {"name": "Smoke test"})
    if not findings.expect("makes a list", made.status, 201):
        return
    path = f"/v1/wishlists/{member(made, 'id')}"
    try:
        found = deployment.call("GET", path, token)
        findings.expect("finds it", (found.status, member(found, "name")), (200, "Smoke test"))
        visit(deployment, findings, f"{path}/items", token, seconds)
    finally:
        findings.expect("deletes it", deployment.call("DELETE", path, token).status, 204)


def visit(deployment: Deployment, findings: Findings, path: str, token: str | None, seconds: float) -> None:
    """What the queue and the worker do: the page of a wish, which is here one of the deployment's own and new each time."""
    page = f"{deployment.url}/docs?smoke={time.time_ns()}"
    added = deployment.call("POST", path, token, {"url": page})
    if not findings.expect("adds an item", (added.status, member(added, "status")), (201, "pending")):
        return
    ended = time.monotonic() + seconds
    while True:
        found = deployment.call("GET", f"{path}/{member(added, 'id')}", token)
        seen = (found.status, member(found, "status"))
        if seen in VISITED or time.monotonic() + PAUSE_SECONDS > ended:
            findings.expect("its page is visited", seen, seen if seen in VISITED else VISITED)
            return
        time.sleep(PAUSE_SECONDS)


def member(answer: Answer, name: str) -> str | None:
    """A member of what was answered, where that is an object that has it."""
    document = answer.json()
    return document.get(name) if isinstance(document, dict) else None


def arguments() -> argparse.Namespace:
    """What follows the name of the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="where the deployment answers")
    parser.add_argument("--contract", type=Path, help="the `openapi.json` of the commit that was deployed, to be compared")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="how long it may take until it is healthy, and a visit"
    )
    settings = parser.parse_args()
    if urlsplit(settings.url).scheme not in ("http", "https"):
        parser.error(f"`{settings.url}` is no address; write it like `https://api.example.com`")
    if settings.contract and not settings.contract.is_file():
        parser.error(f"there is no `{settings.contract}`")
    return settings


if __name__ == "__main__":
    sys.exit(main())
