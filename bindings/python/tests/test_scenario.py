"""The scenario that is the same in every language."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
import scenario

from smart_wishlist import AsyncWishlists, Wishlists

SERVER = os.environ.get("WISHLIST_TEST_SERVER")
remote = pytest.mark.skipif(SERVER is None, reason="WISHLIST_TEST_SERVER names no server")


def test_embedded(path: Path, shop: str) -> None:
    with Wishlists.open(path, private_addresses=True) as wishlists:
        assert asyncio.run(scenario.run(scenario.Embedded(wishlists), shop)) > 0


def test_embedded_async(path: Path, shop: str) -> None:
    async def run() -> int:
        async with AsyncWishlists.open(path, private_addresses=True) as wishlists:
            return await scenario.run(scenario.Embedded(wishlists), shop)

    assert asyncio.run(run()) > 0


@remote
def test_remote(shop: str) -> None:
    people = scenario.Remote(lambda: Wishlists.connect(str(SERVER)))
    assert asyncio.run(scenario.run(people, shop)) > 0


@remote
def test_remote_async(shop: str) -> None:
    people = scenario.Remote(lambda: AsyncWishlists.connect(str(SERVER)))
    assert asyncio.run(scenario.run(people, shop)) > 0


def test_a_step_that_is_not_met_fails() -> None:
    """The runner itself: what differs is seen."""
    for value, expected in [({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ([1], [1, 2]), (1, True), ({}, [])]:
        with pytest.raises(AssertionError):
            scenario.assert_part("here", value, expected)
    assert scenario.filled(["{a}", "x/{a}", "{b}"], {"a": 7}) == [7, "x/7", "{b}"]
