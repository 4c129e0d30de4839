"""What ids, change keys and times of change promise from one exchange to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from conformance.passive.check import PassiveCheck
from conformance.passive.finding import Finding, judged
from conformance.passive.graph.entities import Entity, events, instant, moment
from conformance.passive.http import preferences
from conformance.passive.memory import Recent
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol
from conformance.wire.urls import parts_of

SAME_KEY, GONE, SAME_UID, SAME_BIRTH, LATER = (f"GRAPH-SEEN-{number}" for number in (100, 101, 102, 103, 104))
_TEXTS = ("subject", "isCancelled", "importance", "sensitivity", "showAs", "isAllDay", "lastModifiedDateTime")
_TIMES = ("start", "end")
_DELETED, _NOT_FOUND, _OK = 204, 404, range(200, 300)
_CREATED, _MODIFIED = "createdDateTime", "lastModifiedDateTime"


@dataclass(slots=True)
class _Known:
    """What is known of one event."""

    change_key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    uid: str = ""
    created: str = ""
    modified: str = ""


class Identities:
    """Watches one recording. Ids are compared within one mailbox only, and only the latest are remembered."""

    def __init__(self) -> None:
        self._events: Recent[tuple[str, str], _Known] = Recent()
        self._gone: Recent[tuple[str, str], int] = Recent()

    def __call__(self, seen: Seen) -> Iterator[Finding]:
        """What the next exchange shows of ids."""
        if seen.protocol is not Protocol.GRAPH:
            return
        yield from self._gone_stays_gone(seen)
        if seen.exchange.request.method.upper() in {"GET", "POST", "PATCH"}:
            for event in events(seen):
                if event.id:
                    yield from self._shown(seen.actor, event)

    def _gone_stays_gone(self, seen: Seen) -> Iterator[Finding]:
        """An id that lives on wherever the item goes is another matter, and so is an item of another kind."""
        request = seen.exchange.request
        steps = parts_of(request.url).path.rstrip("/").split("/")
        if len(steps) < 2 or steps[-2].casefold() != "events" or _is_lasting(seen):
            return
        key = (seen.actor, unquote(steps[-1]))
        deleted_at = self._gone.get(key)
        method = request.method.upper()
        if deleted_at is not None and method in {"GET", "DELETE", "PATCH"}:
            about = f"the answer about an event that exchange {deleted_at} deleted"
            is_met = seen.status not in _OK
            yield judged(GONE, is_met, about, expected="404", actual=seen.status, at="response.status")
        if method == "DELETE" and seen.status == _DELETED:
            self._gone[key] = seen.number

    def _shown(self, owner: str, event: Entity) -> Iterator[Finding]:
        known = self._events.get((owner, event.id)) or _Known()
        key, uid = event.text("changeKey") or "", event.text("iCalUId") or ""
        values = _values(event)
        if key and key == known.change_key:
            for name, value in values.items():
                if name in known.values:
                    before = known.values[name]
                    about = f"{name} under one changeKey"
                    yield judged(
                        SAME_KEY, value == before, about, expected=str(before), actual=value, at=event.at(name)
                    )
            known.values.update(values)
        elif key:
            known.change_key, known.values = key, values
        yield from _steady(event, known)
        yield from _later(event, known)
        if uid and known.uid:
            yield judged(
                SAME_UID,
                uid == known.uid,
                "iCalUId of one event",
                expected=known.uid,
                actual=uid,
                at=event.at("iCalUId"),
            )
        known.uid = known.uid or uid
        self._events[owner, event.id] = known


def _is_lasting(seen: Seen) -> bool:
    return preferences(seen.exchange.request.headers, "prefer").get("idtype", "").casefold() == "immutableid"


def _steady(event: Entity, known: _Known) -> Iterator[Finding]:
    told = event.text(_CREATED)
    if told and known.created:
        is_met = instant(told) == instant(known.created)
        yield judged(
            SAME_BIRTH, is_met, f"{_CREATED} of one event", expected=known.created, actual=told, at=event.at(_CREATED)
        )
    known.created = known.created or told or ""


def _later(event: Entity, known: _Known) -> Iterator[Finding]:
    told = event.text(_MODIFIED)
    before, now = instant(known.modified), instant(told)
    if before is not None and now is not None:
        expected = f"not before {known.modified}"
        yield judged(
            LATER, now >= before, f"{_MODIFIED} of one event", expected=expected, actual=told, at=event.at(_MODIFIED)
        )
    known.modified = told or known.modified


def _values(event: Entity) -> dict[str, Any]:
    """What an event shows; times as instants, and only those in UTC."""
    found = {name: event.value[name] for name in _TEXTS if name in event.value}
    for name in _TIMES:
        if (when := moment(event.value.get(name))) is not None:
            found[name] = when.isoformat()
    return found


CHECK = PassiveCheck("graph-identities", (SAME_KEY, GONE, SAME_UID, SAME_BIRTH, LATER), Identities)
