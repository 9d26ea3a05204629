"""What is made in Rust. Only the face calls it, with arguments that it judged."""

from collections.abc import Callable
from datetime import timedelta
from os import PathLike
from typing import final

_Parts = tuple[tuple[str, ...], tuple[tuple[str, str], ...], bytes | None, str | None, int | None]

@final
class Operation:
    def __new__(
        cls,
        name: str,
        method: str,
        *,
        signed: bool = False,
        idempotent: bool = False,
        conditional: bool = False,
    ) -> Operation: ...
    @property
    def name(self) -> str: ...

@final
class Started:
    def cancel(self) -> None: ...

@final
class Wishlists:
    @staticmethod
    def open(
        path: str | PathLike[str],
        visits: bool,
        visits_at_once: int,
        private_addresses: bool,
        refresh_every: timedelta | None,
    ) -> Wishlists: ...
    @staticmethod
    def connect(
        url: str,
        timeout: timedelta | None,
        tries: int | None,
        session: str | None,
        root_certificates: bytes | None,
    ) -> Wishlists: ...
    def as_user(self, name: str) -> Wishlists: ...
    def call(self, operation: Operation, parts: _Parts) -> bytes: ...
    def start(
        self, operation: Operation, parts: _Parts, done: Callable[[bytes | None, Exception | None], object]
    ) -> Started: ...
    def session(self) -> str | None: ...
    def close(self) -> None: ...

def extract(html: bytes, url: str) -> bytes: ...
def parse_price(text: str, language: str | None) -> bytes: ...
