"""Ids that a live client makes itself, in place of those that it made when it was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import quote, unquote

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.match import identities
from conformance.tape.volatile import TAGS, TOKEN


class Aliases:
    """The one-to-one naming of recorded ids by live ones, as far as it is known.

    Only an id that a client made may have another name: one that stands in a request before it stands in any answer. An
    id that the server gave is the same when the recording is played, because the answer that gives it is.
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges
        self._live: dict[str, str] = {}
        self._recorded: dict[str, str] = {}

    @cached_property
    def own(self) -> frozenset[str]:
        """The recorded ids that clients made; entity tags are a server's (RFC 9110, section 8.8.3)."""
        asked = [_ids_of(exchange.request) for exchange in self._exchanges]
        spoken_of = frozenset[str]().union(*asked)
        own: set[str] = set()
        given: set[str] = set()
        for exchange, ids in zip(self._exchanges, asked, strict=True):
            own |= ids - given
            if len(own) + len(given) < len(spoken_of):
                given |= (_words(exchange.response) & spoken_of) - own
        return frozenset(own)

    def pairs(self, recorded: Request, wanted: Request) -> Mapping[str, str] | None:
        """Which recorded ids a request calls otherwise, by their names there; nothing where it may not.

        Both are requests of one match key, so they differ in ids at most.
        """
        ours, theirs = dict(identities(recorded)), dict(identities(wanted))
        found: dict[str, str] = {}
        for path, ids in ours.items():
            others = theirs.get(path, ())
            if len(ids) != len(others):
                return None
            for one, other in zip(ids, others, strict=True):
                if one != other and (one not in self.own or found.setdefault(one, other) != other):
                    return None
        if len(set(found.values())) < len(found):
            return None
        return None if any(self._contradicts(one, other) for one, other in found.items()) else found

    @property
    def are_given(self) -> bool:
        """Whether any recorded id has another name."""
        return bool(self._recorded)

    def take(self, recorded: Request, wanted: Request) -> bool:
        """Give the recorded ids the names that a request has for them, and tell whether it may have them."""
        found = self.pairs(recorded, wanted)
        if found is None:
            return False
        self._live.update(found)
        self._recorded.update((live, own) for own, live in found.items())
        return True

    def recorded(self, request: Request) -> Request:
        """A live request as it would have been recorded, as far as the naming is known."""
        if not self._recorded:
            return request
        return replace(request, url=_renamed(request.url, self._recorded), body=_changed(request.body, self._recorded))

    def live(self, response: Response) -> Response:
        """A recorded answer with the live names in place of the recorded ones."""
        if not self._live:
            return response
        headers = tuple((name, _renamed(value, self._live)) for name, value in response.headers)
        return replace(response, headers=headers, body=_changed(response.body, self._live))

    def _contradicts(self, recorded: str, live: str) -> bool:
        return self._live.get(recorded, live) != live or self._recorded.get(live, recorded) != recorded


def _ids_of(request: Request) -> frozenset[str]:
    named = ((path.removeprefix("request.headers."), ids) for path, ids in identities(request))
    return frozenset(each for path, ids in named if path not in TAGS for each in ids)


def _words(response: Response) -> set[str]:
    """Everything in an answer that could be an id."""
    text = "\n".join((*(value for _, value in response.headers), response.body.decode("utf-8", "replace")))
    words = set(TOKEN.findall(text))
    words |= {unquote(word) for word in words if "%" in word}
    return words | {part for part in text.replace('"', "\n").replace("<", "\n").replace(">", "\n").split("\n") if part}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new).replace(quote(old, safe=""), quote(new, safe=""))
    return text


def _changed(body: bytes, names: Mapping[str, str]) -> bytes:
    for old, new in names.items():
        body = body.replace(old.encode(), new.encode())
    return body
