"""Keeps the document in a file, signs a user up, gives them lists and items, and prints their token.

The document is kept because schemathesis leaves out the operation that it reads the document from.
"""

import pathlib
import sys

import requests

BASE, DOCUMENT = sys.argv[1:]
ACCOUNT = {"email": "fuzzed@example.com", "password": "a horse, correct; a staple, battery"}


def call(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(BASE + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json()


document = requests.get(f"{BASE}/openapi.json", timeout=60)
document.raise_for_status()
pathlib.Path(DOCUMENT).write_bytes(document.content)
call("/v1/auth/sign-up", ACCOUNT)
token = call("/v1/auth/sign-in", ACCOUNT)["accessToken"]
for name in ("Birthday", "Home"):
    wishlist = call("/v1/wishlists", {"name": name}, token)["id"]
    for item in ({"title": "Kettle"}, {"title": "Lamp", "price": {"amount": "19.99", "currency": "EUR"}}):
        call(f"/v1/wishlists/{wishlist}/items", item, token)
print(token)
