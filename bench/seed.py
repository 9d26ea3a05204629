#!/usr/bin/env python3
"""Fills a wishlist with fifty items, through the program itself, and writes the event that asks for them.

  seed.py --program wishlist-service --endpoint http://127.0.0.1:4566 --fixtures harness/fixtures --to list_items.json

The fixtures are the harness's: `env` names table, client and pool, `token` is an access token, `jwks.json` has the key that
it is signed by, and `events/list_items.json` is the event of which only the wishlist's id is changed.
"""
import argparse
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

ITEMS = 50
ATTEMPTS = 20
PAGE = """<!doctype html><html lang="en"><head><title>Product number {n}, a well made thing</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "Product",
"name": "Product number {n}, a well made thing", "image": "https://cdn.shop.example/img/{n}.jpg",
"offers": {{"@type": "Offer", "price": "{euros}.99", "priceCurrency": "EUR"}}}}</script>
</head><body><h1>Product number {n}</h1></body></html>"""


class Loopback(http.server.BaseHTTPRequestHandler):
    """The shop, and the issuer's keys."""

    keys = b""

    def do_GET(self):
        product = re.match(r"/products/(\d+)", self.path)
        if product:
            n = int(product[1])
            self.answer("text/html; charset=utf-8", PAGE.format(n=n, euros=n + 10).encode())
        elif self.path == "/jwks.json":
            self.answer("application/json", self.keys)
        else:
            self.send_error(404)

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Caller:
    """Calls the API with the token."""

    def __init__(self, api, token):
        self.api, self.token = api, token

    def __call__(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        if method == "POST":
            # What was done by an attempt that failed is not done again.
            headers["idempotency-key"] = str(uuid.uuid4())
        for _ in range(ATTEMPTS):
            request = urllib.request.Request(f"{self.api}{path}", data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                said = f"{error.code} {error.read().decode()}"
                if error.code != 503:
                    break
                time.sleep(1)
        sys.exit(f"{method} {path}: {said}")


def until(what, seconds, holds):
    """Looks every second whether it holds: emulators are slow."""
    for _ in range(seconds):
        if holds():
            return
        time.sleep(1)
    sys.exit(f"{what}: not within {seconds} seconds")


def answers(address):
    try:
        return urllib.request.urlopen(f"{address}/health", timeout=1).status == 200
    except OSError:
        return False


def fill(call, shop):
    """A wishlist of items that were all visited; its id."""
    wishlist = call("POST", "/v1/wishlists", {"name": "Birthday"})["id"]
    for n in range(ITEMS):
        call("POST", f"/v1/wishlists/{wishlist}/items", {"url": f"{shop}/products/{n}?ref=wishlist"})

    def ready():
        listed = call("GET", f"/v1/wishlists/{wishlist}/items")["items"]
        return [item["status"] for item in listed] == ["ready"] * ITEMS

    until("fifty items `ready`", 60, ready)
    return wishlist


def write_event(fixtures, wishlist, to):
    with open(f"{fixtures}/events/list_items.json") as file:
        event = file.read()
    before = re.search(r"/wishlists/([0-9a-f-]{36})/items", event)[1]
    with open(to, "w") as file:
        file.write(event.replace(before, wishlist))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="wishlist-service, built with the feature `aws`")
    parser.add_argument("--endpoint", required=True, help="where the emulator answers")
    parser.add_argument("--fixtures", required=True, help="the harness's")
    parser.add_argument("--to", required=True, help="the event's file")
    parser.add_argument("--listen", default="127.0.0.1:8198", help="where the program listens meanwhile")
    given = parser.parse_args()

    with open(f"{given.fixtures}/jwks.json", "rb") as file:
        Loopback.keys = file.read()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Loopback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback = f"http://127.0.0.1:{server.server_address[1]}"

    with open(f"{given.fixtures}/env") as file:
        told = dict(line.strip().split("=", 1) for line in file if "=" in line)
    environment = {**os.environ, **told, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test",
                   "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL_DYNAMODB": given.endpoint,
                   "COGNITO_JWKS_URL": f"{loopback}/jwks.json"}
    subprocess.run([given.program, "create-table"], env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder:
        serve = [given.program, "serve", "--listen", given.listen, "--data-dir", folder, "--table", "dynamodb",
                 "--identity", "cognito", "--allow-private-addresses", "--log-level", "warn"]
        process = subprocess.Popen(serve, env=environment)
        try:
            api = f"http://{given.listen}"
            until("an answer of the program", 30, lambda: answers(api))
            with open(f"{given.fixtures}/token") as file:
                wishlist = fill(Caller(api, file.read().strip()), loopback)
        finally:
            process.terminate()
            process.wait()
    write_event(given.fixtures, wishlist, given.to)
    print(f"{ITEMS} items of the wishlist {wishlist}; the event is {given.to}")


if __name__ == "__main__":
    main()
