"""Measures the package and prints a line for each figure; judges nothing.

    python bench/clients/embedded.py
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from smart_wishlist import AsyncWishlists, Currency, ItemBatch, ItemDraft, Money, NewWishlist, Wishlists

CALLS = 2000


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "wishlists.db"
        with Wishlists.open(path, visits=False) as wishlists:
            alice = wishlists.as_user("alice")
            birthday = filled(alice)
            assert len(alice.list_items(birthday, limit=50).items) == 50
            told("list_items of 50 typed items", lambda: alice.list_items(birthday, limit=50))
            told("find_wishlist", lambda: alice.find_wishlist(birthday))
        asyncio.run(awaited(path, birthday))
    for name, program in [("import smart_wishlist", "import smart_wishlist"), ("python alone", "pass")]:
        walls = [wall(program) for _ in range(20)]
        print(f"{name}: p50 {statistics.median(walls) * 1e3:.1f} ms wall, the whole process")


def filled(alice: Wishlists) -> UUID:
    birthday = alice.create_wishlist(NewWishlist(name="Birthday")).id
    price = Money(amount=Decimal("19.99"), currency=Currency.EUR)
    drafts = [
        ItemDraft(title=f"Wish {number}", note="The red one", price=price, image_url="https://shop.example/a.jpg", quantity=2)
        for number in range(50)
    ]
    alice.add_items(birthday, ItemBatch(items=drafts))
    return birthday


async def awaited(path: Path, birthday: UUID) -> None:
    async with AsyncWishlists.open(path, visits=False) as wishlists:
        alice, times = wishlists.as_user("alice"), []
        for _ in range(CALLS):
            start = time.perf_counter()
            await alice.list_items(birthday, limit=50)
            times.append(time.perf_counter() - start)
        show("list_items of 50 typed items, awaited", times)


def told(name: str, call: Callable[[], object]) -> None:
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    show(name, times)


def show(name: str, times: list[float]) -> None:
    parts = statistics.quantiles(times, n=100)
    print(f"{name}: p50 {statistics.median(times) * 1e6:.0f} µs, p99 {parts[98] * 1e6:.0f} µs")


def wall(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
