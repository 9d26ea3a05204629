"""Signs up, makes a list, adds links, waits for their pages and prints what they cost.

    pip install smart-wishlist
    python quickstart.py alice@example.com https://shop.example/kettle
    python quickstart.py --server https://wishlist.example alice@example.com https://shop.example/kettle

Without a server everything is in this process, on the file `wishlists.db`. The password is read from standard input, so that it
is in no list of processes.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from smart_wishlist import Conflict, Credentials, ItemDraft, NewAccount, NewWishlist, WishlistError, Wishlists


def main() -> None:
    parser = argparse.ArgumentParser(description="Signs up, adds links to a list and prints what they cost.")
    parser.add_argument("--server", help="the address of a server; without it, the wishlists are in a file")
    parser.add_argument("--file", default="wishlists.db", help="the file of the wishlists")
    parser.add_argument("--private-addresses", action="store_true", help="visit pages of this machine too")
    parser.add_argument("email")
    parser.add_argument("links", nargs="*")
    options = parser.parse_args()
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if options.server:
        wishlists = Wishlists.connect(options.server)
    else:
        wishlists = Wishlists.open(options.file, private_addresses=options.private_addresses)
    with wishlists:
        run(wishlists, options.email, password, options.links)


def run(wishlists: Wishlists, email: str, password: str, links: list[str]) -> None:
    try:
        signed_up = wishlists.sign_up(NewAccount(email=email, password=password))
    except Conflict:
        print("there is such an account already")
    else:
        if signed_up.confirmation_required:
            print("confirm the address with the code that was mailed, then sign in")
            return
    wishlists.sign_in(Credentials(email=email, password=password))

    birthday = wishlists.create_wishlist(NewWishlist(name="Birthday"))
    for link in links:
        item = wishlists.add_item(birthday.id, ItemDraft(url=link))
        wishlists.find_item(birthday.id, item.id, wait=20)
    for item in wishlists.list_items_pages(birthday.id).items():
        price = f"{item.price.amount} {item.price.currency}" if item.price else "no price"
        print(f"{item.title or item.url}: {price}")


if __name__ == "__main__":
    try:
        main()
    except WishlistError as error:
        sys.exit(str(error))
