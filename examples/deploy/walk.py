"""Deploys the program to an emulator of AWS, and takes a person from sign-up to an item that is filled in, or serves.

Creates what a deployment stands on, starts the three roles, each under a Runtime API of its own, and stands in for what
calls them on AWS: API Gateway, the queue's event source and a schedule. Ends by itself, and takes its processes along.
"""

import argparse
import secrets
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError
from events import deliver, request, tick
from expecting import expect
from functions import Function
from gateway import open_gateway
from resources import CODE, Deployment, create
from rounds import rounds
from shop import TITLE, open_shop

# The walk takes seconds.
MOST_SECONDS = 180

# The rounds take a quarter of a minute, and machines differ.
MOST_SECONDS_OF_ROUNDS = 600

# Who forgets that it serves is not served for ever.
MOST_SECONDS_SERVED = 1800

# The schedule on AWS is every minute; nobody here waits that long.
TICK_SECONDS = 5

# How often the queue is asked; each time for two seconds.
MOST_BATCHES = 20

ROLES = ("api", "worker", "sweep")


def main() -> None:
    """All steps, in order."""
    settings = arguments()
    # Ctrl-C, SIGTERM and the end of the time leave as an error does: what was started is ended.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, interrupt)
    most = MOST_SECONDS_OF_ROUNDS if settings.rounds else MOST_SECONDS
    signal.alarm(MOST_SECONDS_SERVED if settings.serve else most)
    with ExitStack() as at_the_end:
        print(f"What a deployment stands on, at {settings.endpoint}:")
        deployment = create(settings.endpoint, settings.program, secrets.token_hex(4), settings.endpoint_of.get("create-table", {}))
        shop, link = open_shop()
        at_the_end.callback(shop.server_close)
        at_the_end.callback(shop.shutdown)
        # The shop is on this machine, which is what a visitor must otherwise never reach.
        environment = deployment.environment | {"WISHLIST_ALLOW_PRIVATE_ADDRESSES": "true"}
        logs = Path(at_the_end.enter_context(TemporaryDirectory()))
        print("Three functions from one program, by their handlers: api, worker, sweep")
        functions = {}
        for role in ROLES:
            functions[role] = Function(settings.program, role, environment | settings.endpoint_of.get(role, {}), logs)
            at_the_end.callback(functions[role].stop)
        if settings.serve:
            serve(deployment, functions)
        else:
            token = walk(deployment, functions, link)
            if settings.rounds:
                rounds(deployment, functions, link, token)


def serve(deployment: Deployment, functions: dict[str, Function]) -> None:
    """Answers clients by HTTP, delivers messages and ticks, until it is ended."""
    gateway, url = open_gateway(functions["api"])
    ended = threading.Event()

    def deliveries():
        while not ended.is_set():
            try:
                deliver(deployment, functions["worker"])
            except (RuntimeError, TimeoutError, BotoCoreError, ClientError) as error:
                # The messages come again, as they do on AWS.
                print(f"a batch was not delivered: {error}", file=sys.stderr, flush=True)
                ended.wait(1)

    threading.Thread(target=deliveries, daemon=True).start()
    print(f"The code of every mail: {CODE}")
    print(f"serving {url}", flush=True)
    try:
        while not ended.wait(TICK_SECONDS):
            tick(functions["sweep"])
    finally:
        ended.set()
        gateway.shutdown()


def walk(deployment: Deployment, functions: dict[str, Function], link: str) -> str:
    """From sign-up to a filled item. Returns the person's token."""
    api, worker, sweep = functions["api"], functions["worker"], functions["sweep"]
    print("A person signs up, confirms their address and signs in, through API Gateway:")
    person = {"email": "alice@example.com", "password": "Correct-horse-7-battery"}
    request(api, "POST", "/v1/auth/sign-up", body=person)
    request(api, "POST", "/v1/auth/confirm", body={"email": person["email"], "code": CODE})
    token = request(api, "POST", "/v1/auth/sign-in", body=person)["accessToken"]
    print("They make a list and paste a link; the item is there at once, and pending:")
    wishlist = request(api, "POST", "/v1/wishlists", token, {"name": "Birthday"})
    items = f"/v1/wishlists/{wishlist['id']}/items"
    item = request(api, "POST", items, token, {"url": link})
    expect(item["status"], "pending")
    print("The message is delivered to the worker, which visits the page:")
    for _ in range(MOST_BATCHES):
        deliver(deployment, worker)
        item = request(api, "GET", f"{items}/{item['id']}", token)
        if item["status"] != "pending":
            break
    expect(item["status"], "ready")
    expect(item["title"], TITLE)
    print("The schedule ticks; no item is left that nobody was told of:")
    expect(f"{tick(sweep)} sent again", "0 sent again")
    price = item["price"]
    print(f"\n  {item['title']}  {price['amount']} {price['currency']}, {item['availability']}")
    return token


def interrupt(number: int, _) -> None:
    """Leaves as an error does."""
    raise SystemExit(f"ended by {signal.Signals(number).name}")


def arguments() -> argparse.Namespace:
    """What follows the name of the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", default="http://127.0.0.1:4566", help="where the emulator answers")
    parser.add_argument("--program", type=Path, required=True, help="the program, built with its feature `aws`")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--serve", action="store_true", help="answer clients by HTTP until it is ended, instead of the walk")
    instead.add_argument("--rounds", action="store_true", help="walk, and then do all else that the roles do")
    parser.add_argument(
        "--endpoint-of",
        action="append",
        default=[],
        metavar="ROLE=URL",
        help="where it answers `api`, `worker`, `sweep` or `create-table`, if elsewhere: a proxy that looks at their calls",
    )
    settings = parser.parse_args()
    settings.endpoint_of = dict(endpoint_of(parser, told) for told in settings.endpoint_of)
    settings.program = settings.program.resolve()
    if not settings.program.is_file():
        parser.error(f"there is no `{settings.program}`; `cargo build -p wishlist-service --features aws` makes it")
    return settings


def endpoint_of(parser: argparse.ArgumentParser, told: str) -> tuple[str, dict[str, str]]:
    """Who is told another endpoint, and how."""
    role, _, url = told.partition("=")
    if role not in (*ROLES, "create-table") or not url.startswith("http"):
        parser.error(f"`{told}` is no role and its endpoint; write it like `api=http://127.0.0.1:4567`")
    return role, {"AWS_ENDPOINT_URL": url}


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, TimeoutError, BotoCoreError, ClientError) as error:
        sys.exit(str(error))
