"""Connections are kept as long as they can be, and given up where they cannot."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
import trustme

from conformance.client import connections
from conformance.client.live import LiveTransport
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Request

DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"


@contextmanager
def serving(converse, tls=None):
    """A server that speaks with each connection by ``converse(connection, number)``; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak(connection, number):
        try:
            with tls.wrap_socket(connection, server_side=True) if tls else connection as spoken:
                converse(spoken, number)
        except OSError:
            return

    def serve():
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=speak, args=(connection, number), daemon=True).start()
            number += 1

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def heard(connection):
    """A request without a body, whole; empty where the client hangs up."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head


def numbered(connection, number):
    """Say to each request on which connection it came."""
    while heard(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number)


def bodies(transport, url, count):
    return [transport.send(Request("GET", url)).response.body for _ in range(count)]


def test_one_connection_is_kept_from_request_to_request():
    with serving(numbered) as port, LiveTransport() as transport:
        assert bodies(transport, f"http://127.0.0.1:{port}/", 3) == [b"0"] * 3
        assert bodies(transport.apart(), f"http://127.0.0.1:{port}/", 2) == [b"1"] * 2


def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch):
    monkeypatch.setattr(connections, "_IDLE", 0.0)
    with serving(numbered) as port, LiveTransport() as transport:
        assert bodies(transport, f"http://127.0.0.1:{port}/", 3) == [b"0", b"1", b"2"]


@pytest.mark.parametrize("says_so", [True, False])
def test_a_connection_that_the_server_ends_is_replaced(says_so):
    ended = threading.Semaphore(0)

    def once(connection, number):
        heard(connection)
        told = b"Connection: close\r\n" if says_so else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\n%sContent-Length: 1\r\n\r\n%d" % (told, number))
        connection.close()
        ended.release()

    with serving(once) as port, LiveTransport() as transport:
        for number in range(3):
            assert bodies(transport, f"http://127.0.0.1:{port}/", 1) == [b"%d" % number]
            assert ended.acquire(timeout=10)


def test_a_server_may_refuse_a_request_before_all_of_it_was_sent():
    def refuse(connection, number):
        if number:
            heard(connection)
            connection.sendall(DONE)
            return
        connection.recv(1)
        connection.sendall(TOO_LARGE)
        connection.shutdown(socket.SHUT_RD)

    with serving(refuse) as port, LiveTransport(timeout=5) as transport:
        url = f"http://127.0.0.1:{port}/"
        answers = []
        for request in (Request("POST", url, (), bytes(2**24)), Request("GET", url)):
            try:
                answers.append(transport.send(request).response.status)
            except TransportFailed as problem:  # what was answered may be lost with the connection
                assert "no answer (" in str(problem)  # noqa: PT017
                answers.append(413)
    assert answers == [413, 200]


def test_hints_that_come_before_the_answer_are_passed_over():
    def hint(connection, _):
        while heard(connection):
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + DONE)

    with serving(hint) as port, LiveTransport() as transport:
        assert bodies(transport, f"http://127.0.0.1:{port}/", 2) == [b"done"] * 2


def test_an_answer_that_ends_with_its_connection_is_whole():
    def end(connection, _):
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nall of it")

    with serving(end) as port, LiveTransport() as transport:
        assert bodies(transport, f"http://127.0.0.1:{port}/", 2) == [b"all of it"] * 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "the server hung up without an answer"),
        (DONE[:-2], "peer closed connection without sending complete message body"),
        (b"SSH-2.0\r\n\r\n", "illegal status line"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**18, "Receive buffer too long"),
    ],
)
def test_what_is_no_whole_answer_is_told(answer, words):
    def say(connection, _):
        heard(connection)
        connection.sendall(answer)

    with serving(say) as port, LiveTransport() as transport:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(TransportFailed, match=rf"GET {url}: no answer \({words}"):
            transport.send(Request("GET", url))


def test_a_request_that_is_none_is_not_sent():
    with serving(numbered) as port, LiveTransport() as transport:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(TransportFailed, match=r"no answer \([Ii]llegal header value"):
            transport.send(Request("GET", url, (("X-Broken", "a\r\nX-Smuggled: b"),)))
        assert bodies(transport, url, 1) == [b"1"]


def test_tls_is_spoken_with_those_who_are_trusted():
    authority, served, trusted = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(served)
    authority.configure_trust(trusted)
    served.set_alpn_protocols(["h2", "http/1.1"])

    def tell(connection, _):
        while heard(connection):
            told = (connection.selected_alpn_protocol() or "").encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))

    with serving(tell, served) as port:
        url = f"https://localhost:{port}/"
        with LiveTransport(verify=trusted) as transport:
            assert bodies(transport, url, 2) == [b"http/1.1"] * 2
        with LiveTransport(trust="--ca") as transport, pytest.raises(TransportFailed) as told:
            transport.send(Request("GET", url))
        assert "CERTIFICATE_VERIFY_FAILED" in str(told.value)
        assert str(told.value).endswith("if the server's authority is to be trusted, name its PEM file by --ca")
        with LiveTransport(verify=False) as transport:
            assert bodies(transport, url, 1) == [b"http/1.1"]
