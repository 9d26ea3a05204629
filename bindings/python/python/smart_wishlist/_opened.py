"""What wishlists for any kind of program have in common."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Literal

from ._native import Wishlists
from ._errors import Invalid
from ._wire import count, duration, expect, text


class Opened:
    """Wishlists that were opened or connected."""

    __slots__ = ("_native", "_place")
    _native: Wishlists
    _place: Literal["file", "server"]

    def __init__(self, native: Wishlists, place: Literal["file", "server"]) -> None:
        """Not to be called: `open` and `connect` are."""
        self._native = expect("native", native, Wishlists)
        self._place = place

    def session(self) -> str | None:
        """The tokens of who signed in, to be kept as a secret and handed to `connect` later; None where nobody is."""
        return self._native.session()

    def _as_user(self, name: str) -> Wishlists:
        return self._native.as_user(text("name", name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a {self._place}>"


def open_file(
    path: str | os.PathLike[str],
    visits: bool,
    visits_at_once: int,
    private_addresses: bool,
    refresh_every: float | timedelta | None,
) -> Wishlists:
    """Opens a file, by arguments that are judged here."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise TypeError(f"`path` is a `{type(path).__name__}`; expected a `str` or a `pathlib.Path`")
    if "\0" in os.fspath(path):
        raise Invalid("`path` holds a NUL; expected the name of a file")
    expect("visits", visits, bool)
    expect("private_addresses", private_addresses, bool)
    at_once = count("visits_at_once", visits_at_once)
    return Wishlists.open(path, visits, at_once, private_addresses, duration("refresh_every", refresh_every))


def connect(
    url: str,
    timeout: float | timedelta | None,
    tries: int | None,
    session: str | None,
    root_certificates: bytes | None,
) -> Wishlists:
    """Calls a server, by arguments that are judged here."""
    if session is not None:
        text("session", session)
    if root_certificates is not None:
        expect("root_certificates", root_certificates, bytes)
    if tries is not None:
        count("tries", tries)
    return Wishlists.connect(
        text("url", url), duration("timeout", timeout), tries, session, root_certificates
    )
