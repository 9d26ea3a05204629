"""The examples run, and so does what the README says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import BINDINGS

ROOT = BINDINGS.parent
SERVER = os.environ.get("WISHLIST_TEST_SERVER")


def quickstart(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples/quickstart-python/quickstart.py"), *arguments]
    return subprocess.run(
        command, cwd=directory, input="correct horse battery staple\n", capture_output=True, text=True, timeout=120, check=False
    )


def test_the_quickstart_prints_prices(tmp_path: Path, shop: str) -> None:
    arguments = ["--private-addresses", "alice@example.com", f"{shop}/kettle.html", f"{shop}/lamp.html"]
    ended = quickstart(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (0, "Kettle: 19.99 EUR\nLamp: 1299 JPY\n"), ended.stderr
    assert (tmp_path / "wishlists.db").exists()


@pytest.mark.skipif(SERVER is None or "WISHLIST_TEST_CODE" in os.environ, reason="no server that confirms at once")
def test_the_quickstart_calls_a_server(tmp_path: Path, shop: str) -> None:
    email = f"quickstart-{time.time_ns()}@example.com"
    ended = quickstart(tmp_path, "--server", str(SERVER), email, f"{shop}/kettle.html")
    assert (ended.returncode, ended.stdout) == (0, "Kettle: 19.99 EUR\n"), ended.stderr
    assert not list(tmp_path.iterdir())


def test_the_quickstart_says_what_is_wrong(tmp_path: Path) -> None:
    ended = quickstart(tmp_path, "--server", "no address", "alice@example.com")
    assert ended.returncode == 1 and "no address" in ended.stderr and "Traceback" not in ended.stderr


def test_the_embedded_page_shows_a_list(path: Path, shop: str) -> None:
    spec = importlib.util.spec_from_file_location("app", ROOT / "examples/embed-in-your-app/python/app.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    client = module.create_app(path, private_addresses=True).test_client()
    assert "Wishes of alice" in client.get("/people/alice").text
    assert client.post("/people/alice", data={"url": f"{shop}/kettle.html"}).status_code == 303
    for _ in range(200):
        page = client.get("/people/alice").text
        if "Kettle: 19.99 EUR" in page:
            break
        time.sleep(0.1)
    assert "Kettle: 19.99 EUR" in page and "looking" not in page
    refused = client.post("/people/alice", data={"url": "no link"})
    assert refused.status_code == 400 and "url" in refused.text
    assert client.get("/people/no%20name").status_code == 404
    assert "Kettle" not in client.get("/people/bob").text


def test_the_readme_s_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block that needs no server, one after the other."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (BINDINGS / "python/README.md").read_text("utf-8"), re.S)
    blocks = [block for block in blocks if "wishlist.example" not in block]
    assert len(blocks) >= 4
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
