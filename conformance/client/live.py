"""The transport that speaks HTTP to a live server."""

from __future__ import annotations

import ssl
import time
import zlib
from functools import cache, lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from conformance.client.connections import Connection, Connections, Late, Lost, Place, Waits
from conformance.client.protocol import StreamedRequest, TransportFailed, heard
from conformance.model.exchange import Exchange, Headers, Request, Response, header
from conformance.wire.urls import DEFAULT_PORTS, split_url

USER_AGENT = "meetproof"
LARGEST = 32 * 2**20
"""How many bytes an answer may have, with its coding undone."""

_PATIENCE = 4  # a whole answer may take so many times as long as one wait
_OK = 200
_LEADING = {"Host": "", "User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "keep-alive"}
_PLACED = frozenset({*map(str.casefold, _LEADING), "content-length"})
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


def constant_headers(request: Request) -> Headers:
    """The header list of a request as it goes out, the same for the same request, in a fixed order.

    Host, User-Agent, Accept-Encoding and Connection come first (a request's own value stands in the same place),
    then the request's own headers in their order, then Content-Length, unless the request is sent in chunks.
    """
    origin, _ = split_url(request.url)
    leading = {**_LEADING, "Host": origin.partition("://")[2].rpartition("@")[2]}
    headers = [(name, request.header(name, value) or value) for name, value in leading.items()]
    headers += [(name, value) for name, value in request.headers if name.casefold() not in _PLACED]
    if (request.body or request.method in _BODY_METHODS) and not is_chunked(request):
        headers.append(("Content-Length", str(len(request.body))))
    return tuple(headers)


def is_chunked(request: Request) -> bool:
    """Whether a request asks to be sent in chunks (RFC 9112 section 7.1)."""
    return (request.header("Transfer-Encoding") or "").strip().casefold() == "chunked"


def _pieces(request: Request) -> tuple[bytes, ...]:
    """The body as it is sent: whole, or in two chunks, none of them empty, for an empty one would be the last."""
    middle = (len(request.body) + 1) // 2 if is_chunked(request) else len(request.body)
    return tuple(filter(None, (request.body[:middle], request.body[middle:])))


class LiveTransport:
    """HTTP/1.1 with kept-alive connections, constant headers, no environment proxies, no cookies, no redirects.

    ``timeout`` is in seconds, for connecting and for each wait on the socket; a whole answer may take four times as
    long, and have ``largest`` bytes. ``verify`` is what TLS trusts: the usual authorities, an own context, or ``False``
    for anything; ``trust`` is where a person says so.
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        verify: ssl.SSLContext | bool = True,
        largest: int = LARGEST,
        trust: str = "tls_ca in the target file",
    ) -> None:
        self._timeout, self._largest, self._trust = timeout, largest, trust
        self._trusted = _context(verify) if isinstance(verify, bool) else verify
        self._apart: list[LiveTransport] = []
        self._connections = Connections(self._trusted)

    def send(self, request: Request) -> Exchange:
        """Send a request; the exchange holds the headers that really went out and the body with its coding undone."""
        sent = constant_headers(request)
        about = f"{request.method} {request.url}"
        origin, target = split_url(request.url)
        silence = request.patience if isinstance(request, StreamedRequest) else self._timeout
        waits = Waits(self._timeout, silence, time.monotonic() + _PATIENCE * silence)
        try:
            connection = self._connections.take(_place(origin), waits)
            try:
                answer = connection.ask(
                    request.method,
                    target,
                    [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent],
                    _pieces(request),
                    waits,
                )
                raw = self._read(connection, answer.status_code, about, request, waits)
            finally:
                self._connections.give_back(connection)
        except Late as problem:
            raise TransportFailed(f"{about}: no answer in time ({_words(problem)})") from problem
        except Lost as problem:
            raise TransportFailed(f"{about}: no answer ({_words(problem)}){_hint(problem, self._trust)}") from problem
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw_items())
        body, headers, meta = self._identity(about, headers, raw)
        version = f"HTTP/{answer.http_version.decode('ascii')}"
        response = Response(answer.status_code, answer.reason.decode("latin-1"), headers, body, version)
        return Exchange(Request(request.method, request.url, sent, request.body), response, meta)

    def apart(self) -> LiveTransport:
        """The same over connections of its own, which this transport closes."""
        other = LiveTransport(timeout=self._timeout, verify=self._trusted, largest=self._largest, trust=self._trust)
        self._apart.append(other)
        return other

    def close(self) -> None:
        """Close the kept-alive connections."""
        for other in self._apart:
            other.close()
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, connection: Connection, status: int, about: str, request: Request, waits: Waits) -> bytes:
        """The body, or as much of it as who hears it wants: the connection is given up then."""
        pieces, length = [], 0
        for piece in connection.pieces(waits):
            length += len(piece)
            if length > self._largest:
                raise _too_long(about, self._largest)
            wanted = heard(request, piece) if status == _OK else None
            pieces.append(piece[:wanted])
            if wanted is not None:
                break
        return b"".join(pieces)

    def _identity(self, about: str, headers: Headers, raw: bytes) -> tuple[bytes, Headers, dict[str, str]]:
        """The body with its content coding undone, headers to match, and a note of the coding."""
        coding = header(headers, "Content-Encoding", "") or ""
        if not raw or coding.strip().lower() in {"", "identity"}:
            return raw, headers, {}
        body = self._decoded(about, coding, raw)
        kept = [(name, value) for name, value in headers if name.casefold() != "content-encoding"]
        lengthened = [(name, str(len(body)) if name.casefold() == "content-length" else value) for name, value in kept]
        return body, tuple(lengthened), {"content_encoding": coding}

    def _decoded(self, about: str, coding: str, raw: bytes) -> bytes:
        windows = _WINDOWS.get(coding.strip().lower())
        if windows is None:
            raise TransportFailed(f"{about}: the answer's Content-Encoding is {coding!r}, which nobody asked for")
        for bits in windows:
            undoing = zlib.decompressobj(bits)
            try:
                body = undoing.decompress(raw, self._largest + 1)
            except zlib.error:
                continue
            if len(body) > self._largest:
                raise _too_long(about, self._largest)
            if undoing.eof:
                return body
        raise TransportFailed(f"{about}: the answer's Content-Encoding is {coding!r}, its body is not")


# zlib's window bits for each coding; deflate comes with zlib's head or, wrongly, without.
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


def _too_long(about: str, largest: int) -> TransportFailed:
    return TransportFailed(f"{about}: the answer is given up, it has more than {largest} bytes")


@lru_cache(maxsize=64)
def _place(origin: str) -> Place:
    parts = urlsplit(origin)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    return Place(host, port, parts.scheme == "https")


@cache
def _context(verify: bool) -> ssl.SSLContext:
    """What httpx trusts, read once: it takes longer than a whole case against a local server."""
    return httpx.create_ssl_context(verify=verify, trust_env=False)


def _words(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def _hint(problem: Exception, trust: str) -> str:
    """What to do about a certificate that is not trusted."""
    if "CERTIFICATE_VERIFY_FAILED" not in str(problem):
        return ""
    return f": if the server's authority is to be trusted, name its PEM file by {trust}"
