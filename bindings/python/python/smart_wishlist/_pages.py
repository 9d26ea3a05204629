"""Listings, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from ._errors import InvalidAnswer
from ._wire import Request


class Page(Protocol):
    """One page of a listing."""

    @property
    def items(self) -> tuple[Any, ...]:
        """What it holds."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next one begins; None on the last."""
        ...


PageT = TypeVar("PageT", bound=Page)
ItemT = TypeVar("ItemT")


class _Walk(Generic[PageT]):
    """What is asked for, page by page."""

    __slots__ = ("_ask", "_cursor", "_first")

    def __init__(self, ask: Callable[[str | None], Request[PageT]], cursor: str | None) -> None:
        self._ask = ask
        self._cursor = cursor
        # Wrong arguments are told here, and not when the first page is asked for.
        self._first = ask(cursor)

    def _next(self, page: PageT, cursor: str | None) -> str | None:
        following = page.next_cursor
        if following is not None and following == cursor:
            message = "the server's `nextCursor` is the cursor that was sent; the listing would have no end"
            raise InvalidAnswer(message)
        return following


class Pages(_Walk[PageT], Generic[PageT, ItemT]):
    """All pages of a listing, each asked for when it is come to. It can be walked more than once."""

    __slots__ = ("_call",)

    def __init__(
        self,
        call: Callable[[Request[PageT]], PageT],
        ask: Callable[[str | None], Request[PageT]],
        cursor: str | None,
    ) -> None:
        super().__init__(ask, cursor)
        self._call = call

    def __iter__(self) -> Iterator[PageT]:
        request, cursor = self._first, self._cursor
        while True:
            page = self._call(request)
            cursor = self._next(page, cursor)
            yield page
            if cursor is None:
                return
            request = self._ask(cursor)

    def items(self) -> Iterator[ItemT]:
        """What the pages hold, one by one."""
        for page in self:
            yield from page.items


class AsyncPages(_Walk[PageT], Generic[PageT, ItemT]):
    """All pages of a listing, each asked for when it is come to. It can be walked more than once."""

    __slots__ = ("_call",)

    def __init__(
        self,
        call: Callable[[Request[PageT]], Awaitable[PageT]],
        ask: Callable[[str | None], Request[PageT]],
        cursor: str | None,
    ) -> None:
        super().__init__(ask, cursor)
        self._call = call

    async def __aiter__(self) -> AsyncIterator[PageT]:
        request, cursor = self._first, self._cursor
        while True:
            page = await self._call(request)
            cursor = self._next(page, cursor)
            yield page
            if cursor is None:
                return
            request = self._ask(cursor)

    async def items(self) -> AsyncIterator[ItemT]:
        """What the pages hold, one by one."""
        async for page in self:
            for item in page.items:
                yield item
