"""A server that does everything wrong, in one way at a time."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENVELOPE = (
    b'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<m:GetItemResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages/>'
    b"</m:GetItemResponse></s:Body></s:Envelope>"
)
TOKEN = b'{"access_token": "t", "token_type": "Bearer"}'
XML, JSON, HTML = b"text/xml; charset=utf-8", b"application/json", b"text/html"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_BOMB = (
    b"<!DOCTYPE a ["
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10 if n else b"x" * 10) for n in range(9))
    + b"]><a>&j;</a>"
)

Send = Callable[[bytes], None]


def whole(status: bytes, kind: bytes, body: bytes, *headers: bytes) -> bytes:
    """An answer as it should be."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _always(answer: bytes) -> Callable[[Send], None]:
    return lambda send: send(answer)


def _silent(_: Send) -> None:
    time.sleep(30)


def _trickling(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(1000):
        send(b"x")
        time.sleep(0.03)


def _trickling_head(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        send(b"X-%d: x\r\n" % number)
        time.sleep(0.03)


def _endless(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    while True:
        send(piece)


def _cut(send: Send) -> None:
    send(whole(b"200 OK", XML, ENVELOPE)[:-40])


WAYS: dict[str, Callable[[Send], None]] = {
    "says nothing": _silent,
    "trickles": _trickling,
    "trickles headers": _trickling_head,
    "hangs up": lambda _: None,
    "hangs up in the middle": _cut,
    "never ends": _endless,
    "a gigabyte in a few bytes": _always(
        whole(b"200 OK", XML, gzip.compress(bytes(2**26), 9), b"Content-Encoding: gzip")
    ),
    "a page": _always(whole(b"200 OK", HTML, b"<!DOCTYPE html><html><body><p>Sign in<br></body></html>")),
    "asks to wait an hour": _always(whole(b"429 Too Many Requests", HTML, b"busy", b"Retry-After: 3600")),
    "asks to wait for ever": _always(whole(b"429 Too Many Requests", HTML, b"busy", b"Retry-After: 0")),
    "fails": _always(whole(b"500 Internal Server Error", HTML, b"<h1>Oops</h1>")),
    "half an envelope": _always(whole(b"200 OK", XML, ENVELOPE[:-60])),
    "an envelope as a picture": _always(whole(b"200 OK", b"image/png", ENVELOPE)),
    "an envelope in another charset": _always(
        whole(b"200 OK", b"text/xml; charset=utf-16", ENVELOPE.replace(b'"utf-8"', b'"utf-16"'))
    ),
    "an unknown charset": _always(
        whole(b"200 OK", b"text/xml; charset=klingon", ENVELOPE.replace(b'"utf-8"', b'"klingon"'))
    ),
    "nothing at all": _always(whole(b"200 OK", XML, b"")),
    "noise": _always(whole(b"200 OK", XML, bytes(range(256)) * 8)),
    "no HTTP": _always(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a thousand laughs": _always(whole(b"200 OK", XML, _BOMB)),
    "a deep document": _always(whole(b"200 OK", XML, b"<a>" * 50_000 + b"</a>" * 50_000)),
    "a deep object": _always(whole(b"200 OK", JSON, b'{"value":' * 50_000 + b"1" + b"}" * 50_000)),
    "an object of others": _always(whole(b"200 OK", JSON, b'{"value": [1, null, {"id": 7, "subject": {}}], "id": []}')),
    "a list": _always(whole(b"200 OK", JSON, b"[[]]")),
    "a number": _always(whole(b"201 Created", JSON, b"1e999")),
    "an envelope of others": _always(whole(b"200 OK", XML, ENVELOPE.replace(b"GetItemResponse", b"FooResponse"))),
    "an envelope without anything": _always(whole(b"200 OK", XML, ENVELOPE)),
}
"""What the server does with every request but those for tokens, which it grants."""


@contextmanager
def misbehaving(way: str) -> Iterator[str]:
    """A server that misbehaves in one way; its origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_converse, args=(connection, WAYS[way]), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.close()


def _converse(connection: socket.socket, answer: Callable[[Send], None]) -> None:
    """One request and its answer; the connection ends with it."""
    with connection:
        try:
            request = connection.recv(65536)
            while b"\r\n\r\n" not in request:
                request += connection.recv(65536) or b"\r\n\r\n"
            head, _, body = request.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            left = (int(found[1]) if found else 0) - len(body)
            while left > 0:
                left -= len(connection.recv(65536)) or left
            if b"/token" in head.partition(b"\r\n")[0]:
                connection.sendall(whole(b"200 OK", JSON, TOKEN, b"Connection: close"))
            else:
                answer(connection.sendall)
        except OSError:
            return
