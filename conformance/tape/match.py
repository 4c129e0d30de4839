"""Which recorded request a request is: by operation, actor and what it says, whatever its ids are."""

from __future__ import annotations

import base64
import binascii
import hashlib

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.normalise import normalise_request
from conformance.tape.redact import REDACTED, redact
from conformance.tape.tree import Node, Shape, request_tree
from conformance.wire.operation import operation

ACTOR = "actor"  # the metadata key under which a recorder keeps who spoke
_COUNTED_HEADERS = frozenset({"prefer", "if-match", "if-none-match"})  # headers that change what is answered


def match_key(request: Request, actor: str = "") -> str:
    """A key that two requests share when they ask the same of the same mailbox, ids, prefixes and layout aside.

    Secrets are redacted and volatile values renamed first, each request by itself; of the headers only those count that
    change the answer. ``actor`` is who asks (``actor_of``), where both sides know it.
    """
    plain = normalise_request(redact(Exchange(request, Response(0))).request)
    digest = hashlib.sha256(_told(request_tree(plain)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{operation(request)} {actor.casefold() or '-'} {digest[:32]}"


def actor_of(message: Request | Exchange) -> str:
    """Who speaks, as far as it can be seen: the recorder's note, or the user of Basic credentials; else ""."""
    if isinstance(message, Exchange):
        noted = message.meta.get(ACTOR, "")
        return noted if isinstance(noted, str) and noted else actor_of(message.request)
    scheme, _, credentials = (message.header("authorization") or "").partition(" ")
    if scheme.casefold() != "basic" or credentials.strip() == REDACTED:
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0].casefold()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _told(node: Node) -> str:
    """A request's tree as one text, without its origin and the headers that do not count."""
    if node.name == "origin":
        return ""
    if node.shape is Shape.LEAF:
        return f"{node.name}={type(node.value).__name__}:{node.value!r};"
    children = node.children
    if node.name == "headers":
        children = [each for each in children if each.name in _COUNTED_HEADERS]
    told = [_told(each) for each in children]
    if node.shape is Shape.SET or node.name in {"headers", "parameters"}:
        told.sort()
    return f"{node.name}({''.join(told)})"
