"""What goes over the wire: arguments are judged and written, answers are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import msgspec

from . import _native
from ._errors import Invalid, InvalidAnswer
from ._model import Word, read_union

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_write = msgspec.json.Encoder().encode


class Reader(Generic[T_co]):
    """Reads JSON as a type. What that needs is made once, when it is first read: not by who only imports this."""

    __slots__ = ("_decode", "_of")

    def __init__(self, of: type[T_co] | None) -> None:
        self._of = of
        self._decode: Callable[[bytes], Any] | None = None

    def read(self, text: bytes) -> T_co:
        """The value; msgspec's errors for what is none."""
        decode = self._decode
        if decode is None:
            decode = self._decode = msgspec.json.Decoder(self._of, dec_hook=read_union).decode
        value: T_co = decode(text)
        return value


class Request(Generic[T_co]):
    """A call that can be sent: its parts are judged and written."""

    __slots__ = ("_answer", "operation", "parts")

    def __init__(
        self,
        operation: _native.Operation,
        answer: Reader[T_co] | None,
        path: tuple[str, ...],
        query: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        key: str | None = None,
        version: int | None = None,
    ) -> None:
        self.operation = operation
        self._answer = answer
        self.parts = (path, query, body, key, version)

    def read(self, reply: bytes) -> T_co:
        """The answer that a reply holds."""
        if self._answer is None:
            return None  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        try:
            return self._answer.read(reply)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            message = f"the answer to `{self.operation.name}` is not as the contract says: {error}"
            raise InvalidAnswer(message) from error


def body(value: object, of: type[Any], reader: Reader[Any]) -> bytes:
    """A body as JSON, of exactly this type down to the last member."""
    if type(value) is not of:
        raise _unexpected("body", value, f"exactly a `{of.__name__}`")
    try:
        plain = msgspec.to_builtins(value, builtin_types=(Decimal,), enc_hook=_unknown)
        text = _write(_written(plain))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TypeError(f"`body` cannot be written as JSON: {error}") from error
    try:
        reader.read(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TypeError(f"`body` is no `{of.__name__}` that can be sent: {_in_python(str(error))}") from error
    return text


def _in_python(told: str) -> str:
    """What msgspec says of a place such as `$.items[3].imageUrl`, by the names that they have here."""
    said, at, place = told.rpartition(" - at `$")
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in place)
    return f"{said}, at `body{snake}" if at else told


def _unknown(value: object) -> Any:
    raise TypeError(f"nothing in it may be of the type `{type(value).__name__}`")


def _written(plain: Any) -> Any:
    """With decimals as digits: `Decimal("1E+3")` is `1000` in the contract."""
    if isinstance(plain, dict):
        return {name: _written(value) for name, value in cast("dict[str, object]", plain).items()}
    if isinstance(plain, (list, tuple)):
        return [_written(value) for value in cast("list[object]", plain)]
    return format(plain, "f") if isinstance(plain, Decimal) else plain


def text(name: str, value: object) -> str:
    """An argument that is a text."""
    if not isinstance(value, str):
        raise _unexpected(name, value, "a `str`")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Invalid(f"`{name}` is no text that can be sent: {error}") from error
    return value


def boolean(name: str, value: object) -> str:
    """An argument that is true or false."""
    if not isinstance(value, bool):
        raise _unexpected(name, value, "a `bool`")
    return "true" if value else "false"


def integer(name: str, value: object) -> str:
    """An argument that is a whole number."""
    return str(whole(name, value))


def whole(name: str, value: object) -> int:
    """The same as a number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unexpected(name, value, "an `int`")
    return value


def identity(name: str, value: object) -> str:
    """An argument that is a UUID."""
    if not isinstance(value, UUID):
        raise _unexpected(name, value, "a `uuid.UUID`")
    return str(value)


def moment(name: str, value: object) -> str:
    """An argument that is a moment."""
    if not isinstance(value, datetime):
        raise _unexpected(name, value, "a `datetime.datetime` with a time zone")
    if value.utcoffset() is None:
        raise TypeError(f"`{name}` is a `datetime` without a time zone; expected one with it, such as `timezone.utc`")
    try:
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError as error:
        raise Invalid(f"`{name}` is `{value}`, which is no year of UTC") from error


def day(name: str, value: object) -> str:
    """An argument that is a day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _unexpected(name, value, "a `datetime.date`")
    return value.isoformat()


def word(name: str, value: object, of: type[Word]) -> str:
    """An argument that is one of several words."""
    if not isinstance(value, of):
        raise _unexpected(name, value, f"a `{of.__name__}`")
    return str(value)


def key(value: object) -> str | None:
    """The name of a call, if it is given one."""
    return None if value is None else text("key", value)


def version(value: object) -> int | None:
    """The version that a record must have, if that is said."""
    if value is None:
        return None
    number = whole("if_version", value)
    if not 0 <= number < 2**63:
        raise Invalid(f"`if_version` is {number}; expected the `version` of the record as it was read")
    return number


def query(*parameters: tuple[str, str] | None) -> tuple[tuple[str, str], ...]:
    """The parameters that are there."""
    return tuple(parameter for parameter in parameters if parameter is not None)


def expect(name: str, value: object, of: type[T], article: str = "a") -> T:
    """An argument that has to be of a type, and is not a bool in place of a number."""
    if not isinstance(value, of) or (isinstance(value, bool) and of is not bool):
        raise _unexpected(name, value, f"{article} `{of.__name__}`")
    return value


def duration(name: str, value: object) -> timedelta | None:
    """A span of time, in seconds or as it is."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, timedelta)):
        raise _unexpected(name, value, "seconds or a `datetime.timedelta`")
    try:
        span = value if isinstance(value, timedelta) else timedelta(seconds=value)
    except (OverflowError, ValueError) as error:
        raise Invalid(f"`{name}` is {value}: {error}") from error
    if span <= timedelta():
        raise Invalid(f"`{name}` is {value}; expected more than no time")
    return span


def count(name: str, value: object) -> int:
    """A number of things, at least one."""
    number = whole(name, value)
    if not 1 <= number < 2**31:
        raise Invalid(f"`{name}` is {number}; expected at least 1 and less than 2147483648")
    return number


def _unexpected(name: str, value: object, expected: str) -> TypeError:
    # Its value is not shown: it may be a secret in a wrong place.
    return TypeError(f"`{name}` is a `{type(value).__name__}`; expected {expected}")
