"""What every type of the contract is made of."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

import msgspec


class Draft(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """What is only sent."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False):
    """What is answered, and perhaps sent as well. Members of a newer server are left out.

    Nothing frozen refers back to what holds it, so the collector of cycles need not look: a page of 50 items is a quarter quicker.
    """


class Hidden:
    """Of a type with secrets: they are sent and never shown."""

    __slots__ = ()
    _secrets: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self, /) -> list[tuple[str, Any]]:
        fields: tuple[str, ...] = getattr(self, "__struct_fields__")
        members = [(name, getattr(self, name)) for name in fields]
        return [(name, _HIDDEN if name in self._secrets and of is not None else of) for name, of in members]


class _Shown:
    """What stands where a secret is."""

    def __repr__(self) -> str:
        return "'…'"


_HIDDEN = _Shown()


class Word(str, enum.Enum):
    """One of several words. A word of a newer server is a member without a name of its own."""

    @classmethod
    def _missing_(cls, value: object) -> Word | None:
        if not isinstance(value, str):
            return None
        # It is not kept: what a server makes up would fill the memory.
        word = str.__new__(cls, value)
        word._name_ = value
        word._value_ = value
        return word

    @property
    def is_known(self) -> bool:
        """Whether this version knows the word."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, form: str) -> str:
        return str.__format__(self, form)


class Union:
    """One of several objects. One of a newer server is an `Unlisted`."""

    __slots__ = ()
    _tag: ClassVar[str]
    _variants: ClassVar[dict[str, type[Any]]]
    _unlisted: ClassVar[type[Any]]


def read_union(of: type[Any], plain: Any) -> Any:
    """What msgspec does not read by itself: an object by the word in one of its members."""
    if not issubclass(of, Union):
        raise NotImplementedError(f"`{of}` is no type of the contract")
    try:
        members: dict[str, Any] = msgspec.convert(plain, dict[str, Any])
        word: str = msgspec.convert(members.get(of._tag), str)
    except msgspec.ValidationError as error:
        raise ValueError(f"expected an object with the member `{of._tag}`") from error
    variant = of._variants.get(word)
    if variant is None:
        return of._unlisted(kind=word, members=members)
    return msgspec.convert(plain, variant, dec_hook=read_union)


def unite(of: type[Union], tag: str, variants: dict[str, type[Any]], unlisted: type[Any]) -> None:
    """Says what the objects of a union are."""
    of._tag, of._variants, of._unlisted = tag, variants, unlisted
