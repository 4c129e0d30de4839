"""Real upstreams and real recording proxies."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpcore  # noqa: F401  httpx imports it late; inside a pytester run it would be forgotten and loaded twice
import pytest

ROOT = Path(__file__).parents[2]


def one_line(told):
    """What a command tells people, without the frame around it and its ends of lines."""
    return " ".join(told.replace("│", " ").split())


class Upstream(http.server.ThreadingHTTPServer):
    """An HTTP server whose answers are a function of the request, and which remembers what it saw."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.seen = []
        self.origin = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, tuple(self.headers.items()), body))
        status, headers, content = self.server.answer(self, body)
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == "Transfer-Encoding" for name, _ in headers):
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            self.end_headers()
            for start in range(0, len(content), 7):
                piece = content[start : start + 7]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815  named by http.server

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(answer):
    """An upstream; ``answer(handler, body)`` gives status, headers and body."""
    with Upstream(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def upstream():
    """Start an upstream with ``upstream(answer)``."""
    with contextlib.ExitStack() as stack:
        yield lambda answer: stack.enter_context(serving(answer))


class Process:
    """A program of ours that says in one JSON line that it is ready."""

    def __init__(self, arguments, *, environment=None, cwd=ROOT):
        self.popen = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        )

    def ready(self):
        line = self.popen.stdout.readline()
        if not line:
            raise AssertionError(self.popen.communicate(timeout=20)[1])
        return json.loads(line)

    def stop(self, number=signal.SIGTERM):
        """Ask the process to end; its exit code and what it wrote to standard error."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        _, told = self.popen.communicate(timeout=20)
        return self.popen.returncode, told

    def stop_by_itself(self):
        """Wait for the process to end of its own accord; its exit code and what it wrote to standard error."""
        _, told = self.popen.communicate(timeout=20)
        return self.popen.returncode, told


@pytest.fixture
def program():
    """Start ``python ARGUMENTS`` and end it with the test."""
    started = []

    def start(*arguments, **more):
        started.append(Process(arguments, **more))
        return started[-1]

    yield start
    for process in started:
        if process.popen.poll() is None:
            process.popen.kill()
        process.popen.communicate(timeout=20)


@pytest.fixture
def proxy(program, tmp_path):
    """Start a recording proxy: ``proxy(upstream_origin, *options)`` gives the process with ``url`` and ``out``."""

    def start(upstream_origin=None, *options, out=None):
        out = out or tmp_path / "out"
        to = ["--upstream", upstream_origin] if upstream_origin else []
        process = program("-m", "conformance.proxy", "--out", out, "--ready-json", *to, *options)
        process.url = process.ready()["proxy"]
        process.out = out
        return process

    return start


class Client:
    """A client with one kept-alive connection that sends just what it is told."""

    def __init__(self, url):
        self.authority = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.authority, timeout=20)

    def __call__(self, method, target, headers=(), body=b"", host=None):
        self.connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        self.connection.putheader("Host", host or self.authority)
        for name, value in headers:
            self.connection.putheader(name, value)
        if body:
            self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body or None)
        response = self.connection.getresponse()
        return response.status, response.getheaders(), response.read()

    def case(self, stem, head=None):
        body = json.dumps({"case": stem, "head": head or {}}).encode()
        status, _, told = self("POST", "/_meetproof/cases", [("Content-Type", "application/json")], body)
        return status, json.loads(told)

    def close_case(self, stem):
        status, _, told = self("POST", f"/_meetproof/cases/{stem}/close")
        return status, json.loads(told)


@pytest.fixture
def client():
    """Open a client: ``client(url)``."""
    opened = []

    def start(url):
        opened.append(Client(url))
        return opened[-1]

    yield start
    for one in opened:
        one.connection.close()


@pytest.fixture
def eventually():
    """Wait until a condition holds."""

    def wait(condition, seconds=10):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "never came true"
            time.sleep(0.02)
        return found

    return wait
