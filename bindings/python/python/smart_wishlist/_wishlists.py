"""Wishlists for a program that waits."""

from __future__ import annotations

import os
from datetime import timedelta
from types import TracebackType
from typing import TypeVar

from . import _opened
from ._generated.operations import Operations
from ._wire import Request

T = TypeVar("T")


class Wishlists(_opened.Opened, Operations):
    """Wishlists in a file, with the whole engine in this process, or those of a server.

    Every method that calls waits for the answer; other threads run meanwhile, and any thread may call. Ends at the end of a
    ``with`` block or by `close`.
    """

    __slots__ = ()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        visits: bool = True,
        visits_at_once: int = 8,
        private_addresses: bool = False,
        refresh_every: float | timedelta | None = None,
    ) -> Wishlists:
        """Opens a file of wishlists, or makes it. Several processes may have it open.

        Calls are nobody's until `as_user` says whose, or somebody signs in. Without `visits` items stay `pending` until another
        process over the file visits their pages, `visits_at_once` at most at a time. `refresh_every` looks prices up again.
        `private_addresses` lets pages of this machine and of the networks around it be visited: whoever can add an item could
        then make this machine call the machines around it, so it is for development.

        Raises `Invalid` for a file that is not ours or is of a newer version, `Unavailable` for a place that cannot be written.
        """
        return cls(_opened.open_file(path, visits, visits_at_once, private_addresses, refresh_every), "file")

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        timeout: float | timedelta | None = None,
        tries: int | None = None,
        session: str | None = None,
        root_certificates: bytes | None = None,
    ) -> Wishlists:
        """Calls the server at `url`, such as ``https://wishlist.example``. Nothing is sent yet.

        A call may take `timeout` seconds, its `tries` included; without them a minute and five. `session` is what `session()`
        told, to go on with it. `root_certificates` (PEM) are trusted beside Mozilla's.

        Raises `Invalid` for what is no address of a server, no session or no certificate.
        """
        return cls(_opened.connect(url, timeout, tries, session, root_certificates), "server")

    def as_user(self, name: str) -> Wishlists:
        """The same wishlists, called as this person: a name of the program's own, which is not looked up anywhere.

        Raises `Invalid` for what is no user id, and for a server, where people sign in.
        """
        return type(self)(self._as_user(name), self._place)

    def close(self) -> None:
        """Takes no more calls, lets visits under way finish for up to eight seconds, and closes the file, for all that
        `as_user` made of it too. Again is the same."""
        self._native.close()

    def __enter__(self) -> Wishlists:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, request: Request[T]) -> T:
        return request.read(self._native.call(request.operation, request.parts))
