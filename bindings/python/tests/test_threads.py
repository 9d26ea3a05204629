"""Any thread may call."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from smart_wishlist import AsyncWishlists, ItemDraft, NewWishlist, Wishlists


def test_many_threads_share_one(path: Path) -> None:
    with Wishlists.open(path, visits=False) as wishlists, ThreadPoolExecutor(8) as pool:
        alice = wishlists.as_user("alice")
        birthday = alice.create_wishlist(NewWishlist(name="Birthday"))

        def add(number: int) -> str | None:
            return alice.add_item(birthday.id, ItemDraft(title=f"Wish {number}")).title

        titles = list(pool.map(add, range(64)))
        assert titles == [f"Wish {number}" for number in range(64)]
        listed = [item.title for item in alice.list_items_pages(birthday.id, limit=10).items()]
        assert sorted(map(str, listed)) == sorted(map(str, titles))


def test_loops_of_several_threads_share_one(path: Path) -> None:
    wishlists = AsyncWishlists.open(path, visits=False)

    async def work(name: str) -> int:
        own = wishlists.as_user(name)
        await asyncio.gather(*(own.create_wishlist(NewWishlist(name=f"{number}")) for number in range(10)))
        return len([wishlist async for wishlist in own.list_wishlists_pages(limit=3).items()])

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda name: asyncio.run(work(name)), ["alice", "bob", "carol", "dave"]))
    assert counts == [10, 10, 10, 10]
    asyncio.run(wishlists.close())


def test_several_that_have_the_file_open_see_each_other(path: Path) -> None:
    with Wishlists.open(path) as one, Wishlists.open(path) as other:
        made = one.as_user("alice").create_wishlist(NewWishlist(name="Birthday"))
        assert other.as_user("alice").find_wishlist(made.id) == made
        one.close()
        other.as_user("alice").create_wishlist(NewWishlist(name="Another"))
