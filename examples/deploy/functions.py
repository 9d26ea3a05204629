"""A role of the program as AWS Lambda runs it: a process that asks a Runtime API for its next event."""

import json
import queue
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# How long a function has for a call, and how long its caller waits for more than that before it gives up.
CALL_SECONDS = 30
GRACE_SECONDS = 10

TRACE = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"

PREFIX = "/2018-06-01/runtime/invocation/"


class Server(ThreadingHTTPServer):
    """A server on this machine whose only client may be ended at any moment."""

    daemon_threads = True

    def handle_error(self, *_):
        """Who is ended takes the connections along; that is no error of the server's."""


class Function:
    """A process of one role, and the Runtime API that it is called through. Its log is a file of the directory."""

    def __init__(self, program: Path, role: str, environment: dict[str, str], logs: Path):
        self.role = role
        self.log = logs / f"{role}.log"
        self.calls: queue.Queue = queue.Queue()
        self.answers: queue.Queue = queue.Queue()
        self.server = Server(("127.0.0.1", 0), runtime_api(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        of_lambda = {
            # The role, as a zip is told of it. An image is told by its argument.
            "_HANDLER": role,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": f"wishlist-{role}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program], env=environment | of_lambda, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def call(self, event: dict) -> dict:
        """Calls the function with an event, and returns what it answers."""
        self.calls.put(event)
        given_up_at = time.monotonic() + CALL_SECONDS + GRACE_SECONDS
        while time.monotonic() < given_up_at:
            try:
                kind, answer = self.answers.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    status, log = self.process.returncode, self.log.read_text()
                    raise RuntimeError(f"`{self.role}` ended with {status}: {log}") from None
                continue
            if kind == "error":
                raise RuntimeError(f"`{self.role}` failed: {answer}")
            return answer
        raise TimeoutError(f"`{self.role}` did not answer within {CALL_SECONDS + GRACE_SECONDS} s")

    def stop(self) -> None:
        """Ends the process and its Runtime API."""
        self.process.kill()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()


def runtime_api(function: Function) -> type[BaseHTTPRequestHandler]:
    """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, for one process that takes one call at a time."""

    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        numbers = iter(range(1, 1_000_000))

        def do_GET(self):
            if self.path != f"{PREFIX}next":
                return self.send(404, b"")
            event = function.calls.get()
            self.send(200, json.dumps(event).encode(), {
                "Lambda-Runtime-Aws-Request-Id": f"call-{next(self.numbers)}",
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + CALL_SECONDS) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:000000000000:function:wishlist",
                "Lambda-Runtime-Trace-Id": TRACE,
            })

        def do_POST(self):
            kind = self.path.rpartition("/")[2]
            if not self.path.startswith(PREFIX) or kind not in ("response", "error"):
                return self.send(404, b"")
            body = self.body()
            function.answers.put((kind, json.loads(body) if body else None))
            self.send(202, b"")

        def body(self) -> bytes:
            """The body, which the runtime may send in chunks."""
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chunks = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return chunks

        def send(self, status: int, body: bytes, headers: dict[str, str] | None = None):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """The program's own log is enough."""

    return RuntimeApi
