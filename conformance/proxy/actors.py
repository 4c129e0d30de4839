"""Who speaks: known from Basic credentials, or from the token request that a bearer token came from."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from urllib.parse import parse_qsl

from conformance.model.exchange import Exchange, Request
from conformance.tape.actors import actor_of

_KEPT = 10_000  # tokens remembered, by their digests


class Actors:
    """Learns from token requests whose bearer tokens are, and keeps no token."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def learn(self, exchange: Exchange) -> None:
        """Note the user, or else the client, that a token endpoint gave a token to (RFC 6749, section 5.1)."""
        request, response = exchange.request, exchange.response
        if response.status != 200 or "x-www-form-urlencoded" not in (request.header("Content-Type") or "").casefold():
            return
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        owner = form.get("username") or form.get("client_id")
        try:
            answer = json.loads(response.body)
        except ValueError:
            return
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if owner and isinstance(token, str):
            self._owners[_digest(token)] = owner.casefold()
            if len(self._owners) > _KEPT:
                self._owners.popitem(last=False)

    def of(self, request: Request) -> str:
        """The address or name of who sends a request; empty when that cannot be known."""
        scheme, _, credentials = (request.header("Authorization") or "").partition(" ")
        if scheme.casefold() == "bearer":
            return self._owners.get(_digest(credentials.strip()), "")
        return actor_of(request)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
