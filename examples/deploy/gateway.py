"""API Gateway as its clients meet it: an HTTP server on this machine, behind which a function answers."""

import base64
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from events import event
from functions import Function

# Of the connection, not of the request (RFC 9110, section 7.6.1).
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}

FAILED = '{"message":"Internal Server Error"}'


def open_gateway(api: Function) -> tuple[ThreadingHTTPServer, str]:
    """Opens it; returns it with its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), gateway(api))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def gateway(api: Function) -> type[BaseHTTPRequestHandler]:
    """AWS starts a second function for a second call at the same time; here it waits for the first."""
    turn = threading.Lock()

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items() if name.lower() not in HOP}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            encoded = base64.b64encode(body).decode() if body else None
            # An HTTP API hands the path over decoded.
            made = event(self.command, unquote(path), query, headers, encoded, is_base64=body != b"")
            try:
                with turn:
                    told = api.call(made)
            except (RuntimeError, TimeoutError) as error:
                # As an HTTP API answers for a function that failed.
                print(error, file=sys.stderr, flush=True)
                told = {"statusCode": 500, "headers": {"content-type": "application/json"}, "body": FAILED}
            content = told.get("body") or ""
            content = base64.b64decode(content) if told.get("isBase64Encoded") else content.encode()
            self.send_response(told["statusCode"])
            for name, value in (told.get("headers") or {}).items():
                if name.lower() not in HOP | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer

        def log_message(self, *_):
            """The program's own log is enough."""

    return Gateway
