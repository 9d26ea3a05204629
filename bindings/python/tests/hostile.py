"""A server that answers as it was told, whatever HTTP says."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

#: Writes an answer to a connection; called with the number of the request, from 0.
Behaviour = Callable[[socket.socket, int], None]

HEALTH = b'{"status":"ok"}'


def answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """A whole answer, or one that says another length."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", "connection: close", f"content-length: {size}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    return answer(status, body, "content-type: application/json", *headers, length=length)


class Hostile:
    """The server; it keeps the requests that it was sent."""

    def __init__(self, *answers: bytes | Behaviour) -> None:
        """The last answer is that of every later request."""
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def keys(self) -> list[str]:
        """The `Idempotency-Key` of each request."""
        found = [re.search(rb"(?im)^idempotency-key: *(\S+)", request) for request in self.requests]
        return [key[1].decode() for key in found if key]

    def __enter__(self) -> Hostile:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        # A thread that accepts is woken by this alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = read(connection)
                with self._lock:
                    number = len(self.requests)
                    self.requests.append(request)
                of = self._answers[min(number, len(self._answers) - 1)]
                if isinstance(of, bytes):
                    connection.sendall(of)
                else:
                    of(connection, number)
            except OSError:
                # Whoever asked is gone.
                return

    def drip(self, text: bytes, every: float) -> Behaviour:
        """An answer of one byte at a time."""

        def behave(connection: socket.socket, number: int) -> None:
            for at in range(len(text)):
                connection.sendall(text[at : at + 1])
                if self._ended.wait(every):
                    return

        return behave


def read(connection: socket.socket) -> bytes:
    """A whole request."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65536)
        if not part:
            return request
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    told = re.search(rb"(?im)^content-length: *(\d+)", head)
    while len(body) < (int(told[1]) if told else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def hang_up(connection: socket.socket, number: int) -> None:
    """No answer at all."""


def wait(seconds: float) -> Behaviour:
    """No answer for a while."""

    def behave(connection: socket.socket, number: int) -> None:
        time.sleep(seconds)

    return behave
