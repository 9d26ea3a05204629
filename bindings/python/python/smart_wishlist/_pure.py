"""What needs neither a file nor a server."""

from __future__ import annotations

from decimal import Decimal

from . import _native, _wire
from ._generated.models import Currency, ProductPreview
from ._model import Answer
from ._wire import Reader


class ParsedPrice(Answer, frozen=True, kw_only=True):
    """The price that a text names."""

    amount: Decimal
    """The exact amount."""
    currency: Currency | None = None
    """The currency, where the text or its language tells it."""


_PREVIEW = Reader(ProductPreview)
_PRICE: Reader[ParsedPrice | None] = Reader(ParsedPrice | None)  # type: ignore[arg-type]


def extract(html: str | bytes, url: str) -> ProductPreview:
    """What a product's page says, by its HTML and its address. Bytes are read in the encoding that the page names.

    Raises `Invalid` for a `url` that is no absolute ``https`` or ``http`` address.
    """
    if not isinstance(html, (str, bytes)):
        raise TypeError(f"`html` is a `{type(html).__name__}`; expected a `str` or `bytes`")
    page = html if isinstance(html, bytes) else html.encode("utf-8-sig", "replace")
    return _PREVIEW.read(_native.extract(page, _wire.text("url", url)))


def parse_price(text: str, language: str | None = None) -> ParsedPrice | None:
    """The price that a short text names, such as ``1.299,00 €``; None where there is none.

    `language` (``de-CH``) tells the currency where the text does not.
    """
    if language is not None:
        _wire.text("language", language)
    return _PRICE.read(_native.parse_price(_wire.text("text", text), language))
