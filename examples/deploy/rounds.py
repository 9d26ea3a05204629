"""What a deployment does beside the walk: every operation, what comes of lost messages and of a day, and deletions.

Each role does all its kinds of work here, which is what the record of their calls is made from.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from events import ASKED, deliver, request, tick
from expecting import expect, expect_some
from functions import Function
from later import age, lose, records, spend
from resources import CODE, RESET_CODE, Deployment
from shop import Shop

# Whatever can be due is due behind it: the next visit of a page, and the end of one that nobody watches.
DAY = timedelta(hours=25)

# Behind it the sweeper makes up for a message, and the item is not given up yet.
HOUR = timedelta(hours=1)

# A named call is answered the same when it is made again, and is kept with its answer: another write than a call without.
NAMES = (None, "named")

# How often the queue is asked for what is left; each time for two seconds.
MOST_BATCHES = 20

Ask = Callable[..., dict]


def rounds(deployment: Deployment, functions: dict[str, Function], link: str, token: str) -> None:
    """All of it, for who has walked and for another person."""
    api, worker = functions["api"], functions["worker"]
    alice = partial(request, api, token=token)
    bob = partial(request, api, token=account(api))
    print("They make lists, and change what is in them:")
    wishlists = [made(alice, name) for name in NAMES]
    for name in NAMES:
        change(alice, wishlists, f"{link}/{name}", name)
    watched = watch(alice, bob, wishlists[0], link)
    drain(deployment, worker)
    for ask, item in watched:
        settle(deployment, worker, ask, item)
    read(alice, wishlists)
    lower(deployment, functions, watched)
    visited = place(watched[0][1])
    copy(alice, visited, wishlists[1])
    refuse(deployment, alice, wishlists[0], link)
    refresh(deployment, worker, alice, visited)
    lack(deployment, functions, alice, wishlists, link)
    leave(deployment, worker, alice, link, ("one", "two"))
    leave(deployment, worker, bob, link, ("one",))
    expect_nothing(deployment, functions)
    expect_every_operation()


def account(api: Function) -> str:
    """An account whose code is mailed twice, that is signed out of, and whose password is forgotten."""
    print("Another person signs up, signs out, and forgets the password:")
    ask = partial(request, api, "POST")
    person = {"email": "bob@example.com", "password": "Correct-horse-8-battery"}
    ask("/v1/auth/sign-up", body=person)
    ask("/v1/auth/resend-code", body={"email": person["email"]})
    ask("/v1/auth/confirm", body={"email": person["email"], "code": CODE})
    session = ask("/v1/auth/sign-in", body=person)
    session = ask("/v1/auth/refresh", body={"refreshToken": session["refreshToken"]})
    ask("/v1/auth/sign-out", session["accessToken"])
    ask("/v1/auth/forgot-password", body={"email": person["email"]})
    person["password"] = "Correct-horse-9-battery"
    reset = {"email": person["email"], "code": RESET_CODE, "newPassword": person["password"]}
    ask("/v1/auth/reset-password", body=reset)
    token = ask("/v1/auth/sign-in", body=person)["accessToken"]
    for name in ("Bob", "Robert"):
        request(api, "PUT", "/v1/me", token, {"name": name})
    return token


def made(ask: Ask, name: str | None) -> str:
    """The path of a new list."""
    ask("GET", "/v1/wishlists")
    wishlist = ask("POST", "/v1/wishlists", body={"name": "Wedding"}, key=name)
    if name:
        again = ask("POST", "/v1/wishlists", body={"name": "Wedding"}, key=name)
        expect(again["id"], wishlist["id"])
    path = f"/v1/wishlists/{wishlist['id']}"
    ask("PUT", path, body={"name": "Wedding in May"})
    ask("GET", path)
    return path


def change(ask: Ask, wishlists: list[str], link: str, name: str | None) -> None:
    """What can be done to items of the first list, each call by this name."""
    wishlist, other = wishlists
    calls = iter(range(100))
    post = lambda path, body=None: ask("POST", path, body=body, key=name and f"{name}-{next(calls)}")
    elsewhere = {"wishlistId": other.rpartition("/")[2]}
    item = post(f"{wishlist}/items", {"url": f"{link}/1"})
    typed = post(f"{wishlist}/items", {"title": "Socks"})
    post(f"{wishlist}/items/batch", {"items": [{"url": f"{link}/2"}, {"url": f"{link}/3"}, {"title": "Hat"}]})
    post(f"{wishlist}/items/batch", {"items": [{"title": "Scarf"}]})
    post("/v1/products/preview", {"url": f"{link}/4"})
    post(f"{place(typed)}/place", {"before": item["id"]})
    for one in (item, typed):
        post(f"{place(one)}/receive")
        post(f"{place(one)}/restore")
        post(f"{place(one)}/copy", elsewhere)
        post(f"{place(one)}/copy", {"wishlistId": one["wishlistId"]})
        one = post(f"{place(one)}/move", elsewhere)
        ask("PUT", place(one), body={"title": "Another"})
        ask("PUT", place(one), body={"url": f"{link}/5"})
        ask("PUT", place(one), body={"url": f"{link}/6"})
        post(f"{place(one)}/refresh")
        ask("DELETE", place(one))


def read(ask: Ask, wishlists: list[str]) -> None:
    """What can be read, page by page too."""
    ask("GET", "/v1/me")
    ask("GET", "/v1/me/export")
    ask("GET", "/v1/wishlists?archived=true")
    ask("GET", "/v1/wishlists?limit=1")
    for wishlist in wishlists:
        ask("GET", f"{wishlist}/items?limit=1")
        ask("GET", f"{wishlist}/items?sort=price&state=all")
    item = ask("GET", f"{wishlists[0]}/items?status=ready")["items"][0]
    ask("GET", f"{place(item)}?wait=1")
    ask("GET", f"{place(item)}/prices")


def watch(alice: Ask, bob: Ask, wishlist: str, link: str) -> list[tuple[Ask, dict]]:
    """Items of two people with the same page, and one with a page of its own. Returns who has which."""
    his = made(bob, None)
    # Unlike 127.0.0.1, this address of the same machine is visited as politely as any host's.
    polite = f"{link}/polite".replace("127.0.0.1", "0.0.0.0")
    bob("POST", "/v1/products/preview", body={"url": polite})
    pages = [(alice, wishlist, f"{link}/shared"), (bob, his, f"{link}/shared"), (bob, his, polite)]
    return [(ask, ask("POST", f"{of}/items", body={"url": url})) for ask, of, url in pages]


def lower(deployment: Deployment, functions: dict[str, Function], watched: list[tuple[Ask, dict]]) -> None:
    """A page that changes is visited without anybody asking, and all of its items are told."""
    print("The shop lowers the price, a day passes, and everybody is told:")
    Shop.price = "34.50"
    age(deployment, DAY)
    expect_some(tick(functions["sweep"]))
    drain(deployment, functions["worker"])
    for ask, item in watched:
        expect(ask("GET", place(item))["price"]["amount"], Shop.price)


def copy(ask: Ask, item: str, other: str) -> None:
    """Unlike the copy of what is pending, this one holds the page to what was read of it."""
    print("An item whose page was visited is copied:")
    for name in NAMES:
        ask("POST", f"{item}/copy", body={"wishlistId": other.rpartition("/")[2]}, key=name and f"{name}-copy")


def refuse(deployment: Deployment, ask: Ask, wishlist: str, link: str) -> None:
    """A named batch is written down before it is made; one that is refused is forgotten again."""
    print("Nobody asks for more visits in an hour than they may:")
    ask("POST", "/v1/products/preview", body={"url": link})
    spend(deployment)
    ask("POST", f"{wishlist}/items/batch", body={"items": [{"url": f"{link}/refused"}]}, key="refused", refused=429)


def refresh(deployment: Deployment, worker: Function, ask: Ask, item: str) -> None:
    """A page is visited again where that was not done just now."""
    print("Somebody asks for a page again, a day later and at once:")
    for name in NAMES:
        age(deployment, DAY)
        ask("POST", f"{item}/refresh", key=name)
        drain(deployment, worker)
        ask("POST", f"{item}/refresh", key=name and f"{name}-soon")


def lack(deployment: Deployment, functions: dict[str, Function], ask: Ask, wishlists: list[str], link: str) -> None:
    """Messages are hints: what they were of is done without them, later."""
    print("Messages are lost, of an item and of a list that goes; the schedule makes up for them:")
    added = ask("POST", f"{wishlists[0]}/items", body={"url": f"{link}/lost"})
    ask("DELETE", wishlists[1])
    expect_some(lose(deployment))
    age(deployment, HOUR)
    expect_some(tick(functions["sweep"]))
    drain(deployment, functions["worker"])
    settle(deployment, functions["worker"], ask, added)


def leave(deployment: Deployment, worker: Function, ask: Ask, link: str, names: tuple[str, ...]) -> None:
    """A person leaves, with so many named calls kept and a page asked for within the hour."""
    print("A person has everything deleted:")
    for name in names:
        ask("POST", "/v1/wishlists", body={"name": "Last"}, key=name)
    ask("POST", "/v1/products/preview", body={"url": link})
    ask("DELETE", "/v1/me")
    drain(deployment, worker)


def drain(deployment: Deployment, worker: Function) -> None:
    """Delivers messages until there are none."""
    while deliver(deployment, worker, wait_seconds=0):
        pass


def settle(deployment: Deployment, worker: Function, ask: Ask, item: dict) -> None:
    """Delivers messages until an item is ready: of two with one page at once, one waits some seconds for the other's visit."""
    for _ in range(MOST_BATCHES):
        if ask("GET", place(item))["status"] != "pending":
            break
        deliver(deployment, worker)
    expect(ask("GET", place(item))["status"], "ready")


def expect_nothing(deployment: Deployment, functions: dict[str, Function]) -> None:
    """Days later only marks of who left and the lanes of hosts are there."""
    for _ in range(2):
        age(deployment, DAY)
        tick(functions["sweep"])
        drain(deployment, functions["worker"])
    left = {record["PK"]["S"].partition("#")[0] for record in records(deployment)}
    expect(sorted(left - {"IDEMPOTENCY", "RATE"}), ["HOST", "USER"])


def expect_every_operation() -> None:
    """Ends the rounds where the contract has an operation under `/v1` that nobody asked for."""
    paths = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())["paths"]
    operations = {
        (method.upper(), path): operation["operationId"]
        for path, methods in paths.items()
        if path.startswith("/v1/")
        for method, operation in methods.items()
    }
    asked = {(method, re.sub(r"[0-9a-f-]{36}", "{}", path)) for method, path in ASKED}
    missing = [name for (method, path), name in operations.items() if (method, re.sub(r"{\w+}", "{}", path)) not in asked]
    if missing:
        raise RuntimeError(f"nobody asked for `{'`, `'.join(missing)}`; add what does to `rounds.py`")
    print(f"  {len(operations)} operations were asked for")


def place(item: dict) -> str:
    """The path of an item."""
    return f"/v1/wishlists/{item['wishlistId']}/items/{item['id']}"
