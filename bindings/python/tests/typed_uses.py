"""What a typed program writes; mypy and pyright read it in their strict modes, and nobody runs it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from smart_wishlist import (
    AsyncPages,
    AsyncWishlists,
    ExportedAccount,
    Item,
    ItemDraft,
    ItemPage,
    ListedSort,
    Money,
    NewWishlist,
    NotFound,
    Pages,
    Wishlist,
    Wishlists,
    extract,
    parse_price,
)

if TYPE_CHECKING:
    from typing_extensions import assert_type


def waits(wishlists: Wishlists) -> Decimal | None:
    with wishlists.as_user("alice") as alice:
        made = alice.create_wishlist(NewWishlist(name="Birthday", event_date=datetime.date(2027, 5, 14)))
        assert_type(made, Wishlist)
        assert_type(made.id, UUID)
        assert_type(made.created_at, datetime.datetime)
        assert_type(made.event_date, datetime.date | None)
        pages = alice.list_items_pages(made.id, sort=ListedSort.PRICE)
        assert_type(pages, Pages[ItemPage, Item])
        for page in pages:
            assert_type(page, ItemPage)
        for item in pages.items():
            assert_type(item, Item)
            assert_type(item.images, tuple[str, ...])
        try:
            price = alice.add_item(made.id, ItemDraft(url="https://shop.example/kettle"), key="once").price
        except NotFound as error:
            assert_type(error.code, str | None)
            assert_type(error.retry_after, float | None)
            return None
        assert_type(price, Money | None)
        assert_type(alice.remove_item(made.id, made.id, if_version=made.version), None)
        return price.amount if price else None


async def awaits(wishlists: AsyncWishlists) -> str | None:
    async with wishlists.as_user("alice") as alice:
        assert_type(alice, AsyncWishlists)
        pages = alice.list_items_pages(UUID(int=0))
        assert_type(pages, AsyncPages[ItemPage, Item])
        async for item in pages.items():
            assert_type(item, Item)
        for record in (await alice.export_me()).items:
            if isinstance(record, ExportedAccount):
                assert_type(record.account.user_id, str)
    preview = extract("<title>Kettle</title>", "https://shop.example/kettle")
    assert_type(preview.sources, dict[str, str])
    price = parse_price("19.99 €", language="de")
    return price.currency.value if price and price.currency else None


def mistakes(wishlists: Wishlists) -> None:
    # Each of these has to be found: an ignored error that is none is an error itself.
    wishlists.find_wishlist("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wishlists.list_items(UUID(int=0), sort="price")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wishlists.add_item(UUID(int=0))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ItemDraft(titel="Socks")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    wishlists.find_health().status = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
