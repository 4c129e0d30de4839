"""The events and messages that a Graph answer shows, as rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol
from conformance.wire.path import member
from conformance.wire.urls import parts_of

_OK = range(200, 300)
_OF_EVENTS = frozenset({"isOrganizer", "iCalUId", "responseStatus", "seriesMasterId", "attendees", "showAs"})
_EVENT, _MESSAGES = "#microsoft.graph.event", "#microsoft.graph.eventmessage"
_BATCH = "POST $batch"
Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Entity:
    """An object of an answer with its path, such as ``response$.value[0]``."""

    seen: Seen
    value: Object
    path: str

    def at(self, name: str) -> str:
        """The path of a member."""
        return self.path + member(name)

    @property
    def id(self) -> str:
        """The id of the entity; empty when it is not shown."""
        return str(self.value.get("id") or "")

    def text(self, name: str) -> str | None:
        """A member that is a string; None when it is not."""
        found = self.value.get(name)
        return found if isinstance(found, str) else None

    def within(self, *names: str) -> Any:
        """What lies at the end of some members, one inside the other; None when the way ends before."""
        found: Any = self.value
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found


def objects(seen: Seen) -> Iterator[Entity]:
    """The objects of a successful answer: the document itself, or each entry of a collection."""
    document = seen.document
    if seen.protocol is not Protocol.GRAPH or seen.status not in _OK or not isinstance(document, dict):
        return
    if seen.operation == _BATCH:
        return
    entries = document.get("value")
    if not isinstance(entries, list):
        yield Entity(seen, document, "response$")
        return
    for place, entry in enumerate(entries):
        if isinstance(entry, dict):
            yield Entity(seen, entry, f"response$.value[{place}]")


def events(seen: Seen) -> Iterator[Entity]:
    """Every event of an answer, those of meeting messages included; what a delta tells as removed is none."""
    for entity in objects(seen):
        if is_event(entity.value):
            yield entity
        inner = entity.value.get("event")
        if isinstance(inner, dict) and is_event(inner):
            yield Entity(seen, inner, entity.at("event"))


def is_event(value: Object) -> bool:
    """Whether an object is an event, by its type or by members that nothing else has."""
    kind = str(value.get("@odata.type", "")).casefold()
    if kind:
        return kind == _EVENT and "@removed" not in value
    return not _OF_EVENTS.isdisjoint(value) and "sentDateTime" not in value and "meetingMessageType" not in value


def meeting_messages(seen: Seen) -> Iterator[Entity]:
    """Every meeting message of an answer."""
    for entity in objects(seen):
        kind = str(entity.value.get("@odata.type", "")).casefold()
        if kind.startswith(_MESSAGES) or "meetingMessageType" in entity.value:
            yield entity


def moment(value: Any) -> datetime | None:
    """A dateTimeTimeZone in UTC as an instant; None for any other zone, or none at all."""
    found = local_moment(value)
    if found is None or str(value.get("timeZone", "")).casefold() not in {"utc", "etc/utc", "etc/gmt"}:
        return None
    return found.replace(tzinfo=UTC)


def local_moment(value: Any) -> datetime | None:
    """The time of a dateTimeTimeZone as it stands in its zone; None when it is none."""
    text = value.get("dateTime") if isinstance(value, dict) else None
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def instant(text: Any) -> datetime | None:
    """A DateTimeOffset as an instant; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and "T" in text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else None


def option(seen: Seen, name: str) -> str | None:
    """A query option of the request, its name compared without case and ``$``; None when it is not there."""
    wanted = name.casefold().lstrip("$")
    pairs = parse_qsl(parts_of(seen.exchange.request.url).query, keep_blank_values=True)
    return next((value for key, value in pairs if key.casefold().lstrip("$") == wanted), None)


def last_step(seen: Seen) -> str:
    """The last step of the request's path, in lower case, arguments and namespace apart: ``calendarview``."""
    step = parts_of(seen.exchange.request.url).path.rstrip("/").rpartition("/")[2]
    return step.partition("(")[0].rpartition(".")[2].casefold()
