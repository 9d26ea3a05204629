"""What goes wrong: one class for each thing that a caller can do about it."""

from __future__ import annotations

from typing import NamedTuple


class RefusedField(NamedTuple):
    """A field that was refused."""

    pointer: str
    """Where it is in the body, a JSON pointer such as `/price/amount`; `/limit` for a parameter."""
    detail: str
    """What was expected."""


class WishlistError(Exception):
    """A call that failed. Its class says what to do, its text says what happened."""

    code: str | None
    """The server's code, such as `not_found`; None where no server of this API answered."""
    status: int | None
    """The status of the answer, if there was one."""
    request_id: str | None
    """The name of the request, to be told to whoever runs the server."""
    fields: tuple[RefusedField, ...]
    """The fields that were refused."""
    retry_after: float | None
    """How many seconds the server asks to wait."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        fields: tuple[RefusedField, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.request_id = request_id
        self.fields = fields
        self.retry_after = retry_after


class Invalid(WishlistError):
    """Correct what was sent: `fields` names it."""


class Unauthenticated(WishlistError):
    """Sign in."""


class Forbidden(WishlistError):
    """It is not for this caller."""


class NotFound(WishlistError):
    """There is no such record, or it is somebody else's."""


class Conflict(WishlistError):
    """It does not go with what is there; `code` says more."""


class Stale(WishlistError):
    """The record was changed since it was read: read it again."""


class RateLimited(WishlistError):
    """Too many calls: wait for `retry_after`."""


class Unavailable(WishlistError):
    """It cannot be done at the moment; every safe try was made."""


class Timeout(WishlistError, TimeoutError):
    """The deadline passed. What became of a call that changes something is not known."""


class Internal(WishlistError):
    """The server failed: tell whoever runs it the `request_id`."""


class InvalidAnswer(WishlistError):
    """What answered is not this API: a redirect, a page of a proxy, a body that is none or too large."""


class Closed(WishlistError):
    """It was closed, or opened before this process was forked: open it again, after the fork."""


_KINDS: dict[str, type[WishlistError]] = {
    of.__name__: of
    for of in (
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Stale,
        RateLimited,
        Unavailable,
        Timeout,
        Internal,
        InvalidAnswer,
        Closed,
    )
}


def of_failure(
    kind: str,
    message: str,
    code: str | None,
    status: int | None,
    request_id: str | None,
    fields: list[tuple[str, str]],
    retry_after: float | None,
) -> WishlistError:
    """The exception of a failure; the native module calls this."""
    refused = tuple(RefusedField(pointer, detail) for pointer, detail in fields)
    of = _KINDS.get(kind, WishlistError)
    return of(message, code=code, status=status, request_id=request_id, fields=refused, retry_after=retry_after)
