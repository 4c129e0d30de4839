"""The fence around replay."""

from __future__ import annotations

import asyncio
import socket

import pytest

from conformance.client.live import LiveTransport
from conformance.client.protocol import TransportFailed
from conformance.client.sockets import SocketsBlocked, blocked
from conformance.model.exchange import Request


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def test_nothing_connects_inside_and_everything_does_outside(listening):
    before = dict(socket.socket.__dict__)
    with blocked():
        with socket.socket() as client, pytest.raises(SocketsBlocked, match=str(listening[1])):
            client.connect(listening)
        with socket.socket() as client, pytest.raises(SocketsBlocked):
            client.connect_ex(listening)
        with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(SocketsBlocked):
            client.sendto(b"x", listening)
        with pytest.raises(SocketsBlocked):
            socket.create_connection(listening)
        with pytest.raises(SocketsBlocked, match=r"meetproof\.example"):
            socket.getaddrinfo("meetproof.example", 80)
    assert dict(socket.socket.__dict__) == before
    socket.create_connection(listening).close()


def test_asyncio_and_the_live_transport_are_blocked_too(listening):
    with blocked():
        with pytest.raises(SocketsBlocked):
            asyncio.run(asyncio.open_connection(*listening))
        with LiveTransport() as transport, pytest.raises(TransportFailed, match="sockets are blocked"):
            transport.send(Request("GET", f"http://127.0.0.1:{listening[1]}/"))


def test_the_fence_falls_when_the_block_raises(listening):
    with pytest.raises(KeyError), blocked():
        raise KeyError
    socket.create_connection(listening).close()
