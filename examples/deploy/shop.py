"""A shop with one page, on this machine: no other is visited."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TITLE = "Enamel Kettle, 1.8 litres"

PAGE = """<!doctype html><title>{title}</title>
<script type="application/ld+json">{product}</script><h1>{title}</h1>"""


class Shop(BaseHTTPRequestHandler):
    """Answers every path with the page."""

    price = "39.50"

    def do_GET(self):
        offer = {"@type": "Offer", "price": self.price, "priceCurrency": "GBP", "availability": "https://schema.org/InStock"}
        product = {"@context": "https://schema.org", "@type": "Product", "name": TITLE, "offers": offer}
        page = PAGE.format(title=TITLE, product=json.dumps(product)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        """Who visits is told by the worker."""


def open_shop() -> tuple[ThreadingHTTPServer, str]:
    """Opens it; returns it with the link of its page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/kettle"
