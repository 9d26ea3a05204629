"""Wishlists for your program: embedded in the process, on one file, or those of a server.

>>> from smart_wishlist import Wishlists
>>> with Wishlists.connect("https://wishlist.example") as wishlists:  # doctest: +SKIP
...     wishlists.find_health().status
'ok'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import (
    Closed,
    Conflict,
    Forbidden,
    Internal,
    Invalid,
    InvalidAnswer,
    NotFound,
    RateLimited,
    RefusedField,
    Stale,
    Timeout,
    Unauthenticated,
    Unavailable,
    WishlistError,
)
from ._generated import models
from ._generated.models import *
from ._pages import AsyncPages, Page, Pages
from ._pure import ParsedPrice, extract, parse_price
from ._wishlists import Wishlists

if TYPE_CHECKING:
    from ._async_wishlists import AsyncWishlists

__all__ = [
    "AsyncPages",
    "AsyncWishlists",
    "Closed",
    "Conflict",
    "Forbidden",
    "Internal",
    "Invalid",
    "InvalidAnswer",
    "NotFound",
    "Page",
    "Pages",
    "ParsedPrice",
    "RateLimited",
    "RefusedField",
    "Stale",
    "Timeout",
    "Unauthenticated",
    "Unavailable",
    "WishlistError",
    "Wishlists",
    "extract",
    "models",
    "parse_price",
]
__all__ += models.__all__


def __getattr__(name: str) -> object:
    # asyncio takes longer to import than everything else here together, and most programs have no loop.
    if name == "AsyncWishlists":
        from ._async_wishlists import AsyncWishlists

        globals()[name] = AsyncWishlists
        return AsyncWishlists
    raise AttributeError(f"module `smart_wishlist` has no attribute `{name}`")
