"""What needs neither a file nor a server."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smart_wishlist import Availability, Currency, Money, PageKind, ParsedPrice, extract, parse_price

PAGE = """<!doctype html><meta charset="{charset}"><title>Kettle</title><script type="application/ld+json">{{"@context":
"https://schema.org","@type":"Product","name":"Kessel für Tee","image":["https://shop.example/a.jpg"],"offers":
{{"@type":"Offer","price":"19.99","priceCurrency":"EUR","availability":"https://schema.org/InStock"}}}}</script>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_page_is_read(charset: str) -> None:
    text = PAGE.format(charset=charset)
    # A text is what it says, whatever encoding the page once was in; bytes are in that of the page.
    pages: list[str | bytes] = [text, text.encode(charset)]
    for page in pages:
        preview = extract(page, "https://shop.example/kettle")
        assert preview.kind is PageKind.PRODUCT
        assert preview.product.title == "Kessel für Tee"
        assert preview.product.price == Money(amount=Decimal("19.99"), currency=Currency.EUR)
        assert preview.product.availability is Availability.IN_STOCK
        assert preview.product.images == ("https://shop.example/a.jpg",)
        assert preview.sources["price"] == "json_ld"


@pytest.mark.parametrize("page", ["", b"", b"\x00\xff\xfe", "\ud800", "<" * 10_000])
def test_any_page_is_read(page: str | bytes) -> None:
    assert extract(page, "https://shop.example/").product.price is None


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.299,00 €", None, ParsedPrice(amount=Decimal("1299.00"), currency=Currency.EUR)),
        ("kr 100", "da", ParsedPrice(amount=Decimal("100"), currency=Currency.DKK)),
        ("19.99", None, ParsedPrice(amount=Decimal("19.99"))),
        ("sold out", None, None),
        ("", None, None),
    ],
)
def test_a_price_is_read(text: str, language: str | None, expected: ParsedPrice | None) -> None:
    assert parse_price(text, language) == expected
