"""Measures the Python package against what one would write without it: httpx, and pydantic for the same types.

    python bench/clients/python.py [http://127.0.0.1:3000]

Run it where `smart-wishlist`, `httpx` and `pydantic` are installed. With the address of a server that limits no calls
(`serve --calls-per-second 0`) it measures that as well. Both sides take turns, so that what else the machine does is shared by
both; it takes at most a minute.
"""

from __future__ import annotations

import datetime
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from smart_wishlist import Credentials, Currency, ItemBatch, ItemDraft, Money, NewAccount, NewWishlist, Wishlists

ITEMS = 50
ROUNDS = 12
# How long each side has in a round.
TURN_SECONDS = 0.7
PASSWORD = "correct horse battery staple"


class Wire(BaseModel):
    """The types of the contract as one writes them by hand."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class WireMoney(Wire):
    amount: Decimal
    currency: str


class WireItem(Wire):
    id: uuid.UUID
    wishlist_id: uuid.UUID
    title: str | None = None
    url: str | None = None
    note: str | None = None
    image_url: str | None = None
    images: list[str] | None = None
    brand: str | None = None
    site_name: str | None = None
    availability: str | None = None
    price: WireMoney | None = None
    list_price: WireMoney | None = None
    target_price: WireMoney | None = None
    quantity: int
    state: Literal["active", "received"]
    rank: str
    status: Literal["none", "pending", "ready", "failed"]
    sources: dict[str, Literal["user", "page"]]
    checked_at: datetime.datetime | None = None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    version: int


class WirePage(Wire):
    items: list[WireItem]
    next_cursor: str | None = None


def main() -> None:
    rows = [["", "smart-wishlist", "httpx and pydantic", "times"], ["import", f"{importing():.0f} ms", "", ""]]
    with tempfile.TemporaryDirectory() as directory:
        with Wishlists.open(Path(directory) / "wishlists.db", visits=False) as wishlists:
            alice = wishlists.as_user("alice")
            wishlist, _ = filled(alice)
            times = measured({"ours": lambda: alice.list_items(wishlist, limit=ITEMS)})["ours"]
            rows.append([f"embedded list_items of {ITEMS}, p50", f"{statistics.median(times) * 1e6:.0f} µs", "", ""])
    if len(sys.argv) > 1:
        rows += remote(sys.argv[1])
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def remote(url: str) -> list[list[str]]:
    """Calls a second of both sides, over one connection each."""
    person = Credentials(email=f"bench-{uuid.uuid4().hex}@example.com", password=PASSWORD)
    with Wishlists.connect(url) as server, httpx.Client(base_url=url) as plain:
        server.sign_up(NewAccount(email=person.email, password=PASSWORD))
        plain.headers["authorization"] = f"Bearer {server.sign_in(person).access_token}"
        wishlist, items = filled(server)
        listing, one = f"/v1/wishlists/{wishlist}/items?limit={ITEMS}", f"/v1/wishlists/{wishlist}/items/{items[0]}"

        def read(path: str, into: type[Wire]) -> Callable[[], Wire]:
            return lambda: into.model_validate_json(plain.get(path).raise_for_status().content)

        assert len(read(listing, WirePage)().items) == len(server.list_items(wishlist, limit=ITEMS).items) == ITEMS
        sides = {
            f"remote list_items of {ITEMS}": (lambda: server.list_items(wishlist, limit=ITEMS), read(listing, WirePage)),
            "remote find_item": (lambda: server.find_item(wishlist, items[0]), read(one, WireItem)),
        }
        rows = []
        for name, (ours, theirs) in sides.items():
            times = measured({"ours": ours, "theirs": theirs})
            rates = {side: len(of) / sum(of) for side, of in times.items()}
            ratio = rates["ours"] / rates["theirs"]
            rows.append([name, f"{rates['ours']:.0f} calls/s", f"{rates['theirs']:.0f} calls/s", f"{ratio:.2f}"])
        return rows


def measured(sides: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """The times of the calls of each side, in turns, without those of the first round."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(ROUNDS + 1):
        for side, call in sides.items():
            ends = time.perf_counter() + TURN_SECONDS
            while (start := time.perf_counter()) < ends:
                call()
                if turn:
                    times[side].append(time.perf_counter() - start)
    return times


def filled(alice: Wishlists) -> tuple[uuid.UUID, list[uuid.UUID]]:
    wishlist = alice.create_wishlist(NewWishlist(name="Birthday")).id
    price = Money(amount=Decimal("19.99"), currency=Currency.EUR)
    drafts = [ItemDraft(title=f"Wish {number}", note="The red one", price=price, quantity=2) for number in range(ITEMS)]
    added = alice.add_items(wishlist, ItemBatch(items=drafts)).results
    return wishlist, [result.item.id for result in added if result.item is not None]


def importing() -> float:
    """What the import takes beside what Python itself does, in milliseconds of wall time."""

    def wall(program: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return time.perf_counter() - start

    both = [(wall("import smart_wishlist"), wall("pass")) for _ in range(15)]
    return statistics.median(ours - alone for ours, alone in both) * 1e3


if __name__ == "__main__":
    main()
