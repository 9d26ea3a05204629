"""What the tests stand on: a file of wishlists, a shop, and servers that misbehave."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from smart_wishlist import Wishlists

BINDINGS = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wishlists.db"


@pytest.fixture
def wishlists(path: Path) -> Iterator[Wishlists]:
    with Wishlists.open(path, visits=False) as wishlists:
        yield wishlists


@pytest.fixture
def alice(wishlists: Wishlists) -> Wishlists:
    return wishlists.as_user("alice")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="session")
def shop() -> Iterator[str]:
    """The base URL of a small shop: the one that is told of, or one of our own."""
    told = os.environ.get("WISHLIST_TEST_SHOP")
    if told:
        yield told.rstrip("/")
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(BINDINGS / "shop")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
