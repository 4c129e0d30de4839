"""Whether the answer to a write shows the event as it was asked for, and by default what was left unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.graph.entities import Entity, events, last_step
from conformance.passive.seen import Seen

# Where nothing is said of these, an event has them (Microsoft Graph documentation, event).
_DEFAULTS: Mapping[str, bool] = {
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isAllDay": False,
    "isCancelled": False,
    "isDraft": False,
}
# Members that stay as they are written; those of another type, or read-only, do not.
_KEPT = (
    *("subject", "importance", "sensitivity", "showAs", "isReminderOn", "reminderMinutesBeforeStart"),
    *("isAllDay", "hideAttendees", "responseRequested", "allowNewTimeProposals"),
)
_ENUMERATIONS = frozenset({"importance", "sensitivity", "showAs"})
_MANY = 100  # characters of a subject from which on nothing is said


@dataclass(frozen=True)
class Write:
    """An event as an answer to a write shows it, and the members of the request by their names in lower case."""

    event: Entity
    asked: dict[str, Any]


def _write(seen: Seen, method: str) -> Iterator[Write]:
    if seen.exchange.request.method.upper() == method and isinstance(seen.wanted, dict):
        for event in events(seen):
            yield Write(event, {name.casefold(): value for name, value in seen.wanted.items()})


def created(seen: Seen) -> Iterator[Write]:
    """The event that a POST to a collection of events made."""
    if last_step(seen) == "events":
        yield from _write(seen, "POST")


def changed(seen: Seen) -> Iterator[Write]:
    """The event that a PATCH changed."""
    yield from _write(seen, "PATCH")


def _defaults(write: Write) -> Iterator[Reading]:
    for name, expected in _DEFAULTS.items():
        if name.casefold() not in write.asked and name in write.event.value:
            found = write.event.value[name]
            words = str(expected).lower()
            yield Reading(found is expected, f"{name}, left unsaid", words, found, write.event.at(name))


def _owned(write: Write) -> Iterator[Reading]:
    for found, expected, path in (
        (write.event.value.get("isOrganizer"), True, write.event.at("isOrganizer")),
        (write.event.within("responseStatus", "response"), "organizer", write.event.at("responseStatus")),
    ):
        if found is not None:
            is_met = found is True if expected is True else str(found).casefold() == expected
            yield Reading(is_met, "the role of who makes an event", str(expected).lower(), found, path)


def _kept(write: Write) -> Iterator[Reading]:
    for name in _KEPT:
        wanted = write.asked.get(name.casefold())
        if name not in write.event.value or not isinstance(wanted, bool | int | str):
            continue
        found = write.event.value[name]
        if isinstance(wanted, str) and len(wanted) > _MANY:
            continue
        is_met = found == wanted or (isinstance(found, str) and found.split() == str(wanted).split())
        if name in _ENUMERATIONS:
            is_met = str(found).casefold() == str(wanted).casefold()
        yield Reading(is_met, f"{name} as it was written", str(wanted), found, write.event.at(name))


def _invited(write: Write) -> Iterator[Reading]:
    asked, shown = _guests(write.asked.get("attendees")), _guests(write.event.value.get("attendees"))
    for address, (kind, place) in shown.items():
        if address in asked:
            expected = asked[address][0] or "required"
            path = f"{write.event.at('attendees')}[{place}].type"
            yield Reading(kind == expected, f"how {address} is invited", expected, kind, path)


def _guests(found: Any) -> dict[str, tuple[str, int]]:
    """The attendees of a list: their addresses in lower case, with type and place."""
    guests: dict[str, tuple[str, int]] = {}
    for place, attendee in enumerate(found if isinstance(found, list) else ()):
        members = {str(name).casefold(): each for name, each in attendee.items()} if isinstance(attendee, dict) else {}
        mail = members.get("emailaddress")
        box = {str(name).casefold(): each for name, each in mail.items()} if isinstance(mail, dict) else {}
        if isinstance(box.get("address"), str):
            guests.setdefault(box["address"].casefold(), (str(members.get("type") or "").casefold(), place))
    return guests


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "graph-created",
        created,
        {
            "GRAPH-SEEN-080": _defaults,
            "GRAPH-SEEN-081": _owned,
            "GRAPH-SEEN-082": _kept,
            "GRAPH-SEEN-083": _invited,
        },
    ),
    by_rules("graph-changed", changed, {"GRAPH-SEEN-084": _kept}),
)
