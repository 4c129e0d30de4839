"""Which recorded request a request is: by operation, actor and what it says, whatever its ids are."""

from __future__ import annotations

import hashlib

from conformance.model.exchange import Request
from conformance.tape.normalise import normalise_request
from conformance.tape.redact import redacted_request
from conformance.tape.tree import Node, Shape, request_tree
from conformance.tape.volatile import Kind, identity, tokens
from conformance.wire.operation import operation
from conformance.wire.urls import target_of

COUNTED_HEADERS = frozenset({"prefer", "if-match", "if-none-match"})
"""Headers that change what is answered."""
_NAMED = frozenset({Kind.IDENTITY, Kind.LINK})


def match_key(request: Request, actor: str = "") -> str:
    """A key that two requests share when they ask the same of the same mailbox, ids, prefixes and layout aside.

    Secrets are redacted and volatile values renamed first, each request by itself; of the headers only those count that
    change the answer. ``actor`` is who asks (``actor_of``), where both sides know it.
    """
    plain = normalise_request(redacted_request(request))
    digest = hashlib.sha256(_told(request_tree(plain)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{operation(request)} {actor.casefold() or '-'} {digest[:32]}"


def exact_key(request: Request) -> tuple[object, ...]:
    """What two requests share that are the same to the letter: method, target, body and the headers that count."""
    counted = sorted((name.casefold(), value) for name, value in request.headers if name.casefold() in COUNTED_HEADERS)
    return request.method, target_of(request.url), request.body, tuple(counted)


Identities = tuple[tuple[str, tuple[str, ...]], ...]
"""Ids by the path at which they stand."""


def identities(request: Request) -> Identities:
    """The ids that a request speaks of, in the order of their paths; those within a link as its tokens.

    They are what a match key leaves out: requests with the same key and the same ids ask the same of the same things.
    """
    leaves = (leaf for leaf in request_tree(request).leaves() if leaf.name != "origin" and isinstance(leaf.value, str))
    told = ((leaf.path, _ids_of(leaf.kind, str(leaf.value))) for leaf in leaves if leaf.kind in _NAMED)
    return tuple(sorted((path, ids) for path, ids in told if ids))


def _ids_of(kind: Kind, text: str) -> tuple[str, ...]:
    return tuple(token for _, _, token in tokens(text)) if kind is Kind.LINK else (identity(text),)


def _told(node: Node) -> str:
    """A request's tree as one text, without its origin and the headers that do not count."""
    if node.name == "origin":
        return ""
    if node.shape is Shape.LEAF:
        return f"{node.tag}={type(node.value).__name__}:{node.value!r};"
    children = node.children
    if node.name == "headers":
        children = [each for each in children if each.name in COUNTED_HEADERS]
    told = [_told(each) for each in children]
    if node.shape is Shape.SET or node.name in {"headers", "parameters"}:
        told.sort()
    return f"{node.tag}({''.join(told)})"
