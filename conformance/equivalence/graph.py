"""A person of a story who speaks Microsoft Graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.acts import Changes, Draft
from conformance.actor.graph import GraphActor
from conformance.actor.graph_client import GraphClient, segment
from conformance.actor.times import local_time
from conformance.actor.views import EventView, MeetingRef, MessageView, Role, Slot
from conformance.equivalence.facts import Fact, Here, Thing
from conformance.equivalence.reading import NOTHING, Reading, told
from conformance.equivalence.sight import (
    CALENDAR,
    FOLDERS,
    FREE_BUSY,
    ORIGINAL_START,
    Side,
    attendee_facts,
    event_facts,
    kind_of,
    message_facts,
    original_start,
    repeats,
    schedule_facts,
)
from conformance.equivalence.speaker import Looking

_AS_TEXT = {"Prefer": 'outlook.body-content-type="text"'}
_WITH_EVENT = "$expand=microsoft.graph.eventMessage/event"


@dataclass(frozen=True)
class GraphSpeaker:
    """The verbs of Graph."""

    actor: GraphActor

    @property
    def client(self) -> GraphClient:
        """The raw caller."""
        return self.actor.client

    def call(self, draft: Draft, *, sends: bool) -> None:
        """POST events, which always sends."""
        assert sends, "a step that Graph cannot do is a gap"
        self.actor.schedule(draft)

    def occurrences(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """GET calendarView."""
        found = [read.event(one) for one, _, _ in self._viewed(token, window, Here)]
        return tuple(sorted(found, key=lambda view: view.start))

    def update(self, event: EventView, changes: Changes, *, sends: bool, to_changed: bool, guarded: bool) -> None:
        """PATCH the event; a guarded one says If-Match with the entity tag as seen."""
        assert sends, "a step that Graph cannot do is a gap"
        del to_changed  # the server sees what changes, and tells those concerned
        wanted = {Role.REQUIRED: changes.required, Role.OPTIONAL: changes.optional, Role.RESOURCE: changes.rooms}
        lists = (
            tuple(one.address for one in event.attendees.values() if one.role is role) if people is None else people
            for role, people in wanted.items()
        )
        headers = {"If-Match": f'W/"{event.change_key}"'} if guarded else None
        body = ask.changed(changes, ask.attendees(*lists))
        self.client.patch(f"me/events/{segment(event.id)}", body, headers).succeed("PATCH event")

    def forward(self, event: EventView, to: Sequence[str], comment: str) -> None:
        """POST forward."""
        body: dict[str, Any] = {"toRecipients": [{"emailAddress": {"address": address}} for address in to]}
        if comment:
            body["comment"] = comment
        self.client.post(f"me/events/{segment(event.id)}/forward", body).succeed("forward")

    def delete(self, event: EventView | MeetingRef, *, sends: bool) -> None:
        """DELETE the event."""
        assert sends, "a step that Graph cannot do is a gap"
        self.client.delete(f"me/events/{segment(event.id)}").succeed("DELETE event")

    def note(self, to: str, subject: str) -> None:
        """POST sendMail without a copy."""
        message = {
            "subject": subject,
            "body": {"contentType": "text", "content": ""},
            "toRecipients": [{"emailAddress": {"address": to}}],
        }
        self.client.post("me/sendMail", {"message": message, "saveToSentItems": False}).succeed("sendMail")

    def discard(self, message: MessageView) -> None:
        """DELETE the message."""
        self.client.delete(f"me/messages/{segment(message.id)}").succeed("DELETE message")

    def sight(self, reading: Reading, window: Slot | None, looking: Looking) -> tuple[Thing, ...]:
        """GET the calendar's events and each folder's messages, with the events that these belong to."""
        found = [
            event_thing(one, base, here, reading)
            for one, base, here in self._read("me/calendar/events", reading, looking)
        ]
        for folder, name in FOLDERS.items():
            path = f"me/mailFolders/{ask.FOLDERS[folder]}/messages"
            for one, base, here in self._read(path, reading, looking, _WITH_EVENT):
                found.append(message_thing(name, one, base, here, reading))
        if window is not None:
            found += [event_thing(*one, reading) for one in self._viewed(reading.token, window, looking)]
        return tuple(found)

    def free_busy(self, address: str, window: Slot, reading: Reading, looking: Looking) -> Thing:
        """POST getSchedule."""
        (view,) = self.actor.availability((address,), window, 60)
        kind = f"free/busy of {reading.person(address)}"
        facts = schedule_facts(view, reading, "$.value[0].availabilityView", "$.value[0].scheduleItems")
        return Thing(FREE_BUSY, kind, facts, looking(), "$.value[0]")

    def _viewed(self, token: str, window: Slot, looking: Looking) -> list[tuple[Any, str, Here]]:
        bounds = f"startDateTime={local_time(window.start)}&endDateTime={local_time(window.end)}"
        return list(_pages(self.client, f"me/calendar/calendarView?{bounds}&$top=100", token, looking))

    def _read(self, path: str, reading: Reading, looking: Looking, more: str = "") -> list[tuple[Any, str, Here]]:
        """What a collection has of the play: one page of a small one, else those with the mark by a filter."""
        asked = f"{path}?$top=100" + (f"&{more}" if more else "")
        answer = self.client.get(asked, _AS_TEXT).succeed(f"GET {path}")
        if "@odata.nextLink" in answer.members:
            wanted = quote(reading.token, safe="")
            return list(_pages(self.client, f"{asked}&$filter=contains(subject,'{wanted}')", reading.token, looking))
        return list(_marked(answer.value, reading.token, looking()))


def _pages(client: GraphClient, path: str, token: str, looking: Looking) -> Iterator[tuple[Any, str, Here]]:
    link = path
    while link:
        answer = client.get(link, _AS_TEXT).succeed(f"GET {path}")
        yield from _marked(answer.value, token, looking())
        link = str(answer.members.get("@odata.nextLink") or "")


def _marked(value: Sequence[Any], token: str, here: Here) -> Iterator[tuple[Any, str, Here]]:
    for place, one in enumerate(value):
        if token in str(one.get("subject")):
            yield one, f"$.value[{place}]", here


def event_thing(value: Mapping[str, Any], base: str, here: Here, reading: Reading) -> Thing:
    """An event as a thing; ``base`` is where it stands in the answer."""
    view = read.event(value)
    facts = dict(event_facts(view, base, Side.GRAPH, reading))
    facts |= {
        "sensitivity": Fact(str(value.get("sensitivity") or NOTHING), f"{base}.sensitivity"),
        "importance": Fact(str(value.get("importance") or NOTHING), f"{base}.importance"),
        "answer asked for": Fact(told(value.get("responseRequested")), f"{base}.responseRequested"),
        ORIGINAL_START: Fact(original_start(view, reading), f"{base}.originalStart"),
        "repeats": Fact(repeats(view), f"{base}.recurrence"),
    }
    for place, entry in enumerate(value.get("attendees") or ()):
        at = f"{base}.attendees[{place}]"
        facts |= attendee_facts(read.attendee(entry), at, Side.GRAPH, reading, proposals=True)
    return Thing(CALENDAR, kind_of(view), facts, here, base, view.id, view.uid)


def message_thing(folder: str, value: Mapping[str, Any], base: str, here: Here, reading: Reading) -> Thing:
    """A message as a thing."""
    view = read.message(value)
    facts = dict(message_facts(view, base, Side.GRAPH, reading))
    to = (read.address(one) for one in value.get("toRecipients") or ())
    facts["recipients"] = Fact(reading.people(to), f"{base}.toRecipients")
    facts["event"] = Fact(view.event_id or NOTHING, f"{base}.event.id")
    return Thing(folder, view.kind.value, facts, here, base, view.id)
