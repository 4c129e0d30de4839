"""The transport that speaks HTTP to a live server."""

from __future__ import annotations

import ssl
from functools import cache
from types import TracebackType
from typing import Self

import httpx

from conformance.client.protocol import TransportFailed, split_url
from conformance.model.exchange import Exchange, Headers, Request, Response, header, headers_of

USER_AGENT = "meetproof"
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


def constant_headers(request: Request) -> Headers:
    """The header list of a request as it goes out, the same for the same request, in a fixed order.

    Host, User-Agent, Accept-Encoding and Connection come first (a request's own value stands in the same place),
    then the request's own headers in their order, then Content-Length.
    """
    origin, _ = split_url(request.url)
    leading = {
        "Host": origin.partition("://")[2].rpartition("@")[2],
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
    }
    placed = {name.casefold() for name in leading} | {"content-length"}
    headers = [(name, header(request.headers, name, value) or value) for name, value in leading.items()]
    headers += [(name, value) for name, value in request.headers if name.casefold() not in placed]
    if request.body or request.method in _BODY_METHODS:
        headers.append(("Content-Length", str(len(request.body))))
    return tuple(headers)


class LiveTransport:
    """HTTP/1.1 with kept-alive connections, constant headers, no environment proxies, no cookies, no redirects.

    ``timeout`` is in seconds, for connecting and for each wait on the socket. ``verify`` is what TLS trusts: the usual
    authorities, an own context, or ``False`` for anything.
    """

    def __init__(self, *, timeout: float = 30.0, verify: ssl.SSLContext | bool = True) -> None:
        trusted = _usual_authorities() if verify is True else verify
        self._client = httpx.Client(trust_env=False, verify=trusted, timeout=timeout, follow_redirects=False)

    def send(self, request: Request) -> Exchange:
        """Send a request; the exchange holds the headers that really went out and the body with its coding undone."""
        _, target = split_url(request.url)
        sent = constant_headers(request)
        outgoing = httpx.Request(
            request.method,
            request.url,
            headers=list(sent),
            content=request.body or None,
            extensions={"target": target.encode("ascii"), "timeout": self._client.timeout.as_dict()},
        )
        try:
            answer = self._client.send(outgoing, stream=True)
            try:
                raw = b"".join(answer.iter_raw())
            finally:
                answer.close()
        except httpx.TimeoutException as problem:
            raise TransportFailed(f"{request.method} {request.url}: no answer in time ({_words(problem)})") from problem
        except httpx.TransportError as problem:
            raise TransportFailed(f"{request.method} {request.url}: no answer ({_words(problem)})") from problem
        headers = headers_of((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        body, headers, meta = _identity(request, answer, headers, raw)
        # httpcore knows the protocol as bytes "HTTP/1.1"; httpx hands it on as text.
        response = Response(answer.status_code, answer.reason_phrase, headers, body, answer.http_version)
        return Exchange(Request(request.method, request.url, sent, request.body), response, meta)

    def close(self) -> None:
        """Close the kept-alive connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def _usual_authorities() -> ssl.SSLContext:
    """The authorities that httpx trusts, read once: it takes longer than a whole case against a local server."""
    return httpx.create_ssl_context(trust_env=False)


def _identity(
    request: Request, answer: httpx.Response, headers: Headers, raw: bytes
) -> tuple[bytes, Headers, dict[str, str]]:
    """The body with its content coding undone, headers to match, and a note of the coding."""
    coding = header(headers, "Content-Encoding", "") or ""
    if not raw or coding.strip().lower() in {"", "identity"}:
        return raw, headers, {}
    try:
        body = httpx.Response(answer.status_code, headers=answer.headers, content=raw).content
    except httpx.DecodingError as problem:
        raise TransportFailed(
            f"{request.method} {request.url}: the answer's Content-Encoding is {coding!r}, its body is not"
        ) from problem
    kept = [(name, value) for name, value in headers if name.casefold() != "content-encoding"]
    lengthened = [(name, str(len(body)) if name.casefold() == "content-length" else value) for name, value in kept]
    return body, tuple(lengthened), {"content_encoding": coding}


def _words(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
