"""A server that fails, lies or stalls: a typed error or the right answer, in time, and never a second write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hostile import HEALTH, Behaviour, Hostile, answer, hang_up, json, wait

import smart_wishlist as s
from smart_wishlist import AsyncWishlists, NewWishlist, Wishlists

TIMEOUT = 2.0

WISHLIST = (
    b'{"id":"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f","name":"Birthday","claimPolicy":{"recipientSees":"none","giversSee":'
    b'"state","guestClaims":true},"itemCount":0,"archived":false,"role":"owner","createdAt":"2026-11-22T17:20:00.000Z",'
    b'"updatedAt":"2026-11-22T17:20:00.000Z","version":1}'
)
PROBLEM = (
    b'{"type":"about:blank","title":"x","status":%d,"detail":"it is so","code":"%s","requestId":"r-1","errors":[]}'
)


def problem(status: int, code: str, *headers: str) -> bytes:
    body = PROBLEM % (status, code.encode())
    return answer(f"{status} X", body, "content-type: application/problem+json", *headers)


def sync(url: str, call: Callable[[Any], Any]) -> Any:
    with Wishlists.connect(url, timeout=TIMEOUT, tries=3) as wishlists:
        return call(wishlists)


def awaited(url: str, call: Callable[[Any], Any]) -> Any:
    async def run() -> Any:
        async with AsyncWishlists.connect(url, timeout=TIMEOUT, tries=3) as wishlists:
            return await call(wishlists)

    return asyncio.run(run())


faces = pytest.mark.parametrize("face", [sync, awaited])


def slow(server: Hostile) -> Behaviour:
    return server.drip(json("200 OK", HEALTH + b" " * 500), 0.05)


FAILURES: list[tuple[str, bytes | Behaviour, type[s.WishlistError], dict[str, object]]] = [
    ("500", problem(500, "internal"), s.Internal, {"code": "internal", "status": 500, "request_id": "r-1"}),
    ("500 of a proxy", answer("500 X", b"<h1>Sorry</h1>", "content-type: text/html"), s.Internal, {"code": None}),
    ("502 of a proxy", answer("502 X", b"<h1>Sorry</h1>"), s.Unavailable, {"status": 502}),
    ("503", problem(503, "unavailable"), s.Unavailable, {"code": "unavailable"}),
    ("429", problem(429, "rate_limited", "retry-after: 30"), s.RateLimited, {"retry_after": 30.0, "status": 429}),
    ("half a body", json("200 OK", HEALTH[:8], length=200), s.WishlistError, {}),
    ("no answer", hang_up, s.Unavailable, {"status": None}),
    ("a late answer", wait(5), s.Timeout, {}),
    ("a redirect", answer("302 Found", b"", "location: https://other.example/"), s.InvalidAnswer, {"status": 302}),
    ("not JSON", json("200 OK", b"<h1>Hello</h1>"), s.InvalidAnswer, {}),
    ("half of JSON", json("200 OK", b'{"status":'), s.InvalidAnswer, {}),
    ("other JSON", json("200 OK", b'{"status":5}'), s.InvalidAnswer, {}),
    ("deep JSON", json("200 OK", b'{"x":' * 100_000), s.InvalidAnswer, {}),
    ("nothing", json("200 OK", b""), s.InvalidAnswer, {}),
    ("an unknown code", problem(409, "out_of_paper"), s.Conflict, {"code": "out_of_paper"}),
    ("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n", s.WishlistError, {"status": None}),
]


@faces
@pytest.mark.parametrize(("answers", "kind", "told"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
def test_a_failure_is_typed(
    face: Any, answers: bytes | Behaviour, kind: type[s.WishlistError], told: dict[str, object]
) -> None:
    start = time.monotonic()
    with Hostile(answers) as server, pytest.raises(kind) as raised:
        face(server.url, lambda wishlists: wishlists.find_health())
    assert time.monotonic() - start < TIMEOUT + 2
    assert type(raised.value) is not s.WishlistError
    for name, value in told.items():
        assert getattr(raised.value, name) == value, name


@faces
def test_a_slow_body_ends_at_the_timeout(face: Any) -> None:
    start = time.monotonic()
    server = Hostile(lambda connection, number: slow(server)(connection, number))
    with server, pytest.raises(s.Timeout) as raised:
        face(server.url, lambda wishlists: wishlists.find_health())
    assert isinstance(raised.value, TimeoutError)
    assert time.monotonic() - start < TIMEOUT + 2


PASSING: list[tuple[str, bytes | Behaviour]] = [
    ("500", problem(500, "internal")),
    ("503", problem(503, "unavailable")),
    ("429", problem(429, "rate_limited", "retry-after: 1")),
    ("half a body", json("201 Created", WISHLIST[:40], length=len(WISHLIST))),
    ("no answer", hang_up),
]


@faces
@pytest.mark.parametrize("first", [row[1] for row in PASSING], ids=[row[0] for row in PASSING])
def test_a_write_that_is_tried_again_is_the_same_write(face: Any, first: bytes | Behaviour) -> None:
    """What may have been done is asked for under the same key, which tells the server that it is one write."""
    with Hostile(first, json("201 Created", WISHLIST)) as server:
        try:
            made = face(server.url, lambda wishlists: wishlists.create_wishlist(NewWishlist(name="Birthday")))
            assert made.name == "Birthday"
        except s.Internal:
            assert len(server.requests) == 1
        assert len(server.keys()) == len(server.requests) and len(set(server.keys())) == 1


@faces
def test_a_write_without_a_key_is_sent_once(face: Any) -> None:
    account = s.NewAccount(email="alice@example.com", password="correct horse")
    with Hostile(hang_up) as server:
        with pytest.raises(s.WishlistError):
            face(server.url, lambda wishlists: wishlists.sign_up(account))
        assert len(server.requests) == 1


@faces
def test_a_key_of_one_s_own_is_sent(face: Any) -> None:
    with Hostile(json("201 Created", WISHLIST)) as server:
        face(server.url, lambda wishlists: wishlists.create_wishlist(NewWishlist(name="x"), key="once"))
        assert server.keys() == ["once"]


@faces
def test_a_version_is_sent(face: Any) -> None:
    with Hostile(answer("204 No Content", b"")) as server:
        one = UUID("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")
        assert face(server.url, lambda wishlists: wishlists.delete_wishlist(one, if_version=3)) is None
        assert b'if-match: "3"' in server.requests[0].lower()


def test_a_listing_without_an_end_is_broken_off() -> None:
    with Hostile(json("200 OK", b'{"items":[],"nextCursor":"again"}')) as server:
        with pytest.raises(s.InvalidAnswer, match="no end"):
            sync(server.url, lambda wishlists: list(wishlists.list_wishlists_pages()))
        assert len(server.requests) == 2
        with pytest.raises(s.InvalidAnswer, match="no end"):
            awaited(server.url, lambda wishlists: collected(wishlists.list_wishlists_pages()))


async def collected(pages: Any) -> list[Any]:
    return [page async for page in pages]
