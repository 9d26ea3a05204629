"""Opened, closed, forked, interrupted, given up: nothing hangs, nothing stays held."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import smart_wishlist as s
from smart_wishlist import AsyncWishlists, NewWishlist, Wishlists


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_what_was_closed_says_so_and_the_file_can_be_opened_again(path: Path) -> None:
    for number in range(3):
        with Wishlists.open(path) as wishlists:
            alice = wishlists.as_user("alice")
            alice.create_wishlist(NewWishlist(name="Birthday"))
            assert len(alice.list_wishlists().items) == number + 1
        calls: list[Callable[[], object]] = [alice.find_me, wishlists.find_health, lambda: wishlists.as_user("bob")]
        for late in calls:
            with pytest.raises(s.Closed, match="open it again"):
                late()
        wishlists.close()
        alice.close()


def test_what_was_closed_says_so_to_a_task_too(path: Path) -> None:
    async def run() -> None:
        async with AsyncWishlists.open(path) as wishlists:
            await wishlists.as_user("alice").create_wishlist(NewWishlist(name="Birthday"))
        with pytest.raises(s.Closed):
            await wishlists.find_health()
        await wishlists.close()

    asyncio.run(run())
    with Wishlists.open(path) as wishlists:
        assert len(wishlists.as_user("alice").list_wishlists().items) == 1


def test_a_call_that_waits_while_it_is_closed_ends(silent: str) -> None:
    wishlists = Wishlists.connect(silent, timeout=30)
    threading.Timer(0.2, wishlists.close).start()
    start = time.monotonic()
    with pytest.raises(s.WishlistError):
        wishlists.find_health()
    assert time.monotonic() - start < 15


def test_a_task_that_waits_while_it_is_closed_ends(silent: str) -> None:
    async def run() -> None:
        wishlists = AsyncWishlists.connect(silent, timeout=30)
        call = asyncio.create_task(wishlists.find_health())
        await asyncio.sleep(0.2)
        await wishlists.close()
        with pytest.raises(s.Closed):
            await asyncio.wait_for(call, 15)

    asyncio.run(run())


def test_a_cancelled_task_gives_the_call_up(silent: str, path: Path) -> None:
    async def run() -> None:
        wishlists = AsyncWishlists.connect(silent, timeout=30)
        call = asyncio.create_task(wishlists.find_health())
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(wishlists.find_health(), 0.1)
        await wishlists.close()
        async with AsyncWishlists.open(path) as embedded:
            alice = embedded.as_user("alice")
            calls = [asyncio.create_task(alice.create_wishlist(NewWishlist(name="Birthday"))) for _ in range(20)]
            await asyncio.sleep(0)
            for of in calls[::2]:
                of.cancel()
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            assert sum(isinstance(outcome, s.Wishlist) for outcome in outcomes) >= 10
            assert len((await alice.list_wishlists()).items) >= 10

    asyncio.run(run())
    with Wishlists.open(path) as wishlists:
        wishlists.as_user("alice").create_wishlist(NewWishlist(name="Birthday"))


def test_a_loop_that_ended_is_no_fault_of_the_next_one(silent: str, path: Path) -> None:
    wishlists = AsyncWishlists.open(path)

    async def leave() -> None:
        asyncio.get_running_loop().create_task(wishlists.find_health())

    async def ask() -> s.Health:
        return await wishlists.find_health()

    for _ in range(5):
        asyncio.run(leave())
        assert asyncio.run(ask()).status == "ok"
    asyncio.run(wishlists.close())


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_a_call_that_waits_is_interrupted(silent: str) -> None:
    wishlists = Wishlists.connect(silent, timeout=30)
    # What is started in the background of a shell ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            wishlists.find_health()
        assert time.monotonic() - start < 4, "it ended by itself"
    finally:
        signal.signal(signal.SIGINT, before)
    wishlists.close()


def test_other_threads_run_while_one_waits(silent: str) -> None:
    wishlists = Wishlists.connect(silent, timeout=2, tries=1)
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(s.Timeout):
            wishlists.find_health()
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    counted = 0
    while not ended.wait(0.01):
        counted += 1
    thread.join()
    assert counted > 20
    wishlists.close()


def program(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of its own, which may hang or abort."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(text), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


FORKS = """
    import os, sys
    from smart_wishlist import Closed, NewWishlist, Unavailable, Wishlists

    def late(call):
        try:
            call()
        except Closed as error:
            assert "forked" in str(error) and "open it again" in str(error), error
        else:
            raise AssertionError("it is not told")

    path = sys.argv[1]
    wishlists = Wishlists.open(path)
    alice = wishlists.as_user("alice")
    alice.create_wishlist(NewWishlist(name="Before"))
    child = os.fork()
    if child == 0:
        for call in [alice.list_wishlists, wishlists.find_health, lambda: wishlists.as_user("bob"), wishlists.session]:
            late(call)
        wishlists.close()
        del wishlists, alice
        # SQLite's locks do not go along: what was written here would be lost once the parent closes.
        for name in [path, os.path.relpath(path)]:
            try:
                Wishlists.open(name)
            except Unavailable as error:
                assert "after the fork" in str(error), error
            else:
                raise AssertionError("it is opened")
        with Wishlists.open(path + "-other") as again:
            again.as_user("alice").create_wishlist(NewWishlist(name="Child"))
        sys.exit(0)
    alice.create_wishlist(NewWishlist(name="Parent"))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, status
    names = sorted(of.name for of in alice.list_wishlists().items)
    assert names == ["Before", "Parent"], names
    wishlists.close()
    child = os.fork()
    if child == 0:
        with Wishlists.open(path) as again:
            again.as_user("alice").create_wishlist(NewWishlist(name="Child"))
        sys.exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, status
"""

FORKS_ASYNC = """
    import asyncio, multiprocessing, sys
    from smart_wishlist import AsyncWishlists, NewWishlist

    async def create(path, name):
        async with AsyncWishlists.open(path) as wishlists:
            await wishlists.as_user("alice").create_wishlist(NewWishlist(name=name))

    def work(path, name):
        asyncio.run(create(path, name))

    if __name__ == "__main__":
        path = sys.argv[1]
        work(path, "Before")
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=work, args=(path, f"Worker {number}")) for number in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0, worker.exitcode
"""

FORGETS = """
    import asyncio, sys, threading
    from smart_wishlist import AsyncWishlists, NewWishlist, Wishlists

    wishlists = Wishlists.open(sys.argv[1])
    wishlists.as_user("alice").create_wishlist(NewWishlist(name="Kept"))
    other = AsyncWishlists.connect("http://127.0.0.1:9", timeout=20)

    async def leave():
        asyncio.get_running_loop().create_task(other.find_health())
        await asyncio.sleep(0.01)

    asyncio.run(leave())

    def busy():
        while True:
            wishlists.find_health()

    threading.Thread(target=busy, daemon=True).start()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("text", [FORKS, FORKS_ASYNC], ids=["fork", "multiprocessing"])
def test_a_forked_process_opens_what_was_not_open(path: Path, text: str) -> None:
    ended = program(text, str(path))
    assert ended.returncode == 0, ended.stderr
    with Wishlists.open(path) as wishlists:
        assert len(wishlists.as_user("alice").list_wishlists().items) >= 3


def test_a_program_that_closes_nothing_ends(path: Path) -> None:
    for _ in range(3):
        ended = program(FORGETS, str(path))
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr == ""
    with Wishlists.open(path) as wishlists:
        assert len(wishlists.as_user("alice").list_wishlists().items) == 3


def test_errors_cross_processes() -> None:
    error = s.Invalid("no", code="invalid", status=400, fields=(s.RefusedField("/name", "expected one"),))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is s.Invalid and str(again) == "no"
    assert (again.code, again.status, again.fields) == (error.code, error.status, error.fields)


def test_nothing_shows_a_secret(path: Path) -> None:
    with Wishlists.open(path) as wishlists:
        account = s.NewAccount(email="alice@example.com", password="correct horse battery staple")
        wishlists.sign_up(account)
        session = wishlists.sign_in(s.Credentials(email=account.email, password=account.password))
        told = wishlists.session()
        assert told and session.access_token in told
        for shown in [repr(wishlists), repr(account), repr(session), f"{session}", repr(session.__rich_repr__())]:
            assert session.access_token not in shown and account.password not in shown, shown
        assert "alice@example.com" in repr(account)
