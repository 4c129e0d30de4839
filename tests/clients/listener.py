"""A listener for change notifications on this machine: it proves itself, and keeps what it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Listener:
    """Where it listens, and the notifications that came, each as its member of ``value``."""

    url: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    proofs: int = 0

    def wait_for(self, change: str, seconds: float = 20) -> dict[str, Any]:
        """The first notification of a kind of change, once it is there; it is taken away."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for each in self.told:
                if each.get("changeType") == change:
                    self.told.remove(each)
                    return each
            time.sleep(0.02)
        raise AssertionError(f"nothing was {change}; the listener was told {self.told}")


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener for the length of a block."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = parse_qs(urlsplit(self.path).query).get("validationToken")
            listener.proofs += token is not None
            if token is None:
                listener.told += json.loads(body)["value"]
            answer = token[0].encode() if token else b""
            self.send_response(200 if token else 202)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}/changes"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
