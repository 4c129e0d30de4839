"""A listener of the suite's own: what servers send it of their own accord is kept, and answered as a case wants."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conformance.model.exchange import Exchange, Headers, Request, Response

Answering = Callable[[Request], Response]

# Headers of a request that tell of the server's HTTP library and of connections, not of what it says.
_UNTOLD = frozenset({"accept", "accept-encoding", "connection", "user-agent", "transfer-encoding"})
_LARGEST = 4 * 2**20  # bytes of a request
_SECONDS = 30.0


def plain(status: int, body: bytes = b"", kind: str = "text/plain") -> Response:
    """An answer with a body, or without."""
    headers: Headers = (("Content-Type", kind),) if body else ()
    return Response(status, responses.get(status, ""), (*headers, ("Content-Length", str(len(body)))), body)


class Listener:
    """An HTTP server on a port; ``answering`` says how requests are answered, and may be changed at any time."""

    def __init__(self, origin: str, heard: queue.Queue[Exchange]) -> None:
        self.origin = origin
        self.answering: Answering = lambda _: plain(202)
        self._heard = heard

    def next(self, seconds: float) -> Exchange | None:
        """The next request with its answer, waited for so long; None where none comes."""
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return None


@contextmanager
def listening(host: str = "127.0.0.1", port: int = 0) -> Iterator[Listener]:
    """A listener while the block runs. OSError where the port is taken."""
    heard: queue.Queue[Exchange] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        """Takes every request to the one listener."""

        protocol_version = "HTTP/1.1"
        timeout = _SECONDS

        def _take(self) -> None:
            request = _read(self, listener.origin)
            response = listener.answering(request)
            self.send_response_only(response.status, response.reason)
            for name, value in response.headers:
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(response.body)
            self.wfile.flush()
            self.close_connection = True
            heard.put(Exchange(request, response))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815  http.server's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    listener = Listener(f"http://{host}:{server.server_address[1]}", heard)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _read(handler: BaseHTTPRequestHandler, origin: str) -> Request:
    """The request, its origin the listener's own whatever its Host says."""
    given = handler.headers.get("Content-Length", "")
    length = min(int(given), _LARGEST) if given.isdecimal() else 0
    body = handler.rfile.read(length)
    told = ((name, value) for name, value in handler.headers.items() if name.casefold() not in _UNTOLD)
    headers = tuple(sorted((name.title(), value) for name, value in told))
    return Request(handler.command, origin + handler.path, headers, body)
