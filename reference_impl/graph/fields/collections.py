"""Collections whose elements can be filtered by: people, places and extended properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from reference_impl.domain.items import Item
from reference_impl.graph.extended import MULTI, SINGLE, reader
from reference_impl.graph.fields.values import RESPONSES, ROLES
from reference_impl.graph.odata.filtering import Filterable, Type


def _person(read: Callable[[Any], Any]) -> dict[str, Filterable]:
    return {
        "emailaddress/address": Filterable(Type.TEXT, lambda each: read(each).address),
        "emailaddress/name": Filterable(Type.TEXT, lambda each: read(each).name),
    }


def _people(name: str) -> Filterable:
    return Filterable(Type.OBJECTS, attrgetter(name), _person(lambda person: person))


RECIPIENTS: Final[Mapping[str, Filterable]] = {
    "toRecipients": _people("to"),
    "ccRecipients": _people("cc"),
    "bccRecipients": _people("bcc"),
    "replyTo": _people("reply_to"),
}
"""The people of a message."""

ATTENDEES: Final[Mapping[str, Filterable]] = {
    "attendees": Filterable(
        Type.OBJECTS,
        attrgetter("attendees"),
        {
            **_person(attrgetter("person")),
            "type": Filterable(Type.WORD, lambda attendee: ROLES[attendee.role]),
            "status/response": Filterable(Type.WORD, lambda attendee: RESPONSES[attendee.response]),
        },
    ),
}
"""The people of an event."""


def _single(name: str) -> Callable[[Item], tuple[str, str] | None]:
    read = reader(name, has_several=False)

    def element(item: Item) -> tuple[str, str] | None:
        values = read(item)
        return None if values is None else (name, values[0])

    return element


def _several(name: str) -> Callable[[Item], tuple[str, tuple[str, ...]] | None]:
    read = reader(name, has_several=True)

    def element(item: Item) -> tuple[str, tuple[str, ...]] | None:
        values = read(item)
        return None if values is None else (name, values)

    return element


_NAME: Final = Filterable(Type.TEXT, lambda element: element[0])

EXTENDED: Final[Mapping[str, Filterable]] = {
    SINGLE: Filterable(Type.NAMED, _single, {"id": _NAME, "value": Filterable(Type.TEXT, lambda element: element[1])}),
    MULTI: Filterable(Type.NAMED, _several, {"id": _NAME, "value": Filterable(Type.TEXTS, lambda element: element[1])}),
}
"""Extended properties (singleValueLegacyExtendedProperty and multiValueLegacyExtendedProperty, Get)."""
