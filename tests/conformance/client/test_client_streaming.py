"""Answers that are heard as they come: over sockets, in this process, from tapes and by way of the proxy."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from conformance.client.asgi import AsgiTransport
from conformance.client.live import LiveTransport
from conformance.client.playback import TapeMiss, TapeTransport
from conformance.client.protocol import StreamedRequest, TransportFailed
from conformance.client.proxied import ProxiedTransport
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.handed import dump_exchange, load_exchange
from conformance.tape.cassette import Cassette

ONE, TWO = b"<Envelope>1</Envelope>", b"<e:Envelope>2</e:Envelope>"


class Hearer:
    """Hears pieces, acts at the first, and has enough once the second envelope has begun."""

    def __init__(self, act=lambda: None):
        self.act = act
        self.pieces = []

    def __call__(self, piece):
        self.pieces.append(piece)
        if len(self.pieces) == 1:
            self.act()
        whole = b"".join(self.pieces)
        return len(piece) - (len(whole) - len(ONE + TWO)) if len(whole) >= len(ONE + TWO) else None


@pytest.fixture
def server():
    """A server that sends one envelope, waits for another request, and sends the next and more."""
    asked = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(500 if self.path == "/broken" else 200)
            if self.path == "/act":
                asked.set()
            if self.path != "/stream":
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"done")
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for body in (ONE, TWO + b"<more>"):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
                self.wfile.flush()
                assert asked.wait(10)

        def log_message(self, *_):
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()


def test_an_answer_is_heard_while_others_are_asked_for_and_given_up_when_enough_was_heard(server):
    with LiveTransport() as transport:
        hearer = Hearer(lambda: transport.send(Request("POST", f"{server}/act")))
        exchange = transport.send(StreamedRequest("POST", f"{server}/stream", hear=hearer, patience=5))
        assert exchange.response.body == ONE + TWO
        assert hearer.pieces[0] == ONE
        assert transport.send(Request("POST", f"{server}/act")).response.body == b"done"


def test_only_a_good_answer_is_heard(server):
    hearer = Hearer()
    with LiveTransport() as transport:
        exchange = transport.send(StreamedRequest("POST", f"{server}/broken", hear=hearer))
    assert (exchange.response.body, hearer.pieces) == (b"done", [])


def test_silence_is_borne_as_long_as_the_request_says(server):
    with LiveTransport() as transport, pytest.raises(TransportFailed, match="no answer in time"):
        transport.send(StreamedRequest("POST", f"{server}/stream", hear=lambda _: None, patience=0.2))


def application(asked):
    """The same server, in this process."""

    async def served(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/act":
            asked.set()
        elif scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": ONE, "more_body": True})
            while not asked.is_set():
                await __import__("asyncio").sleep(0.001)
            await send({"type": "http.response.body", "body": TWO + b"<more>", "more_body": True})
        await send({"type": "http.response.body", "body": b"done"})

    return served


def test_an_application_is_heard_while_others_are_asked_for():
    asked = threading.Event()
    with AsgiTransport(application(asked)) as transport:
        hearer = Hearer(lambda: transport.send(Request("POST", "http://h/act")))
        exchange = transport.send(StreamedRequest("POST", "http://h/stream", hear=hearer))
        assert exchange.response.body == ONE + TWO
        whole = transport.send(StreamedRequest("POST", "http://h/stream", hear=lambda _: None))
        assert whole.response.body == ONE + TWO + b"<more>done"
        asked.clear()
        with pytest.raises(TransportFailed, match="nothing was heard for"):
            transport.send(StreamedRequest("POST", "http://h/stream", hear=lambda _: None, patience=0.05))


def recorded(*pairs):
    exchanges = tuple(
        Exchange(Request("POST", f"http://h{path}", (), b"x"), Response(200, "OK", (), body)) for path, body in pairs
    )
    return TapeTransport(Cassette(Path("tape.yaml"), {}, exchanges))


def test_a_tape_tells_a_stream_where_it_began_though_it_stands_where_it_ended():
    tape = recorded(("/act", b"done"), ("/stream", ONE + TWO), ("/after", b"later"))
    hearer = Hearer(lambda: tape.send(Request("POST", "http://h/act", (), b"x")))
    exchange = tape.send(StreamedRequest("POST", "http://h/stream", (), b"x", hear=hearer))
    assert hearer.pieces == [ONE, TWO]
    assert exchange.response.body == ONE + TWO
    assert [one.request.url for one in tape.unplayed()] == ["http://h/after"]
    assert tape.send(Request("POST", "http://h/after", (), b"x")).response.body == b"later"
    assert tape.unplayed() == ()
    with pytest.raises(TapeMiss):
        tape.send(StreamedRequest("POST", "http://h/stream", (), b"x"))


def test_a_tape_tells_what_the_listener_heard_where_it_stands():
    tape = recorded(("/stream", ONE), ("/heard", b""), ("/after", b"later"))
    assert tape.next_to("http://h/heard") is None
    tape.send(StreamedRequest("POST", "http://h/stream", (), b"x"))
    assert tape.next_to("http://h/heard").request.url == "http://h/heard"
    tape.send(Request("POST", "http://h/after", (), b"x"))
    assert tape.next_to("http://h/heard") is None


def test_what_was_heard_is_handed_to_the_proxy_and_marked_so_that_it_is_not_recorded_twice():
    sent = []

    def send(request):
        sent.append(request)
        return Exchange(Request(request.method, request.url, request.headers, request.body), Response(200, body=ONE))

    class Double:
        """A transport that only keeps what it is given."""

        def __init__(self):
            self.send = send

    transport = ProxiedTransport(Double(), "http://p:1", "c", "http://127.0.0.1:5")
    exchange = transport.send(StreamedRequest("POST", "http://h/x", (("A", "b"),), b"q"))
    streamed, handed = sent
    assert ("meetproof-handed", "1") in streamed.headers
    assert handed.url == "http://p:1/_meetproof/cases/c/exchanges"
    assert handed.header("meetproof-upstream") == "http://127.0.0.1:5"
    assert load_exchange(handed.body) == exchange
    assert exchange.request.headers == (("A", "b"),)


def test_an_exchange_is_handed_on_as_it_is():
    exchange = Exchange(
        Request("POST", "http://h/x?y", (("A", "1"), ("a", "2")), bytes(range(256))), Response(201, "Made", (), b"\xe9")
    )
    assert load_exchange(dump_exchange(exchange)) == exchange


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", json.dumps({"request": 1, "response": 2}).encode()])
def test_anything_else_is_no_exchange(text):
    with pytest.raises(ValueError, match="this is no exchange"):
        load_exchange(text)
