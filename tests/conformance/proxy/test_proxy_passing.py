"""Bodies that pass while they come: streaming answers, answers of unknown length, very large ones."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import threading

import pytest

from conformance.proxy.passing import Passing, Spool
from conformance.tape.cassette import CassetteError, read_cassette
from conformance.tape.leaks import Secrets
from conformance.tape.stream import CassetteStream

STREAMING = b"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:GetStreamingEvents
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>"""
BINARY = [("Content-Type", "application/octet-stream")]
NOISE = bytes(range(256)) * 1024


class Trickling:
    """An upstream that sends one chunk whenever it is told to."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.more = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listening.accept()
        with connection, contextlib.suppress(OSError):  # the proxy leaves when the client does
            while b"</s:Envelope>" not in (data := connection.recv(65536)) and data:
                pass
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head)
            for number in range(3):
                self.more.acquire()
                connection.sendall(b"9\r\n<event%d/>\r\n" % number)
            self.more.acquire()
            connection.sendall(b"0\r\n\r\n")


@pytest.fixture
def trickling():
    server = Trickling()
    yield server
    for _ in range(4):
        server.more.release()
    server.thread.join()
    server.listening.close()


def open_stream(url):
    authority = url.removeprefix("http://")
    host, port = authority.split(":")
    opened = socket.create_connection((host, int(port)), timeout=20)
    head = f"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/xml\r\n"
    opened.sendall(f"{head}Content-Length: {len(STREAMING)}\r\n\r\n".encode() + STREAMING)
    return opened


def read_until(opened, wanted):
    got = b""
    while wanted not in got:
        data = opened.recv(65536)
        assert data, got
        got += data
    return got


def test_events_reach_the_client_while_the_answer_goes_on(trickling, proxy):
    recording = proxy(trickling.origin)
    with open_stream(recording.url) as opened:
        for number in range(3):
            trickling.more.release()
            read_until(opened, b"<event%d/>" % number)
        trickling.more.release()
        read_until(opened, b"0\r\n\r\n")
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.response.body == b"<event0/><event1/><event2/>"
    assert "response_cut" not in exchange.meta


def test_what_came_of_an_answer_is_recorded_when_the_client_leaves(trickling, proxy, eventually):
    recording = proxy(trickling.origin)
    with open_stream(recording.url) as opened:
        trickling.more.release()
        read_until(opened, b"<event0/>")
    tape = recording.out / "session.yaml"
    eventually(lambda: tape.exists() and b"event0" in tape.read_bytes())
    recording.stop()
    (exchange,) = read_cassette(tape).exchanges
    assert exchange.response.body == b"<event0/>"
    assert "disconnect" in exchange.meta["response_cut"]


def test_links_are_rewritten_in_an_answer_of_unknown_length(upstream, proxy, client):
    def answer(handler, body):
        link = f"http://{handler.headers['Host']}/v1.0/me/events?$skip=10"
        headers = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"), ("Location", link)]
        return 200, headers, json.dumps({"@odata.nextLink": link}).encode()

    server = upstream(answer)
    recording = proxy(server.origin, "--origin", "https://meetproof.example")
    _, headers, body = client(recording.url)("GET", "/v1.0/me/events")
    link = f"{recording.url}/v1.0/me/events?$skip=10"
    assert (json.loads(body)["@odata.nextLink"], dict(headers)["Location"]) == (link, link)
    recording.stop()
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert json.loads(exchange.response.body)["@odata.nextLink"].startswith("https://meetproof.example/")
    assert exchange.response.header("Location").startswith("https://meetproof.example/")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_answer_is_kept_beside_the_cassette(upstream, proxy, client, chunked):
    coding = [("Transfer-Encoding", "chunked")] if chunked else []
    recording = proxy(upstream(lambda *_: (200, [*BINARY, *coding], NOISE)).origin, "--spool", "64KB")
    assert client(recording.url)("GET", "/photo")[2] == NOISE
    assert recording.stop() == (0, "")
    tape = recording.out / "session.yaml"
    digest = hashlib.sha256(NOISE).hexdigest()
    assert [path.name for path in (recording.out / "bodies").iterdir()] == [digest]
    assert len(tape.read_bytes()) < 2000
    (exchange,) = read_cassette(tape).exchanges
    assert exchange.meta["response_body"] == {"sha256": digest, "bytes": len(NOISE)}
    assert exchange.response.body == NOISE
    assert [one.response.body for one in CassetteStream(tape)] == [NOISE]


def test_a_large_request_is_kept_beside_the_cassette(upstream, proxy, client):
    server = upstream(lambda handler, body: (200, [], b"%d" % len(body)))
    recording = proxy(server.origin, "--spool", "64KB")
    assert client(recording.url)("PATCH", "/upload", BINARY, NOISE)[2] == b"%d" % len(NOISE)
    assert server.seen[0][3] == NOISE
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.request.body == NOISE
    assert exchange.request.url == f"{server.origin}/upload"


def test_a_large_text_passes_and_is_left_out(upstream, proxy, client):
    text = b'{"value": ["' + b"x" * 200_000 + b'"]}'
    recording = proxy(upstream(lambda *_: (200, [("Content-Type", "application/json")], text)).origin, "--spool", "64K")
    assert client(recording.url)("GET", "/v1.0/me/events")[2] == text
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.response.body == b""
    assert exchange.meta["response_left_out"] == f"{len(text)} bytes of text: too large to be searched for secrets"
    assert not (recording.out / "bodies").exists()


def test_a_large_body_that_holds_a_secret_passes_and_is_left_out(upstream, proxy, client):
    body = NOISE + b"very-secret-token" + NOISE
    recording = proxy(upstream(lambda *_: (200, BINARY, body)).origin, "--spool", "64KB")
    assert client(recording.url)("GET", "/photo", [("Authorization", "Bearer very-secret-token")])[2] == body
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.meta["response_left_out"] == "it holds a value that was seen as a secret"
    assert list((recording.out / "bodies").iterdir()) == []


def test_a_body_beside_that_was_changed_or_lost_is_told(upstream, proxy, client):
    recording = proxy(upstream(lambda *_: (200, BINARY, NOISE)).origin, "--spool", "64KB")
    client(recording.url)("GET", "/photo")
    recording.stop()
    tape = recording.out / "session.yaml"
    (body,) = (recording.out / "bodies").iterdir()
    body.write_bytes(NOISE[:-1])
    with pytest.raises(CassetteError, match=r"session.yaml:4: .*its response body was changed"):
        list(CassetteStream(tape))
    body.unlink()
    with pytest.raises(CassetteError, match="its response body is not beside it"):
        read_cassette(tape).exchanges[0]


def test_a_secret_is_found_across_pieces(tmp_path):
    spool = Spool(tmp_path, Secrets(["very-secret-token"]))
    for piece in (NOISE, b"\0very-sec", b"ret-token\0", NOISE):
        spool(piece)
    assert spool.kept() == (None, "it holds a value that was seen as a secret")
    assert list((tmp_path / "bodies").iterdir()) == []


@pytest.mark.parametrize("limit", [0, 3, 5, 6, 100])
def test_what_is_held_back_is_passed_on_once(limit):
    kept = []
    passing = Passing(limit, kept.append, lambda body: b"<" + body + b">")
    passed = b"".join(part for piece in (b"\0ab", b"cd", b"e", b"") for part in passing(piece))
    assert passed == (b"<\0abcde>" if limit >= 6 else b"\0abcde")
    assert passing.body == (b"\0abcde" if limit >= 6 else None)
    assert b"".join(kept) == (b"" if limit >= 6 else b"\0abcde")


def test_what_is_not_held_back_is_passed_on_at_once(tmp_path):
    kept = []
    passing = Passing(10, kept.append)
    for piece in (NOISE, b"a", b"b"):
        assert tuple(passing(piece)) == (piece,)
    assert tuple(passing(b"")) == ()
    assert kept == [NOISE, b"a", b"b"]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "bodies").write_text("in the way")
    spool = Spool(tmp_path, Secrets())
    spool(b"\0\1\2")
    kept, problem = spool.kept()
    assert kept is None
    assert "could not be written" in problem
