"""Who speaks in an exchange, as far as it can be seen once secrets are gone."""

from __future__ import annotations

import base64
import binascii
import functools
from dataclasses import replace

from conformance.model.exchange import Exchange, Request
from conformance.tape.places import REDACTED

ACTOR = "actor"  # the metadata key under which a recorder keeps who spoke


def with_actor(exchange: Exchange) -> Exchange:
    """The exchange with who spoke in its metadata, where the credentials say so and nobody noted it yet."""
    actor = "" if ACTOR in exchange.meta else actor_of(exchange.request)
    return replace(exchange, meta={**exchange.meta, ACTOR: actor}) if actor else exchange


def actor_of(message: Request | Exchange) -> str:
    """Who speaks, as far as it can be seen: the recorder's note, or the user of Basic credentials; else ""."""
    if isinstance(message, Exchange):
        noted = message.meta.get(ACTOR, "")
        return noted if isinstance(noted, str) and noted else actor_of(message.request)
    return _user_of(message.header("authorization") or "")


@functools.lru_cache(maxsize=64)  # few people speak, and often
def _user_of(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.casefold() != "basic" or credentials.strip() == REDACTED:
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0].casefold()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def speaker_of(exchange: Exchange) -> str:
    """Who speaks, told by their credentials, whatever those are, where it cannot be told by name."""
    return actor_of(exchange) or exchange.request.header("authorization") or ""
