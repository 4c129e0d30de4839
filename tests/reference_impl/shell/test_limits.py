"""What no client may do: large heads and bodies, slow ones, and requests that never end."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from reference_impl import app as shell
from reference_impl import protocol, server
from reference_impl.protocol import H11, http_protocol

AUTHORIZED = "Authorization: Basic b3JnYW5pemVyMEBleGFtcGxlLmNvbTptZWV0cHJvb2Y=\r\n"


@pytest.fixture(params=[http_protocol(), H11], ids=["httptools", "h11"])
def parser(request, monkeypatch):
    monkeypatch.setattr(server, "http_protocol", lambda: request.param)


@pytest.fixture
def connected(serve):
    opened = []

    def connect() -> socket.socket:
        where = urlsplit(serve())
        opened.append(socket.create_connection((where.hostname, where.port), timeout=10))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


def told(client: socket.socket) -> str:
    """All that the server says before it closes the connection."""
    said = b""
    while chunk := client.recv(65536):
        said += chunk
    return said.decode("latin-1")


def test_a_client_that_says_nothing_is_sent_away(parser, connected, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    assert told(connected()) == ""


def test_a_head_that_does_not_end_is_not_waited_for(parser, connected, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    client = connected()
    client.sendall(b"GET /nothing HTTP/1.1\r\nHost: server.test\r\n\r\n")
    assert client.recv(12) == b"HTTP/1.1 404"
    client.sendall(b"GET /nothing HTTP/1.1\r\nHost:")
    assert told(client).endswith("Autodiscover below /autodiscover.\n")


def test_a_connection_that_is_used_stays(parser, connected, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    client = connected()
    for _ in range(5):
        client.sendall(b"GET /nothing HTTP/1.1\r\nHost: server.test\r\n\r\n")
        said = b""
        while not said.endswith(b"/autodiscover.\n"):
            said += client.recv(4096)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(10)


def test_a_head_without_end_is_refused(parser, connected):
    client = connected()
    client.sendall(b"GET / HTTP/1.1\r\nHost: server.test\r\nX-Long: ")
    try:
        for _ in range(40):
            client.sendall(b"x" * 8192)
    except OSError:
        return  # refused so early that what was still being sent was in vain
    try:
        assert told(client).startswith("HTTP/1.1 400")
    except ConnectionResetError:
        return


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(parser, connected):
    client = connected()
    head = f"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: server.test\r\n{AUTHORIZED}Expect: 100-continue\r\n"
    client.sendall(f"{head}Content-Length: {shell.BODY_LIMIT + 1}\r\n\r\n".encode())
    assert client.recv(12) == b"HTTP/1.1 413"


def test_a_body_that_does_not_come_is_not_waited_for(parser, connected, monkeypatch):
    monkeypatch.setattr(shell, "BODY_SECONDS", 0.3)
    client = connected()
    head = f"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: server.test\r\n{AUTHORIZED}Content-Length: 100\r\n\r\n"
    client.sendall(head.encode() + b"<s:")
    said = told(client)
    assert said.startswith("HTTP/1.1 408")
    assert "\r\nconnection: close\r\n" in said.lower()


def test_half_a_request_is_not_carried_out(parser, app, monkeypatch):
    """A body cut short may be a whole request by itself, as a form is, or as an act is that needs no body."""
    import asyncio

    from reference_impl.server import bind, listen

    answered = []
    inner = app.answer

    async def answer(scope, body):
        answered.append(body)
        return await inner(scope, body)

    monkeypatch.setattr(app, "answer", answer)

    async def talk() -> None:
        listening = await listen(app, bind("127.0.0.1", 0))
        _, writer = await asyncio.open_connection("127.0.0.1", int(listening.origin.rpartition(":")[2]))
        writer.write(b"POST /oauth2/v2.0/token HTTP/1.1\r\nHost: server.test\r\nContent-Length: 90\r\n\r\na=b")
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        await asyncio.sleep(0.2)
        listening.stop()
        await listening.task

    asyncio.run(talk())
    assert answered == []
