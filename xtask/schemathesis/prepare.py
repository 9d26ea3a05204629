"""Keeps the document in a file, signs two people up, gives each lists and items, and keeps how each is known.

The document is kept because schemathesis leaves out the operation that it reads the document from.
"""

import json
import pathlib
import sys

import requests

BASE, DOCUMENT, PEOPLE = sys.argv[1:]
PASSWORD = "a horse, correct; a staple, battery"


def call(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(BASE + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json()


def person(name):
    """Signs one up who has lists and items, in the form of Web Fuzzing Commons."""
    account = {"email": f"{name}@example.com", "password": PASSWORD}
    call("/v1/auth/sign-up", account)
    token = call("/v1/auth/sign-in", account)["accessToken"]
    for list_name in ("Birthday", "Home"):
        wishlist = call("/v1/wishlists", {"name": list_name}, token)["id"]
        for item in ({"title": "Kettle"}, {"title": "Lamp", "price": {"amount": "19.99", "currency": "EUR"}}):
            call(f"/v1/wishlists/{wishlist}/items", item, token)
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


document = requests.get(f"{BASE}/openapi.json", timeout=60)
document.raise_for_status()
pathlib.Path(DOCUMENT).write_bytes(document.content)
pathlib.Path(PEOPLE).write_text(json.dumps({"auth": [person("owner"), person("stranger")]}))
