"""Wishlists for a program with an event loop of asyncio."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from types import TracebackType
from typing import TypeVar

from . import _opened
from ._generated.async_operations import AsyncOperations
from ._wire import Request

T = TypeVar("T")


class AsyncWishlists(_opened.Opened, AsyncOperations):
    """Wishlists in a file, with the whole engine in this process, or those of a server.

    Every method that calls is awaited, on any loop; to cancel the task gives the call up, and what became of one that changes
    something is then not known. Ends at the end of an ``async with`` block or by `close`.
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
    ) -> AsyncWishlists:
        """Opens a file of wishlists, or makes it, as `Wishlists.open` does. It waits for the disk, once."""
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
    ) -> AsyncWishlists:
        """Calls the server at `url`, as `Wishlists.connect` does. Nothing is sent yet, and nothing is waited for."""
        return cls(_opened.connect(url, timeout, tries, session, root_certificates), "server")

    def as_user(self, name: str) -> AsyncWishlists:
        """The same wishlists, called as this person: a name of the program's own, which is not looked up anywhere.

        Raises `Invalid` for what is no user id, and for a server, where people sign in.
        """
        return type(self)(self._as_user(name), self._place)

    async def close(self) -> None:
        """Takes no more calls, lets visits under way finish for up to eight seconds, and closes the file, for all that
        `as_user` made of it too. Again is the same."""
        await asyncio.to_thread(self._native.close)

    async def __aenter__(self) -> AsyncWishlists:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, request: Request[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()

        def settle(reply: bytes | None, error: Exception | None) -> None:
            if future.done():
                return
            if reply is not None:
                future.set_result(reply)
            elif error is not None:
                future.set_exception(error)

        def done(reply: bytes | None, error: Exception | None) -> None:
            try:
                loop.call_soon_threadsafe(settle, reply, error)
            except RuntimeError:
                # The loop was closed, so nobody waits any more.
                pass

        started = None
        try:
            started = self._native.start(request.operation, request.parts, done)
            reply = await future
        except BaseException:
            future.cancel()
            if started is not None:
                started.cancel()
            raise
        return request.read(reply)
