"""The small HTTP server that plays recordings."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from contextlib import ExitStack

import pytest

from conformance.client.live import LiveTransport
from conformance.model.exchange import Request, Response
from conformance.proxy.listening import parse_listen, url_of
from conformance.proxy.player import CannotListen, play, playing


@pytest.fixture
def player():
    """Serve an answer function in a thread: ``player(answer)`` gives the URL."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(playing(answer))


def echo(request):
    text = f"{request.method} {request.url} {request.header('X-A')} ".encode() + request.body
    return Response(207, "So Be It", (("X-B", "1"), ("x-b", "2"), ("Transfer-Encoding", "chunked")), text)


def test_requests_reach_the_function_and_answers_the_client_as_they_are(player):
    url = player(echo)
    with LiveTransport() as transport:
        for number in range(3):
            exchange = transport.send(Request("POST", f"{url}/a%20b?$x={number}", (("X-A", "y"),), b"\xff" * 70000))
            assert (exchange.response.status, exchange.response.reason) == (207, "So Be It")
            assert exchange.response.headers[:2] == (("X-B", "1"), ("x-b", "2"))
            assert exchange.response.header("Transfer-Encoding") is None
            assert exchange.response.body == f"POST {url}/a%20b?$x={number} y ".encode() + b"\xff" * 70000


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("DELETE", 204), ("GET", 304)])
def test_an_answer_without_a_body_does_not_hold_up_the_connection(player, method, status):
    url = player(lambda request: Response(status, "", (("Content-Length", "12"),), b""))
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    for _ in range(2):
        connection.request(method, "/")
        response = connection.getresponse()
        assert (response.status, response.read()) == (status, b"")
        assert response.getheader("Content-Length") == ("12" if method == "HEAD" else None)
    connection.close()


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(player):
    host, port = player(echo).removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b"hi")
        raw.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: raw.recv(1000), b"")).endswith(b" hi")


@pytest.mark.parametrize("head", [b"hello there", b"GET http:// HTTP/1.1\r\nHost: h"])
def test_what_is_no_request_is_refused(player, head):
    host, port = player(echo).removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(head + b"\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"not a request" in answer


def test_a_port_in_use_is_told_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotListen, match="Address already in use"):
        play(echo, *taken.getsockname(), print)


def test_the_player_stops_at_a_signal():
    told = []

    def ready(url):
        told.append(url)
        os.kill(os.getpid(), signal.SIGTERM)

    play(echo, "127.0.0.1", 0, ready)
    assert told[0].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("text", "address"),
    [("80", ("127.0.0.1", 80)), ("0.0.0.0:0", ("0.0.0.0", 0)), ("[::1]:9", ("::1", 9)), ("mail.x:25", ("mail.x", 25))],
)
def test_an_address_to_listen_on_is_read(text, address):
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "x", "1:2:3", ":80", "h:", "65536", "-1", "h:99999"])
def test_what_is_no_address_to_listen_on_is_explained(text):
    with pytest.raises(ValueError, match=r"expected \[HOST:\]PORT"):
        parse_listen(text)


def test_a_url_has_brackets_around_ipv6():
    assert url_of("::1", 80) == "http://[::1]:80"
