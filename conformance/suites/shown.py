"""Exchanges as a report shows them: redacted, indented, shortened."""

from __future__ import annotations

from conformance.model.exchange import Headers
from conformance.model.record import ShownExchange
from conformance.suites.observed import Observed
from conformance.tape.redact import redact
from conformance.wire.pretty import pretty

LIMIT = 60_000  # characters of one message
BRIEF = 4_000  # characters of one message of a case that passed


def shown(observed: Observed, limit: int) -> ShownExchange:
    """An exchange for people, each message at most ``limit`` characters long."""
    safe = redact(observed.exchange)
    request, response = safe.request, safe.response
    start = f"{request.method} {request.url} {request.http_version}"
    status = f"{response.http_version} {response.status} {response.reason}".rstrip()
    return ShownExchange(
        observed.number,
        observed.operation,
        request.method,
        request.url,
        response.status,
        _message(start, request.headers, request.body, limit),
        _message(status, response.headers, response.body, limit),
    )


def _message(start: str, headers: Headers, body: bytes, limit: int) -> str:
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    text = "\n".join(lines) + (f"\n\n{pretty(body)}" if body else "")
    return text if len(text) <= limit else f"{text[:limit]}\n… {len(text) - limit} characters more are in the cassette"
