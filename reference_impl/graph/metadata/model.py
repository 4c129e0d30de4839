"""The links between types and the actions and functions bound to them, read from the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson

from reference_impl import schemas
from reference_impl.graph.metadata.types import NAMESPACE, Property, Structure, Types
from reference_impl.graph.router import Reach, Route

_CALL: Final = re.compile(r"([\w.]+)\(([\w,]*)\)")
_COLLECTIONS: Final = frozenset({"/$defs/collection", "/$defs/delta"})
_CAMEL_CASE: Final = frozenset({"findMeetingTimes"})
"""Actions whose parameters begin with small letters; those of all others with capitals (metadata)."""

_OUTLOOK: Final = "outlookUser"


@dataclass(frozen=True, slots=True)
class Operation:
    """An action or a function, bound to a type; ``returns`` is empty where it gives nothing back."""

    name: str
    is_action: bool
    bound_to: str
    parameters: tuple[Property, ...]
    returns: str


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that there is to tell of one version; ``roots`` are the container's members and their types."""

    types: Types
    operations: tuple[Operation, ...]
    roots: Mapping[str, str]


@cache
def model_of(routes: tuple[Route, ...], version: str) -> Model:
    """The model that a table of routes has."""
    types = Types(version)
    links = dict(_links(routes, types))
    _outlook(types, links)
    roots = {"/me": _named("user"), "/users": _many("user"), "/places": _many("place")}
    for path, kind in links.items():
        parent, _, word = path.rpartition("/")
        owner = roots.get(path) if not parent else _at(parent, links)
        if not parent and word and not path.startswith("/{"):
            roots.setdefault(path, kind)
        elif owner is not None:
            _link(types, owner, word, kind)
    operations = dict.fromkeys(each for route in routes for each in _bound(route, types, links))
    return Model(types, tuple(operations), {path.lstrip("/"): kind for path, kind in roots.items()})


def _links(routes: Iterable[Route], types: Types) -> Iterator[tuple[str, str]]:
    """The paths that things are read at, with the types of these; those of users begin with /me."""
    for route in routes:
        for path in route.paths:
            is_cast = path.rpartition("/")[2].startswith(NAMESPACE)
            if route.method != "GET" or not path or path.endswith(("}", ")")) or "$" in path or is_cast:
                continue
            kind = answered(route, types)
            if kind:
                yield f"/me{path}" if route.reach is not Reach.SERVICE else path, kind


def _outlook(types: Types, links: dict[str, str]) -> None:
    """What stands below /outlook belongs to a type that has nothing else."""
    types.structures[_OUTLOOK] = Structure(_OUTLOOK, base="entity", is_entity=True)
    links["/me/outlook"] = _named(_OUTLOOK)


def _at(path: str, links: Mapping[str, str]) -> str | None:
    """The type of what a path leads to."""
    if path == "/me":
        return _named("user")
    parent, _, last = path.rpartition("/")
    if last.startswith("{"):
        kind = links.get(parent)
        return None if kind is None else _element(kind)
    return _named(last.removeprefix(f"{NAMESPACE}.")) if last.startswith(NAMESPACE) else links.get(path)


def _link(types: Types, owner: str, word: str, kind: str) -> None:
    structure = types.structures.get(owner.removeprefix(f"{NAMESPACE}."))
    linked = types.structures.get(_element(kind).removeprefix(f"{NAMESPACE}."))
    if structure is None or linked is None or any(word in each.properties for each in _line(types, structure)):
        return
    if any(word in each.navigations for each in _line(types, structure)):
        return
    place = structure.navigations if linked.is_entity else structure.properties
    place.setdefault(word, Property(word, kind, is_nullable=not kind.startswith("Collection")))


def _line(types: Types, structure: Structure) -> Iterator[Structure]:
    """A type and those that it is derived from."""
    present: Structure | None = structure
    while present is not None:
        yield present
        present = types.structures.get(present.base)


def _bound(route: Route, types: Types, links: Mapping[str, str]) -> Iterator[Operation]:
    for path in route.paths:
        parent, _, last = path.rpartition("/")
        match = _CALL.fullmatch(last)
        if match is None:
            continue
        prefix = "/me" if route.reach is not Reach.SERVICE else ""
        owner = _at(prefix + parent, links) if prefix + parent else None
        if owner is None:
            continue
        name, given = match.groups()
        is_action = route.method == "POST"
        parameters = (
            tuple(_parameters(route, name, types))
            if is_action
            else tuple(Property(each, "Edm.String", is_nullable=False) for each in given.split(",") if each)
        )
        yield Operation(name, is_action, owner, parameters, answered(route, types))


def _parameters(route: Route, name: str, types: Types) -> Iterator[Property]:
    request = operations_by_name().get(route.name, {}).get("request")
    if request is None:
        return
    for each in types.members({"$ref": request.rpartition("/")[2]}, request, name):
        first = each.name[:1] if name in _CAMEL_CASE else each.name[:1].upper()
        yield Property(f"{first}{each.name[1:]}", each.type, each.is_nullable)


def answered(route: Route, types: Types) -> str:
    """The type of a route's answer; empty where it has no body, or one of another kind."""
    responses = operations_by_name().get(route.name, {}).get("responses", {})
    described = next(iter(responses.values()), None)
    if not described or "schema" not in described:
        return ""
    file, _, pointer = described["schema"].partition("#")
    name = types.of({"$ref": file}, file, "", "")[0] if file != "anyMessage.schema.json" else _named("message")
    if pointer in _COLLECTIONS:
        return f"Collection({name})"
    return name if pointer in {"", "/$defs/entity"} else ""


@cache
def operations_by_name() -> Mapping[str, Any]:
    """The index's rows by the names of operations."""
    home = schemas.folder() / "graph" / "operations"
    return {each["name"]: each for path in sorted(home.glob("*.json")) for each in orjson.loads(path.read_bytes())}


def _element(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")


def _named(name: str) -> str:
    return f"{NAMESPACE}.{name}"


def _many(name: str) -> str:
    return f"Collection({_named(name)})"
