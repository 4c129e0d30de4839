"""The live transport against a real HTTP server."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import threading

import pytest

from conformance.client.live import LiveTransport, constant_headers
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Request
from conformance.wire.urls import split_url, target_of


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        chunked = self.headers.get("Transfer-Encoding") == "chunked"
        sent = b"".join(self.chunks()) if chunked else self.rfile.read(length)
        self.server.seen.append((self.requestline, self.headers.items(), sent, self.client_address))
        body = b"caf\xc3\xa9"
        if self.path == "/gzip":
            body = gzip.compress(body)
        if self.path == "/slow":
            self.server.slow.wait(5)
        self.send_response(302 if self.path == "/moved" else 200, "Fine By Me")
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        if self.path == "/moved":
            self.send_header("Location", "http://elsewhere.invalid/")
        if self.path == "/gzip":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Set-Cookie", "a=b")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # a client that gave up
            self.wfile.write(body)

    def chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
            self.server.chunks += 1
        self.rfile.readline()

    do_GET = do_POST = do_PATCH = answer  # noqa: N815  named by http.server

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as listening:
        listening.seen = []
        listening.chunks = 0
        listening.slow = threading.Event()
        listening.daemon_threads = True
        listening.block_on_close = False
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        listening.url = f"http://127.0.0.1:{listening.server_port}"
        yield listening
        listening.slow.set()
        listening.shutdown()
        thread.join()


def test_headers_go_out_in_one_fixed_order(server):
    with LiveTransport() as transport:
        request = Request("POST", server.url + "/a", (("X-B", "1"), ("X-A", "2"), ("X-B", "3")), b"hello")
        exchange = transport.send(request)
    seen = server.seen[0]
    assert seen[1] == [
        ("Host", server.url.removeprefix("http://")),
        ("User-Agent", "meetproof"),
        ("Accept-Encoding", "identity"),
        ("Connection", "keep-alive"),
        ("X-B", "1"),
        ("X-A", "2"),
        ("X-B", "3"),
        ("Content-Length", "5"),
    ]
    assert list(exchange.request.headers) == seen[1]
    assert seen[2] == b"hello"


def test_a_requests_own_header_takes_the_place_of_the_constant_one():
    headers = constant_headers(Request("GET", "http://h/", (("user-agent", "mine"), ("X-A", "1"))))
    assert headers[1] == ("User-Agent", "mine")
    assert len(headers) == 5


def test_a_request_can_be_sent_in_chunks(server):
    request = Request("POST", f"{server.url}/a", (("Transfer-Encoding", "chunked"),), b"abcde")
    with LiveTransport() as transport:
        exchange = transport.send(request)
    [(_, headers, body, _)] = server.seen
    assert (body, server.chunks) == (b"abcde", 2)
    assert "Content-Length" not in dict(headers)
    assert exchange.request.body == b"abcde"


def test_an_answer_is_kept_exactly(server):
    with LiveTransport() as transport:
        exchange = transport.send(Request("GET", server.url + "/b"))
    assert (exchange.response.status, exchange.response.reason) == (200, "Fine By Me")
    assert [value for name, value in exchange.response.headers if name == "X-Twice"] == ["one", "two"]
    assert exchange.response.body == b"caf\xc3\xa9"
    assert exchange.response.http_version == "HTTP/1.1"
    assert exchange.meta == {}


def test_the_target_goes_out_as_written(server):
    target = "/users/A%40b=='x'|/messages?%24top=2&$select=a,b&q=%C3%A9+%20"
    with LiveTransport() as transport:
        transport.send(Request("GET", server.url + target))
    assert server.seen[0][0] == f"GET {target} HTTP/1.1"


def test_connections_are_kept_and_cookies_and_redirects_are_not_followed(server):
    with LiveTransport() as transport:
        assert transport.send(Request("GET", server.url + "/moved")).response.status == 302
        transport.send(Request("GET", server.url + "/b"))
    first, second = server.seen
    assert first[3] == second[3]
    assert "Cookie" not in dict(second[1])


def test_a_compressed_answer_is_decoded_and_noted(server):
    with LiveTransport() as transport:
        exchange = transport.send(Request("GET", server.url + "/gzip"))
    assert exchange.response.body == b"caf\xc3\xa9"
    assert exchange.response.header("Content-Encoding") is None
    assert exchange.response.header("Content-Length") == "5"
    assert exchange.meta == {"content_encoding": "gzip"}


def test_the_environments_proxies_are_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with LiveTransport() as transport:
        assert transport.send(Request("GET", server.url + "/b")).response.status == 200


def test_a_server_that_is_not_there_is_named(server):
    with LiveTransport() as transport, pytest.raises(TransportFailed, match=r"GET http://127\.0\.0\.1:1/x: no answer"):
        transport.send(Request("GET", "http://127.0.0.1:1/x"))


def test_a_slow_server_is_given_up(server):
    with LiveTransport(timeout=0.2) as transport, pytest.raises(TransportFailed, match="no answer in time"):
        transport.send(Request("GET", server.url + "/slow"))


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://h:1/a?b=/c#d", ("http://h:1", "/a?b=/c")),
        ("https://h", ("https://h", "/")),
        ("https://h?x=1", ("https://h", "/?x=1")),
    ],
)
def test_a_url_is_split_as_written(url, parts):
    assert split_url(url) == parts
    assert target_of(url) == parts[1]


def test_a_relative_url_is_refused():
    with pytest.raises(ValueError, match="absolute"):
        split_url("/v1.0/me")
    assert target_of("/v1.0/me?x=http://h/") == "/v1.0/me?x=http://h/"
