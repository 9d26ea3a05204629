"""A newer server has more words, more members and more kinds of objects: what it says is still understood."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID

import pytest
from hostile import Hostile, json

from smart_wishlist import (
    Availability,
    Currency,
    ExportedAccount,
    ExportedUnlisted,
    Item,
    ItemState,
    ItemStatus,
    Wishlists,
)

ITEM = (
    b'{"id":"0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1b","wishlistId":"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f","quantity":1,'
    b'"state":"lent","rank":"a","status":"ready","sources":{"title":"oracle","colour":"page"},"colour":{"red":[1]},'
    b'"createdAt":"2026-11-22T17:20:00.000Z","updatedAt":"2026-11-22T17:20:00+01:00","version":1,'
    b'"availability":"soon","price":{"amount":"19.99","currency":"XTS"}}'
)


def test_words_and_members_that_are_not_known_are_no_fault() -> None:
    with Hostile(json("200 OK", b'{"items":[' + ITEM + b']}')) as server:
        with Wishlists.connect(server.url) as wishlists:
            item = wishlists.list_items(UUID("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")).items[0]
    assert isinstance(item, Item) and item.status is ItemStatus.READY and item.status.is_known
    assert item.state == "lent" and isinstance(item.state, ItemState) and not item.state.is_known
    assert item.availability == "soon" and item.sources.title == "oracle"
    assert item.price and item.price.currency == "XTS" and isinstance(item.price.currency, Currency)
    assert item.created_at.utcoffset() is not None
    assert f"{item.state}" == "lent" and "lent" in repr(item)
    assert not hasattr(item, "colour")
    with pytest.raises(AttributeError):
        item.quantity = 2  # type: ignore[misc]


def test_a_word_that_is_not_known_is_a_value_like_the_others() -> None:
    word = Availability("soon")
    assert word == Availability("soon") and hash(word) == hash("soon") and word in {"soon"}
    assert copy.deepcopy(word) == pickle.loads(pickle.dumps(word)) == word
    assert "soon" not in [of.value for of in Availability], "it is kept"
    assert Availability("inStock") is Availability.IN_STOCK and str(Availability.IN_STOCK) == "inStock"
    assert {Availability.IN_STOCK: 1}["inStock"] == 1  # type: ignore[index]
    with pytest.raises(ValueError):
        Availability(5)


def test_an_object_of_a_kind_that_is_not_known_is_kept_whole() -> None:
    account = b'{"kind":"account","account":{"userId":"alice","version":1},"createdAt":"2026-11-22T17:20:00.000Z"}'
    unknown = b'{"kind":"drawing","strokes":[1,2]}'
    with Hostile(json("200 OK", b'{"items":[' + account + b"," + unknown + b"]}")) as server:
        with Wishlists.connect(server.url) as wishlists:
            first, second = wishlists.export_me_pages().items()
    assert isinstance(first, ExportedAccount) and first.account.user_id == "alice"
    assert isinstance(second, ExportedUnlisted) and second.kind == "drawing" and second.members["strokes"] == [1, 2]
