"""Which recorded request a request is: by operation, actor and what it says, whatever its ids are."""

from __future__ import annotations

import hashlib

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.normalise import normalise_request
from conformance.tape.redact import redact
from conformance.tape.tree import Node, Shape, request_tree
from conformance.wire.operation import operation

_COUNTED_HEADERS = frozenset({"prefer", "if-match", "if-none-match"})  # headers that change what is answered


def match_key(request: Request, actor: str = "") -> str:
    """A key that two requests share when they ask the same of the same mailbox, ids, prefixes and layout aside.

    Secrets are redacted and volatile values renamed first, each request by itself; of the headers only those count that
    change the answer. ``actor`` is who asks (``actor_of``), where both sides know it.
    """
    plain = normalise_request(redact(Exchange(request, Response(0))).request)
    digest = hashlib.sha256(_told(request_tree(plain)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{operation(request)} {actor.casefold() or '-'} {digest[:32]}"


def _told(node: Node) -> str:
    """A request's tree as one text, without its origin and the headers that do not count."""
    if node.name == "origin":
        return ""
    if node.shape is Shape.LEAF:
        return f"{node.tag}={type(node.value).__name__}:{node.value!r};"
    children = node.children
    if node.name == "headers":
        children = [each for each in children if each.name in _COUNTED_HEADERS]
    told = [_told(each) for each in children]
    if node.shape is Shape.SET or node.name in {"headers", "parameters"}:
        told.sort()
    return f"{node.tag}({''.join(told)})"
