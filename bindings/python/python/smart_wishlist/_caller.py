"""What the generated methods call through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from ._wire import Request

T = TypeVar("T")


class Caller(ABC):
    """Calls and waits."""

    __slots__ = ()

    @abstractmethod
    def _call(self, request: Request[T]) -> T: ...


class AsyncCaller(ABC):
    """Calls and is awaited."""

    __slots__ = ()

    @abstractmethod
    async def _call(self, request: Request[T]) -> T: ...
