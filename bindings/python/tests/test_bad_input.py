"""Wrong arguments are told by name, before anything is sent, and leave nothing held."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import smart_wishlist as s
from smart_wishlist import AsyncWishlists, Wishlists

ID = UUID("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")

Call = Callable[[Any], object]

WRONG_TYPES: list[tuple[Call, str]] = [
    (lambda w: w.find_wishlist(str(ID)), "`wishlist_id` is a `str`; expected a `uuid.UUID`"),
    (lambda w: w.find_wishlist(None), "`wishlist_id` is a `NoneType`; expected a `uuid.UUID`"),
    (lambda w: w.list_items(ID, limit="3"), "`limit` is a `str`; expected an `int`"),
    (lambda w: w.list_items(ID, limit=True), "`limit` is a `bool`; expected an `int`"),
    (lambda w: w.list_items(ID, state="active"), "`state` is a `str`; expected a `ListedState`"),
    (lambda w: w.list_items_pages(ID, limit=2.0), "`limit` is a `float`; expected an `int`"),
    (lambda w: w.list_wishlists(archived=0), "`archived` is a `int`; expected a `bool`"),
    (lambda w: w.list_wishlists(cursor=b"x"), "`cursor` is a `bytes`; expected a `str`"),
    (lambda w: w.list_prices(ID, ID, from_="2026-01-01"), "`from_` is a `str`; expected a `datetime.datetime`"),
    (lambda w: w.list_prices(ID, ID, to=datetime.datetime(2026, 1, 1)), "`to` is a `datetime` without a time zone"),
    (lambda w: w.create_wishlist({"name": "Birthday"}), "`body` is a `dict`; expected exactly a `NewWishlist`"),
    (lambda w: w.create_wishlist(s.WishlistDraft(name="x")), "`body` is a `WishlistDraft`; expected exactly a `New"),
    (lambda w: w.create_wishlist(s.NewWishlist(name=5)), "got `int`, at `body.name`"),  # type: ignore[arg-type]
    (lambda w: w.create_wishlist(s.NewWishlist(name="x"), key=7), "`key` is a `int`; expected a `str`"),
    (lambda w: w.delete_wishlist(ID, if_version="2"), "`if_version` is a `str`; expected an `int`"),
    (lambda w: w.as_user(5), "`name` is a `int`; expected a `str`"),
]

WRONG_BODIES: list[tuple[Callable[[], s.NewWishlist], str]] = [
    (lambda: s.NewWishlist(name="x", event_date=datetime.datetime.now()), "body.event_date"),
    (lambda: s.NewWishlist(name="x", event_date="soon"), "body.event_date"),  # type: ignore[arg-type]
    (lambda: s.NewWishlist(name="x", description=object()), "the type `object`"),  # type: ignore[arg-type]
    (
        lambda: s.NewWishlist(name="x", claim_policy=s.ClaimPolicyDraft(reveal_at=datetime.datetime(2026, 1, 1))),
        "timezone component, at `body.claim_policy.reveal_at`",
    ),
    (lambda: s.NewWishlist(name="\ud800"), "surrogates not allowed"),
]


@pytest.mark.parametrize(("call", "expected"), WRONG_TYPES)
def test_a_wrong_type_is_told_by_the_argument_s_name(alice: Wishlists, call: Call, expected: str) -> None:
    with pytest.raises(TypeError) as raised:
        call(alice)
    assert expected in str(raised.value)
    assert alice.list_wishlists().items == ()


@pytest.mark.parametrize(("body", "expected"), WRONG_BODIES)
def test_a_wrong_member_is_told_by_its_place(
    alice: Wishlists, body: Callable[[], s.NewWishlist], expected: str
) -> None:
    with pytest.raises(TypeError, match="^`body` ") as raised:
        alice.create_wishlist(body())
    assert expected in str(raised.value)


def test_a_missing_argument_is_told(alice: Wishlists) -> None:
    with pytest.raises(TypeError, match="'wishlist_id'"):
        alice.find_wishlist()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'body'"):
        alice.add_item(ID)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="name"):
        s.NewWishlist()  # type: ignore[call-arg]


def test_a_wrong_value_is_told_by_the_server_s_rules(alice: Wishlists) -> None:
    with pytest.raises(s.Invalid) as raised:
        alice.create_wishlist(s.NewWishlist(name=""))
    error = raised.value
    assert (error.code, error.status, error.retry_after) == ("invalid", 400, None)
    assert [field.pointer for field in error.fields] == ["/name"] and error.fields[0].detail
    assert error.request_id
    birthday = alice.create_wishlist(s.NewWishlist(name="Birthday"))
    for amount in [Decimal("NaN"), Decimal("Infinity"), Decimal("-1"), Decimal("0.001")]:
        with pytest.raises(s.Invalid) as raised:
            alice.add_item(birthday.id, s.ItemDraft(title="x", price=s.Money(amount=amount, currency=s.Currency.EUR)))
        assert [field.pointer for field in raised.value.fields] == ["/price/amount"]
    with pytest.raises(s.Invalid, match="`if_version` is -1"):
        alice.delete_wishlist(birthday.id, if_version=-1)
    for name in ["", "al ice"]:
        with pytest.raises(s.Invalid, match="`name`"):
            alice.as_user(name)


def test_an_exact_amount_is_sent_whatever_its_form(alice: Wishlists) -> None:
    birthday = alice.create_wishlist(s.NewWishlist(name="Birthday"))
    for amount in ["1E+3", "1000", "1000.0"]:
        price = s.Money(amount=Decimal(amount), currency=s.Currency.EUR)
        item = alice.add_item(birthday.id, s.ItemDraft(title="Bicycle", price=price))
        assert item.price and item.price.amount == 1000 and isinstance(item.price.amount, Decimal)


OPENINGS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"path": 5}, TypeError, "`path` is a `int`"),
    ({"path": b"x"}, TypeError, "`path` is a `bytes`"),
    ({"path": "x\0y"}, s.Invalid, "`path`"),
    ({"visits": 1}, TypeError, "`visits` is a `int`"),
    ({"visits_at_once": 0}, s.Invalid, "`visits_at_once` is 0"),
    ({"visits_at_once": "8"}, TypeError, "`visits_at_once` is a `str`"),
    ({"private_addresses": None}, TypeError, "`private_addresses` is a `NoneType`"),
    ({"refresh_every": "1h"}, TypeError, "`refresh_every` is a `str`"),
    ({"refresh_every": -1}, s.Invalid, "`refresh_every` is -1"),
    ({"refresh_every": float("nan")}, s.Invalid, "`refresh_every` is nan"),
]


@pytest.mark.parametrize("of", [Wishlists, AsyncWishlists])
@pytest.mark.parametrize(("arguments", "kind", "expected"), OPENINGS)
def test_what_opens_nothing_is_told(
    path: Path, of: Any, arguments: dict[str, Any], kind: type[Exception], expected: str
) -> None:
    with pytest.raises(kind) as raised:
        of.open(**{"path": path, **arguments})
    assert expected in str(raised.value)
    assert not path.exists()


CONNECTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"url": 5}, TypeError, "`url` is a `int`"),
    ({"url": "wishlist.example"}, s.Invalid, "wishlist.example"),
    ({"url": "ftp://wishlist.example"}, s.Invalid, "ftp"),
    ({"url": ""}, s.Invalid, ""),
    ({"timeout": "5"}, TypeError, "`timeout` is a `str`"),
    ({"timeout": 0}, s.Invalid, "`timeout` is 0"),
    ({"timeout": float("inf")}, s.Invalid, "`timeout` is inf"),
    ({"tries": 0}, s.Invalid, "`tries` is 0"),
    ({"tries": 2.0}, TypeError, "`tries` is a `float`"),
    ({"session": "{}"}, s.Invalid, "`session`"),
    ({"session": {}}, TypeError, "`session` is a `dict`"),
    ({"root_certificates": "x"}, TypeError, "`root_certificates` is a `str`"),
    ({"root_certificates": b"x"}, s.Invalid, "certificate"),
]


@pytest.mark.parametrize("of", [Wishlists, AsyncWishlists])
@pytest.mark.parametrize(("arguments", "kind", "expected"), CONNECTIONS)
def test_what_connects_to_nothing_is_told(
    of: Any, arguments: dict[str, Any], kind: type[Exception], expected: str
) -> None:
    with pytest.raises(kind) as raised:
        of.connect(**{"url": "https://wishlist.example", **arguments})
    assert expected in str(raised.value)


def test_people_of_a_server_sign_in() -> None:
    with Wishlists.connect("https://wishlist.example") as wishlists, pytest.raises(s.Invalid, match="sign_in"):
        wishlists.as_user("alice")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for place in [Path("/proc/none/wishlists.db"), tmp_path]:
        with pytest.raises(s.WishlistError) as raised:
            Wishlists.open(place)
        assert isinstance(raised.value, (s.Unavailable, s.Invalid)) and str(place) in str(raised.value)


def test_a_file_of_another_kind_or_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    other, newer = tmp_path / "other.db", tmp_path / "newer.db"
    other.write_text("this is no database, though it is long enough to be looked at")
    Wishlists.open(newer).close()
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for place in [other, newer]:
        held = place.read_bytes()
        for _ in range(2):
            with pytest.raises(s.Invalid, match=place.name):
                Wishlists.open(place)
        assert place.read_bytes() == held
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    # No lock is left behind by the openings that failed.
    with sqlite3.connect(newer, timeout=0) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.rollback()
    connection.close()


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example/", "\ud800"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(s.Invalid, match="`url`"):
        s.extract("<title>Kettle</title>", url)


def test_what_is_no_text_is_refused() -> None:
    calls: list[tuple[Callable[..., object], tuple[object, ...], str]] = [
        (s.extract, (5, "https://shop.example/"), "`html` is a `int`"),
        (s.extract, ("", 5), "`url` is a `int`"),
        (s.parse_price, (19.99,), "`text` is a `float`"),
        (s.parse_price, ("19", 5), "`language` is a `int`"),
    ]
    for call, arguments, expected in calls:
        with pytest.raises(TypeError) as raised:
            call(*arguments)
        assert expected in str(raised.value)
