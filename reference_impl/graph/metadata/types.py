"""The types of the service as OData names them (CSDL 4.01), read from the shared schemas of answers and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import orjson

from reference_impl import schemas
from reference_impl.graph.fields.attachment import ATTACHMENT
from reference_impl.graph.fields.calendar import CALENDAR
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.field import Table
from reference_impl.graph.fields.message import MESSAGE

NAMESPACE: Final = "microsoft.graph"
ENTITY: Final = "entity"
ITEM: Final = "outlookItem"
ABSTRACT: Final = frozenset({ENTITY, ITEM})
KEY: Final = "id"

TABLES: Final[Mapping[str, Table[Any]]] = {
    "event": EVENT,
    "calendar": CALENDAR,
    "message": MESSAGE,
    "eventMessage": MESSAGE,
    "eventMessageRequest": MESSAGE,
    "eventMessageResponse": MESSAGE,
    "attachment": ATTACHMENT,
    "fileAttachment": ATTACHMENT,
    "itemAttachment": ATTACHMENT,
    "referenceAttachment": ATTACHMENT,
}
"""The field tables that know which version has which member."""

_BASES: Final = {
    "event": ITEM,
    "message": ITEM,
    "eventMessage": "message",
    "eventMessageRequest": "eventMessage",
    "eventMessageResponse": "eventMessage",
}
_OPEN: Final = frozenset({"event", "message"})
_NO_TYPES: Final = frozenset({"anyMessage", "batch", "changeNotification", "common", "error"})
_STANDS_FOR: Final = {
    "anyMessage": "message",
    "looseDateTimeTimeZone": "dateTimeTimeZone",
    "masterCategory": "outlookCategory",
}
_VIEWS: Final = frozenset({"members", "minimal", "entity", "selected", "selectedEntity", "updated"})
"""Definitions in a resource's file that are the resource, as it is shown in one place or another."""

_PRIMITIVES: Final = {"boolean": "Edm.Boolean", "integer": "Edm.Int32", "number": "Edm.Double"}
_TEXTS: Final = {
    "dateTimeOffset": "Edm.DateTimeOffset",
    "timeOfDay": "Edm.TimeOfDay",
    "date": "Edm.Date",
    "duration": "Edm.Duration",
    "guid": "Edm.Guid",
}
"""Definitions of texts that have a type of their own."""

_NAMES: Final = {
    "address": "physicalAddress",
    "coordinates": "outlookGeoCoordinates",
    "pattern": "recurrencePattern",
    "range": "recurrenceRange",
    "singleValueExtendedProperties": "singleValueLegacyExtendedProperty",
    "multiValueExtendedProperties": "multiValueLegacyExtendedProperty",
    "contentType": "bodyType",
    "locationType": "locationType",
    "uniqueIdType": "locationUniqueIdType",
    "sourceIdType": "exchangeIdFormat",
    "targetIdType": "exchangeIdFormat",
    "errorDetails": "genericError",
    "phones": "phone",
    "flag": "followupFlag",
    "flagStatus": "followupFlagStatus",
    "inferenceClassification": "inferenceClassificationType",
    "meetingMessageType": "meetingMessageType",
    "meetingRequestType": "meetingRequestType",
    "responseType": "responseType",
    "standardOffset": "standardTimeZoneOffset",
    "daylightOffset": "daylightTimeZoneOffset",
    "bookingType": "bookingType",
    "meetingTimeSuggestion.locations": "location",
    "role": "calendarRoleType",
    "allowedRoles": "calendarRoleType",
    "emailAddress": "emailAddress",
    "color": "categoryColor",
    "calendar.color": "calendarColor",
    "attendees": "attendeeBase",
    "attendeeBase.type": "attendeeType",
    "timeConstraint": "timeConstraint",
    "activityDomain": "activityDomain",
    "locationConstraint": "locationConstraint",
    "locationConstraint.locations": "locationConstraintItem",
    "meetingTimeSuggestions": "meetingTimeSuggestion",
    "attendeeAvailability": "attendeeAvailability",
    "attendeeAvailability.attendee": "attendeeBase",
    "automaticRepliesSetting": "automaticRepliesSetting",
    "automaticRepliesSetting.status": "automaticRepliesStatus",
    "externalAudience": "externalAudienceScope",
    "delegateMeetingMessageDeliveryOptions": "delegateMeetingMessageDeliveryOptions",
    "userPurpose": "userPurpose",
    "scheduleItems": "scheduleItem",
    "scheduleInformation.error": "freeBusyError",
    "language": "localeInfo",
    "item": ITEM,
    "AttachmentItem": "attachmentItem",
    "attachmentType": "attachmentType",
    "providerType": "referenceAttachmentProvider",
    "permission": "referenceAttachmentPermission",
}
"""What types are called that the schemas do not name, by the member that has them, or by its type and the member."""


@dataclass(frozen=True, slots=True)
class Property:
    """One member: its type, and whether it may be null."""

    name: str
    type: str
    is_nullable: bool


@dataclass(slots=True)
class Structure:
    """An entity or complex type; ``base`` is the name of the type that it is derived from, or empty."""

    name: str
    base: str = ""
    is_entity: bool = False
    is_open: bool = False
    properties: dict[str, Property] = field(default_factory=dict)
    navigations: dict[str, Property] = field(default_factory=dict)


@cache
def documents() -> Mapping[str, Any]:
    """The schemas by their path below the folder of Graph's."""
    home = schemas.folder() / "graph"
    return {path.relative_to(home).as_posix(): orjson.loads(path.read_bytes()) for path in home.rglob("*.schema.json")}


class Types:
    """The types of one version, each made when something first has it."""

    def __init__(self, version: str) -> None:
        self._version = version
        self.enumerations: dict[str, tuple[str, ...]] = {}
        self.structures: dict[str, Structure] = {each.name: each for each in _abstract()}
        for path in sorted(documents()):
            name = _stem(path)
            if "/" not in path and name not in _NO_TYPES:
                self._structure(name, {"$ref": path}, path)

    def of(self, schema: Mapping[str, Any], path: str, member: str, owner: str) -> tuple[str, bool]:
        """The type of what a schema in the document at ``path`` describes, and whether it may be null."""
        name, schema, path = _followed(schema, path)
        if "anyOf" in schema:
            parts = [each for each in schema["anyOf"] if each.get("type") != "null"]
            found = {self.of(each, path, member, owner)[0] for each in parts}
            return (found.pop() if len(found) == 1 else "Edm.Untyped"), len(parts) < len(schema["anyOf"])
        declared = schema.get("type", ())
        kinds = {declared} if isinstance(declared, str) else set(declared)
        is_nullable = "null" in kinds
        kinds.discard("null")
        if "const" in schema or "enum" in schema:
            words = schema.get("enum", [schema.get("const")])
            if all(isinstance(word, str) for word in words if word is not None):
                told = [word for word in words if word is not None]
                return self._enumeration(name or _named(member, owner), told), is_nullable or None in words
        if kinds == {"array"}:
            inner, _ = self.of(schema.get("items", {}), path, member, owner)
            return f"Collection({inner})", is_nullable
        if kinds == {"object"} or "properties" in schema or "allOf" in schema:
            return self._structure(name or _named(member, owner), schema, path), is_nullable
        if kinds == {"string"}:
            return _TEXTS.get(name or schema.get("format", ""), "Edm.String"), is_nullable
        return (_PRIMITIVES.get(kinds.pop(), "Edm.Untyped") if len(kinds) == 1 else "Edm.Untyped"), is_nullable

    def members(self, schema: Mapping[str, Any], path: str, owner: str) -> Iterator[Property]:
        """The members that a schema of an object declares, annotations left out."""
        _, schema, path = _followed(schema, path)
        for part in schema.get("allOf", ()):
            yield from self.members(part, path, owner)
        if "oneOf" in schema:
            every = [{each.name: each for each in self.members(part, path, owner)} for part in schema["oneOf"]]
            yield from (each for name, each in every[0].items() if all(name in other for other in every))
        for name, inner in schema.get("properties", {}).items():
            if "@" not in name:
                yield Property(name, *self.of(inner, path, name, owner))

    def _enumeration(self, name: str, words: list[str]) -> str:
        known = self.enumerations.get(name, ())
        self.enumerations[name] = tuple(dict.fromkeys((*known, *words)))
        return f"{NAMESPACE}.{name}"

    def _structure(self, name: str, schema: Mapping[str, Any], path: str) -> str:
        name = _STANDS_FOR.get(name, name)
        if name not in self.structures:
            made = self.structures[name] = Structure(name, _BASES.get(name, ""), is_open=name in _OPEN)
            self._fill(made, schema, path)
        return f"{NAMESPACE}.{name}"

    def _fill(self, made: Structure, schema: Mapping[str, Any], path: str) -> None:
        if made.base not in {"", *self.structures}:
            self._structure(made.base, {"$ref": f"{made.base}.schema.json"}, f"{made.base}.schema.json")
        inherited = set(self._all_properties(made.base)) if made.base else set()
        shown = {each.name: each for each in self.members(schema, path, made.name) if self._is_shown(made.name, each)}
        made.is_entity = bool(made.base) or (KEY in shown and not shown[KEY].is_nullable)
        if made.is_entity and not made.base:
            made.base = ENTITY
            inherited.add(KEY)
        for each in shown.values():
            if each.name not in inherited:
                bare = each.type.removeprefix("Collection(").removesuffix(")").removeprefix(f"{NAMESPACE}.")
                is_link = bare in self.structures and self.structures[bare].is_entity
                (made.navigations if is_link else made.properties)[each.name] = each

        for name, part, place in _kinds(schema, path):
            if name not in self.structures:
                derived = self.structures[name] = Structure(name, made.name)
                self._fill(derived, part, place)

    def _all_properties(self, name: str) -> Iterator[str]:
        while name:
            structure = self.structures[name]
            yield from (*structure.properties, *structure.navigations)
            name = structure.base

    def _is_shown(self, name: str, member: Property) -> bool:
        table = TABLES.get(name)
        if table is None:
            return True
        versions = [each.versions for each in table.fields if each.name == member.name]
        return not versions or any(self._version in each for each in versions)


def _abstract() -> Iterator[Structure]:
    """The types that nothing is of, but what other types are derived from."""
    key = Property(KEY, "Edm.String", is_nullable=False)
    yield Structure(ENTITY, is_entity=True, properties={KEY: key})
    common = (
        Property("createdDateTime", "Edm.DateTimeOffset", is_nullable=True),
        Property("lastModifiedDateTime", "Edm.DateTimeOffset", is_nullable=True),
        Property("changeKey", "Edm.String", is_nullable=True),
        Property("categories", "Collection(Edm.String)", is_nullable=False),
    )
    yield Structure(ITEM, ENTITY, is_entity=True, properties={each.name: each for each in common})


def _followed(schema: Mapping[str, Any], path: str) -> tuple[str, Mapping[str, Any], str]:
    """The schema that references lead to, the name of the definition it is, and its document's path."""
    name = ""
    while "$ref" in schema:
        target, _, pointer = schema["$ref"].partition("#")
        if target:
            path = f"{path.rpartition('/')[0]}/{target}".lstrip("/")
        found = documents()[path]
        steps = [step for step in pointer.split("/") if step]
        for step in steps:
            found = found[step]
        last = steps[-1] if steps else ""
        name = _stem(path) if last in _VIEWS or not last else last
        schema = found
    return name, schema, path


def _kinds(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The derived types of which a schema describes one, by what their members say of their type."""
    _, schema, path = _followed(schema, path)
    for part in schema.get("allOf", ()):
        yield from _kinds(part, path)
    for part in schema.get("oneOf", ()):
        name = _type_told(part, path)
        if name:
            yield name, part, path


def _type_told(schema: Mapping[str, Any], path: str) -> str:
    """The type that the annotation of an object says it is of, empty if it says nothing."""
    _, schema, path = _followed(schema, path)
    told = str(schema.get("properties", {}).get("@odata.type", {}).get("const", ""))
    parts = (_type_told(part, path) for part in schema.get("allOf", ()))
    return told.removeprefix(f"#{NAMESPACE}.") or next(filter(None, parts), "")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".schema.json")


def _named(member: str, owner: str) -> str:
    known = _NAMES.get(f"{owner}.{member}") or _NAMES.get(member)
    return known or f"{owner}{member[:1].upper()}{member[1:]}"
