"""Runs `bindings/scenario.json`: calls and what is expected of them, the same in every language.

Nothing here is about one operation. A call's arguments get the types that its method's annotations name.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_type_hints

import msgspec

from smart_wishlist import AsyncWishlists, Credentials, MailedCode, NewAccount, WishlistError, Wishlists

SCENARIO: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "scenario.json").read_text("utf-8"))["steps"]
PASSWORD = "correct horse battery staple"

T = TypeVar("T")


class People(Protocol):
    """Who calls, by name; None for nobody."""

    async def find(self, name: str | None) -> Any: ...


class Embedded:
    """People of the program's own."""

    def __init__(self, wishlists: Wishlists | AsyncWishlists) -> None:
        self._wishlists = wishlists

    async def find(self, name: str | None) -> Any:
        return self._wishlists if name is None else self._wishlists.as_user(name)


class Remote:
    """People who signed up at a server."""

    def __init__(self, connect: Callable[[], Wishlists | AsyncWishlists]) -> None:
        self._connect = connect
        self._known: dict[str | None, Wishlists | AsyncWishlists] = {}

    async def find(self, name: str | None) -> Any:
        if name not in self._known:
            self._known[name] = wishlists = self._connect()
            if name is not None:
                email = f"{name}-{secrets.token_hex(8)}@example.com"
                await awaited(wishlists.sign_up(NewAccount(email=email, password=PASSWORD)))
                if code := os.environ.get("WISHLIST_TEST_CODE"):
                    await awaited(wishlists.confirm_sign_up(MailedCode(email=email, code=code)))
                await awaited(wishlists.sign_in(Credentials(email=email, password=PASSWORD)))
        return self._known[name]


async def run(people: People, shop: str) -> int:
    """Runs all steps; the number of them."""
    kept: dict[str, Any] = {"shop": shop}
    for number, step in enumerate(SCENARIO):
        where = f"step {number}, {step['says']}"
        try:
            answer = await call(await people.find(step.get("as")), filled(step, kept))
        except WishlistError as error:
            assert "error" in step, f"{where}: {error!r}"
            expect_error(where, error, step["error"])
            continue
        assert "error" not in step, f"{where}: {answer}"
        expect(where, answer, filled(step, kept))
        for name, pointer in step.get("keep", {}).items():
            kept[name] = found(answer, pointer)
    return len(SCENARIO)


async def call(wishlists: Wishlists | AsyncWishlists, step: dict[str, Any]) -> Any:
    """Calls what a step names; the answer as it was on the wire."""
    method = getattr(wishlists, step["call"] + ("_pages" if step.get("pages") else ""))
    hints, arguments = get_type_hints(method), {}
    for name, value in {**step.get("path", {}), **step.get("query", {})}.items():
        # Names of the language have a `_` behind.
        parameter = next(of for of in (snake(name), snake(name) + "_") if of in hints)
        arguments[parameter] = msgspec.convert(value, hints[parameter])
    if "body" in step:
        arguments["body"] = msgspec.convert(step["body"], hints["body"])
    if "key" in step:
        arguments["key"] = step["key"]
    if "version" in step:
        arguments["if_version"] = step["version"]
    answer = method(**arguments)
    if step.get("pages"):
        items = answer.items()
        answer = [item async for item in items] if isinstance(items, AsyncIterator) else list(items)
    return msgspec.json.decode(msgspec.json.encode(await awaited(answer)))


async def awaited(value: T | Awaitable[T]) -> T:
    return await value if inspect.isawaitable(value) else value


def expect(where: str, answer: Any, step: dict[str, Any]) -> None:
    if "answer" in step:
        assert_part(where, answer, step["answer"])
    if step.get("items") == "any":
        assert isinstance(answer, list) and answer, where
    elif "items" in step:
        assert_part(where, answer, step["items"])


def expect_error(where: str, error: WishlistError, expected: dict[str, Any]) -> None:
    told: dict[str, Any] = {"kind": type(error).__name__, "code": error.code, "status": error.status}
    if "pointers" in expected:
        told["pointers"] = [field.pointer for field in error.fields]
    assert_part(where, told, expected)


def assert_part(where: str, value: Any, expected: Any) -> None:
    """Objects by what is expected of them, arrays element by element, all else as it is."""
    if isinstance(expected, dict):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        for name, of in expected.items():
            assert name in value, f"{where}: `{name}` is missing in {value}"
            assert_part(f"{where}/{name}", value[name], of)
    elif isinstance(expected, list):
        assert isinstance(value, list) and len(value) == len(expected), f"{where}: {value!r}, expected {expected!r}"
        for at, (one, of) in enumerate(zip(value, expected, strict=True)):
            assert_part(f"{where}/{at}", one, of)
    else:
        assert value == expected and type(value) is type(expected), f"{where}: {value!r}, expected {expected!r}"


def filled(value: Any, kept: dict[str, Any]) -> Any:
    """With what was kept in place of its name."""
    if isinstance(value, dict):
        return {name: filled(of, kept) for name, of in value.items()}
    if isinstance(value, list):
        return [filled(of, kept) for of in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\{(\w+)\}", value)
    if whole and whole[1] in kept:
        return kept[whole[1]]
    return re.sub(r"\{(\w+)\}", lambda found: str(kept.get(found[1], found[0])), value)


def found(value: Any, pointer: str) -> Any:
    """What is at a JSON pointer."""
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part.replace("~1", "/").replace("~0", "~")]
    return value


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name).replace("-", "_")
