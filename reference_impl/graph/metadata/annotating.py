"""Answers with every annotation (odata.metadata=full): types, addresses and links (OData JSON Format 4.01, 3.1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reference_impl.graph.metadata.model import answered
from reference_impl.graph.metadata.types import NAMESPACE, Property, Structure, Types
from reference_impl.graph.router import Route

_TYPE: Final = "@odata.type"
_METADATA: Final = "$metadata#"
_COLLECTION: Final = "Collection("
_TAIL: Final = re.compile(r"(?:\([^()']*\))?(?:/\$entity)?$")
_TOLD_BY_JSON: Final = frozenset({"Edm.String", "Edm.Boolean", "Edm.Double", "Edm.Untyped"})
"""Types that a value of JSON has where nothing else is said of it."""


def annotated(context: str, body: Mapping[str, Any], route: Route, types: Types) -> Mapping[str, Any]:
    """The body of a route's answer with everything that can be said of it; as it is where its type is not known."""
    kind = answered(route, types)
    if not kind:
        return body
    place = _TAIL.sub("", context.replace(_METADATA, "", 1))
    if kind.startswith(_COLLECTION):
        rows = [_Annotator(types).of(each, _bare(kind), place) for each in body["value"]]
        return {**body, "value": rows}
    return _Annotator(types).of(body, kind, place)


class _Annotator:
    """Walks values and their types together."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def of(self, members: Mapping[str, Any], kind: str, place: str = "") -> dict[str, Any]:
        """An object with annotations; ``place`` is the address of the collection that an entity is in."""
        name = str(members.get(_TYPE, kind)).removeprefix("#")
        structure = self._types.structures.get(name.removeprefix(f"{NAMESPACE}."))
        if structure is None:
            return dict(members)
        told: dict[str, Any] = {_TYPE: f"#{name}"}
        here = f"{place}('{members['id']}')" if structure.is_entity and place and "id" in members else ""
        if here:
            told |= {"@odata.id": here, "@odata.editLink": here}
        properties, links = self._members(structure)
        for member, value in members.items():
            declared = properties.get(member) or links.get(member)
            if declared is None or value is None:
                told[member] = value
                continue
            if member in properties and _needs_type(declared):
                told[f"{member}{_TYPE}"] = f"#{declared.type.replace('Edm.', '')}"
            told[member] = self._value(value, _bare(declared.type))
        if here:
            told |= {
                f"{link}@odata.{word}": f"{here}/{link}{tail}"
                for link in links
                if link not in members
                for word, tail in (("associationLink", "/$ref"), ("navigationLink", ""))
            }
        return told

    def _value(self, value: Any, kind: str) -> Any:
        if isinstance(value, list):
            return [self._value(each, kind) for each in value]
        return self.of(value, kind) if isinstance(value, Mapping) else value

    def _members(self, structure: Structure) -> tuple[dict[str, Property], dict[str, Property]]:
        properties: dict[str, Property] = {}
        links: dict[str, Property] = {}
        for each in self._line(structure):
            properties |= each.properties
            links |= each.navigations
        return properties, links

    def _line(self, structure: Structure) -> Iterator[Structure]:
        """A type and those that it is derived from."""
        while True:
            yield structure
            if not structure.base:
                return
            structure = self._types.structures[structure.base]


def _needs_type(declared: Property) -> bool:
    """Whether a value does not tell its type by itself; objects tell theirs among their members."""
    is_many = declared.type.startswith(_COLLECTION)
    return is_many or declared.type not in _TOLD_BY_JSON


def _bare(kind: str) -> str:
    return kind.removeprefix(_COLLECTION).removesuffix(")")
