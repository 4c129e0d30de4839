"""From an address to a route: version, segments, keys. Keywords are matched without regard to case, keys with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from reference_impl.graph.call import Call, Result
from reference_impl.graph.odata.options import NOTHING
from reference_impl.graph.refusals import MethodNotAllowed, SegmentUnknown

VERSIONS: Final = {"v1.0": "v1.0", "beta": "beta"}
ME_PLACEHOLDER: Final = "me-token-to-replace"
QUALIFIER: Final = "microsoft.graph."

_QUOTED_KEY: Final = re.compile(r"([A-Za-z_.]+)\('((?:[^']|'')*)'\)")
_BARE_KEY: Final = re.compile(r"([A-Za-z_.]+)\(([^'()=]+)\)")
_CALL: Final = re.compile(r"([A-Za-z_.]+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: method, path below the mailbox (``{name}`` takes a key), who answers and what it needs.

    ``scopes`` are the permissions of which one is needed, ``options`` the system query options offered.
    """

    name: str
    method: str
    paths: tuple[str, ...]
    answer: Callable[[Call], Result]
    scopes: frozenset[str]
    options: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True)
class Address:
    """A path taken apart: the version, the user key (None for /me), the segments below it."""

    version: str
    user: str | None
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A route and the keys its path gave."""

    route: Route
    keys: Mapping[str, str] = field(default_factory=dict)


def read_address(path: str) -> Address:
    """The parts of a percent-encoded path; SegmentUnknown where it cannot lead anywhere."""
    raw = path.strip("/").split("/")
    version = VERSIONS.get(raw[0].lower())
    if version is None:
        raise SegmentUnknown(segment=raw[0])
    segments = [part for piece in raw[1:] for part in _keyed(unquote(piece))]
    if "" in segments:
        raise SegmentUnknown(segment="")
    head = segments[0].lower() if segments else ""
    if head == "me":
        return Address(version, None, tuple(segments[1:]))
    if head == "users" and len(segments) > 1:
        user = None if segments[1].lower() == ME_PLACEHOLDER else segments[1]
        return Address(version, user, tuple(segments[2:]))
    raise SegmentUnknown(segment=segments[0] if segments else version)


def _keyed(segment: str) -> Iterable[str]:
    """``events('k')`` is events/k, ``name()`` is name, ``name(argument=value)`` is name/(argument=value)."""
    if match := _QUOTED_KEY.fullmatch(segment):
        return match[1], match[2].replace("''", "'")
    if match := _BARE_KEY.fullmatch(segment):
        return match[1], match[2]
    if match := _CALL.fullmatch(segment):
        return (match[1], f"({match[2]})") if match[2] else (match[1],)
    return (segment,)


class Router:
    """Finds the route of a method and segments in a table of routes."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._rows = [
            (tuple(path.strip("/").split("/")) if path else (), route) for route in routes for path in route.paths
        ]

    def find(self, method: str, segments: tuple[str, ...]) -> Found:
        """The route and its keys; MethodNotAllowed where other methods lead there, else SegmentUnknown."""
        offered: dict[str, Found] = {}
        for template, route in self._rows:
            keys = _fit(template, segments)
            if keys is not None:
                offered.setdefault(route.method, Found(route, keys))
        if method in offered:
            return offered[method]
        if offered:
            raise MethodNotAllowed(method=method, offered=", ".join(sorted(offered)))
        raise SegmentUnknown(segment=self._stranger(segments))

    def _stranger(self, segments: tuple[str, ...]) -> str:
        """The first segment that leads nowhere."""
        for length in range(1, len(segments) + 1):
            if not any(_fit(template[:length], segments[:length]) is not None for template, _ in self._rows):
                return segments[length - 1]
        return segments[-1] if segments else ""


def _fit(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    """The keys, where the segments fit the template."""
    if len(template) != len(segments):
        return None
    keys: dict[str, str] = {}
    for expected, given in zip(template, segments, strict=True):
        if expected.startswith("{"):
            keys[expected[1:-1]] = given
        elif expected.lower() not in {given.lower(), given.lower().removeprefix(QUALIFIER)}:
            return None
    return keys
