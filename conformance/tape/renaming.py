"""Requests told in the ids of another server, which stands for the one that they were made to."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote

import orjson

from conformance.model.exchange import Request
from conformance.tape.tree import SCOPE, Node, request_tree, scoped
from conformance.tape.volatile import Kind, identity, in_one_alphabet, is_opaque, spellings, tokens
from conformance.wire import graph
from conformance.wire.urls import parts_of

_KEPT: Final = 200_000  # ids remembered, the latest
_SHORTEST: Final = 6  # a shorter id could stand in other words by chance
# Where clients put ids of their own making; the server's stand there too, and are renamed where they are known.
_MADE_BY_CLIENTS: Final = frozenset(
    {
        *("request-id", "client-request-id", "x-request-id", "x-correlation-id", "clientRequestId"),
        *("transactionId", "UID", "uid", "iCalUId", "GlobalObjectId", "ID", "existingEventId", "conversationIndex"),
        *("InternetMessageId", "internetMessageId", "References", "InReplyTo", "ConversationIndex"),
    }
)
_BEFORE: Final = r"(?:(?<![A-Za-z0-9+_-])|(?<=%[0-9A-Fa-f]{2}))"
_AFTER: Final = r"(?![A-Za-z0-9+=_-])"
# An id of EWS as Graph writes it, and the reverse.
_ALPHABETS: Final = tuple(
    (str.maketrans(*pair), str.maketrans(*reversed(pair))) for pair in (("/+", "-_"), ("-_", "/+"))
)


class UnknownId(ValueError):
    """A request speaks of an id that has no name on the other server, or no certain one; the message says where."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """An id that a request speaks of: its text, with what it is a version of, and where it stands."""

    text: str
    scoped: str
    path: str
    is_servers: bool  # whether the server made it, whoever told it


class Names:
    """What another server calls the ids of one, as answers of both to the same requests have told.

    The newest name counts. A version (change key, entity tag) has a name by itself and by what it is a version of.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._there: OrderedDict[str, str] = OrderedDict()
        self._here: OrderedDict[str, str] = OrderedDict()

    def learn(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take over names: ids here with what they are called there (``Comparison.naming``)."""
        for here, there in pairs:
            _put(self._there, here, there, self._kept)
            _put(self._here, there, here, self._kept)
            text, is_version, _ = here.partition(SCOPE)
            if is_version:
                _put(self._there, text, there.partition(SCOPE)[0], self._kept)

    def contradicts(self, here: str, there: str) -> bool:
        """Whether an id is known by another name, or the name for another id, in whichever alphabet.

        Short texts are nobody's alone, and neither are versions of nobody knows what.
        """
        text, scope, holder = here.partition(SCOPE)
        if not is_opaque(text) or (scope and not holder):
            return False
        known = (self._there.get(here, there), there), (self._here.get(there, here), here)
        return any(in_one_alphabet(one) != in_one_alphabet(other) for one, other in known)

    def of(self, spoken: str) -> str | None:
        """The name there of an id here, given as ``scoped``; None where it is not known."""
        text = spoken.partition(SCOPE)[0]
        found = self._there.get(spoken) or self._there.get(text)
        if found is not None:
            return found.partition(SCOPE)[0]
        for there, back in _ALPHABETS:  # told by one protocol, spoken in the other
            found = self._there.get(text.translate(there))
            if found is not None:
                return found.partition(SCOPE)[0].translate(back)
        return None


def renamed(request: Request, names: Names, *, unknown_stay: bool = False) -> Request:
    """A request with the ids of one server replaced by those of the other, and not a byte else.

    Raises:
        UnknownId: when it speaks of an id of the server's that has no name there, unless these are to stay as they
            are (``unknown_stay``), or of one that cannot be replaced without doubt.
    """
    changes: dict[str, str] = {}
    for spoken in _spoken_of(request):
        name = names.of(spoken.scoped)
        if name is None:
            if spoken.is_servers and not unknown_stay:
                raise UnknownId(f"{spoken.path} has an id that the other server has not told")
            name = spoken.text
        if changes.setdefault(spoken.text, name) != name:
            raise UnknownId(f"{spoken.path} has an id that is two on the other server")
    changed = [text for text, name in changes.items() if text != name]
    if any(len(text) < _SHORTEST for text in changed):
        raise UnknownId("an id is too short to be told from other text")
    return _replaced(request, changes) if changed else request


def _replaced(request: Request, changes: Mapping[str, str]) -> Request:
    """The request with texts replaced wherever they stand whole; a text that stays protects what is within it."""
    forms: dict[str, str] = {}
    for text, name in changes.items():
        for form, other in zip(spellings(text), spellings(name), strict=True):
            forms.setdefault(form, other)  # of spellings alike the plain one
    longest_first = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    pattern = re.compile(f"{_BEFORE}(?:{longest_first}){_AFTER}")

    def change(text: str) -> str:
        return pattern.sub(lambda found: forms[found[0]], text)

    url = pattern.sub(lambda found: quote(unquote(forms[found[0]]), safe=""), request.url)
    body = change(request.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    headers = tuple((name, change(value)) for name, value in request.headers)
    return replace(request, url=url, headers=headers, body=body)


def _spoken_of(request: Request) -> Iterator[_Spoken]:
    """The ids in a request; of a batch also those in its parts' addresses."""
    for leaf in request_tree(request).leaves():
        if isinstance(leaf.value, str) and leaf.value and leaf.name != "origin":
            yield from _of_leaf(leaf, leaf.value)
    for part in _addresses_of_parts(request):
        yield from _spoken_of(Request("GET", part))


def _of_leaf(leaf: Node, value: str) -> Iterator[_Spoken]:
    if leaf.kind is Kind.IDENTITY:
        text = identity(value)
        plain = text.strip("<>").replace("@", "")
        is_servers = leaf.name not in _MADE_BY_CLIENTS and _holder(leaf) not in _MADE_BY_CLIENTS and is_opaque(plain)
        yield _Spoken(text, scoped(leaf, text), leaf.path, is_servers)
    elif leaf.kind is Kind.LINK:
        yield from (_Spoken(token, token, leaf.path, is_servers=False) for _, _, token in tokens(value))


def _holder(leaf: Node) -> str:
    return leaf.parent.name if leaf.name == "text()" and leaf.parent is not None else ""


def _addresses_of_parts(request: Request) -> Iterator[str]:
    """The absolute addresses of a Graph batch's parts."""
    named = graph.segments(request.url) if graph.is_graph(request) else ()
    if not named or named[-1].text != "$batch":
        return
    try:
        parts = orjson.loads(request.body)["requests"]
        told = [part["url"] for part in parts if isinstance(part["url"], str)]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return
    root = request.url[: request.url.rindex("/$batch")] if "/$batch" in request.url else parts_of(request.url).netloc
    yield from (f"{root}/{url.lstrip('/')}" for url in told)


def _put(known: OrderedDict[str, str], key: str, value: str, kept: int) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > kept:
        known.popitem(last=False)
