"""A page of an app of one's own that shows a wishlist: the whole engine is in the app's process, on one file.

    pip install smart-wishlist flask
    flask --app app run

Each worker of a server that forks opens the file for itself, as `create_app` does when it is first asked for something.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from smart_wishlist import Invalid, ItemDraft, NewWishlist, Wishlist, Wishlists

PAGE = """<!doctype html>
<html lang="en">
<title>{{ wishlist.name }}</title>
<h1>{{ wishlist.name }}</h1>
<ul>
{% for item in items %}
  <li>{{ item.title or item.url }}{% if item.price %}: {{ item.price.amount }} {{ item.price.currency }}{% endif %}
    {% if item.status == "pending" %}(we are looking it up){% endif %}
{% endfor %}
</ul>
<form method="post"><input type="url" name="url" required aria-label="Link"> <button>Add</button></form>
"""


def create_app(path: str | Path = "wishlists.db", *, private_addresses: bool = False) -> Flask:
    """The app over the wishlists of a file."""
    app = Flask(__name__)

    @cache
    def opened(process: int) -> Wishlists:
        return Wishlists.open(path, private_addresses=private_addresses)

    def of(user: str) -> tuple[Wishlists, Wishlist]:
        # The app knows its users; a real one has the name from its session.
        try:
            wishlists = opened(os.getpid()).as_user(user)
        except Invalid:
            abort(404)
        for wishlist in wishlists.list_wishlists_pages().items():
            return wishlists, wishlist
        return wishlists, wishlists.create_wishlist(NewWishlist(name=f"Wishes of {user}"), key=f"first-of-{user}")

    @app.get("/people/<user>")
    def show(user: str) -> str:
        wishlists, wishlist = of(user)
        items = wishlists.list_items_pages(wishlist.id).items()
        return render_template_string(PAGE, wishlist=wishlist, items=items)

    @app.post("/people/<user>")
    def add(user: str) -> AnyResponse:
        wishlists, wishlist = of(user)
        try:
            wishlists.add_item(wishlist.id, ItemDraft(url=request.form["url"]))
        except Invalid as error:
            return Response(str(error), status=400, content_type="text/plain")
        return redirect(request.path, code=303)

    return app
