"""How the raw callers of both protocols send: as one person, or with another Authorization header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.model.exchange import Exchange, Request

Send = Callable[[Request], Exchange]


def showing(send: Send, value: str | None) -> Send:
    """The same way to send, its requests showing this Authorization header, or none that ``send`` does not add."""
    pair = (("Authorization", value),) if value is not None else ()
    return lambda request: send(replace(request, headers=(*pair, *request.headers)))
