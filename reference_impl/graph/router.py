"""From an address to a route: a tree of words and keys. Words are matched without regard to case, keys with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import msgspec

from reference_impl.graph.address import Address, Step
from reference_impl.graph.call import Asking, Call, Result
from reference_impl.graph.negotiation import JSON
from reference_impl.graph.odata.options import NOTHING
from reference_impl.graph.refusals import MethodNotAllowed, SegmentUnknown

QUALIFIER: Final = "microsoft.graph."
ALIAS: Final = "graph."
"""The short form of the namespace (metadata, alias of the schema)."""

_CALLABLE: Final = re.compile(r"([\w.]+)\(([\w,]*)\)")


class Reach(Enum):
    """Whose things a route leads to, which decides what its address begins with and who may go there."""

    MAILBOX = "what is in a mailbox: below /me and /users/{key}"
    PERSON = "somebody's entry in the directory: /me and /users/{key}, and below"
    SERVICE = "what belongs to nobody: straight below the version"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: method, paths, who answers and what it needs.

    In a path ``{name}`` takes a key; ``name()`` is an action or function, which may be written with its namespace and
    with or without parentheses; ``name(a,b)`` is a function whose arguments become keys. Paths begin where ``reach``
    says. ``scopes`` are the permissions of which one is needed (empty: none), ``options`` the system query options
    offered, ``parameters`` the further ones of the query, ``produces`` the media type of the answer, ``consumes`` those
    of the body; what ``is_public`` is answered without a token, too.
    """

    name: str
    method: str
    paths: tuple[str, ...]
    answer: Callable[[Call], Result | Asking]
    scopes: frozenset[str]
    options: frozenset[str] = NOTHING
    reach: Reach = Reach.MAILBOX
    produces: str = JSON
    is_public: bool = False
    parameters: tuple[str, ...] = ()
    consumes: tuple[str, ...] = (JSON,)


class Found(msgspec.Struct, frozen=True, gc=False):
    """A route and the keys its path gave."""

    route: Route
    keys: Mapping[str, str]


@dataclass(slots=True)
class _Node:
    """Where a path may go on from, and the routes that end here by method."""

    words: dict[str, _Node] = field(default_factory=dict)
    acts: dict[str, _Node] = field(default_factory=dict)  # what may be called, without arguments
    calls: dict[tuple[str, frozenset[str]], tuple[_Node, Mapping[str, str]]] = field(default_factory=dict)
    key: tuple[str, _Node] | None = None
    routes: dict[str, Route] = field(default_factory=dict)


_Reached = tuple[_Node, Mapping[str, str]]
"""Where steps may lead to, and the keys on the way."""

_NO_KEYS: Final[Mapping[str, str]] = {}


class Router:
    """Finds the route of a method and an address in a table of routes; the first of two that clash holds."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._personal, self._service = _Node(), _Node()
        for route in routes:
            root = self._service if route.reach is Reach.SERVICE else self._personal
            for path in route.paths:
                _end_of(root, path).routes.setdefault(route.method, route)

    def find(self, method: str, address: Address) -> Found:
        """The route and its keys; MethodNotAllowed where other methods lead there, else SegmentUnknown."""
        reached: list[_Reached] = [(self._personal if address.is_personal else self._service, _NO_KEYS)]
        step: Step | None = None
        for step in address.steps:
            reached = _onward(reached, step)
            if not reached:
                raise SegmentUnknown(segment=step.text)
        for node, keys in reached:
            if node.routes:
                route = node.routes.get(method)
                if route is None:
                    raise MethodNotAllowed(method=method, offered=", ".join(sorted(node.routes)))
                return Found(route, keys)
        raise SegmentUnknown(segment="" if step is None else step.text)


def _end_of(node: _Node, path: str) -> _Node:
    """The node at the end of a path, which is made."""
    for part in filter(None, path.split("/")):
        if part.startswith("{"):
            if node.key is None:
                node.key = (part[1:-1], _Node())
            assert node.key[0] == part[1:-1], f"{path}: the key is called {node.key[0]} elsewhere"
            node = node.key[1]
        elif match := _CALLABLE.fullmatch(part):
            names = {name.lower(): name for name in match[2].split(",") if name}
            if names:
                node = node.calls.setdefault((match[1].lower(), frozenset(names)), (_Node(), names))[0]
            else:
                node = node.acts.setdefault(match[1].lower(), _Node())
        else:
            node = node.words.setdefault(part.lower(), _Node())
    return node


def _onward(reached: list[_Reached], step: Step) -> list[_Reached]:
    """Where one more step leads to from where the ones before lead to: words before calls, calls before keys."""
    word = step.text.lower()
    if word.startswith(ALIAS):
        word = QUALIFIER + word.removeprefix(ALIAS)
    bare, arguments = word.removeprefix(QUALIFIER), step.arguments
    further: list[_Reached] = []
    for node, keys in reached:
        if arguments:
            if called := node.calls.get((bare, frozenset(arguments))):
                given = {name: arguments[lower] for lower, name in called[1].items()}
                further.append((called[0], {**keys, **given}))
        elif not step.is_key:
            if following := node.words.get(word):
                further.append((following, keys))
            if following := node.acts.get(bare):
                further.append((following, keys))
        if node.key is not None and arguments is None:
            further.append((node.key[1], {**keys, node.key[0]: step.text}))
    return further
