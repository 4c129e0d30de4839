"""A person of a story who speaks EWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.actor import ews_requests as ask
from conformance.actor import ews_views as read
from conformance.actor.acts import Changes, Draft, ref
from conformance.actor.ews import EwsActor, find_items
from conformance.actor.ews_client import EwsClient
from conformance.actor.times import instant, xml_time
from conformance.actor.views import EventView, MeetingRef, MessageView, Slot
from conformance.actor.xml import NOTHING, Node, m, t
from conformance.equivalence.facts import Fact, Here, Thing
from conformance.equivalence.reading import NOTHING as NONE
from conformance.equivalence.reading import Reading, told
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
from conformance.wire.path import path_of

_FIELDS = (
    "calendar:UID",
    "calendar:MyResponseType",
    "calendar:AppointmentReplyTime",
    "calendar:AppointmentSequenceNumber",
    "calendar:AllowNewTimeProposal",
    "calendar:IsResponseRequested",
    "calendar:OriginalStart",
    "calendar:Recurrence",
    "item:Body",
)
PLACES = ("t:RequiredAttendees", "t:OptionalAttendees", "t:Resources")
"""Where an item lists its attendees."""
# The first schema version whose entries of attendees carry proposals.
PROPOSALS_SINCE = "Exchange2016"


@dataclass(frozen=True)
class EwsSpeaker:
    """The verbs of EWS; ``reads`` is the schema version that mailboxes are read in."""

    actor: EwsActor
    reads: str

    @property
    def client(self) -> EwsClient:
        """The raw caller."""
        return self.actor.client

    def call(self, draft: Draft, *, sends: bool) -> None:
        """CreateItem, SendToAllAndSaveCopy or SendToNone."""
        operation = ask.create_meeting(draft, ask.SEND_TO_ALL if sends else "SendToNone")
        self.client.call(operation).succeed("CreateItem")

    def occurrences(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """FindItem with a CalendarView, then GetItem."""
        return tuple(read.event(node) for node in self._viewed(self.client, token, window))

    def update(self, event: EventView, changes: Changes, *, sends: bool, to_changed: bool, guarded: bool) -> None:
        """UpdateItem; a guarded one goes with the ChangeKey as seen and AutoResolve."""
        sending = "SendToChangedAndSaveCopy" if to_changed else ask.SEND_TO_ALL
        operation = ask.update_item(
            ref(event),
            *ask.updates_of(changes),
            sending=sending if sends else "SendToNone",
            resolution="NeverOverwrite" if guarded else "AlwaysOverwrite",
        )
        self.client.call(operation).succeed("UpdateItem")

    def forward(self, event: EventView, to: Sequence[str], comment: str) -> None:
        """CreateItem of ForwardItem."""
        people = t("ToRecipients", *(t("Mailbox", t("EmailAddress", address)) for address in to))
        words = t("NewBodyContent", comment, BodyType="Text") if comment else NOTHING
        passed = t("ForwardItem", people, ask.item_id(ref(event), "ReferenceItemId"), words)
        self.client.call(ask.create_item(passed, disposition="SendAndSaveCopy")).succeed("ForwardItem")

    def delete(self, event: EventView | MeetingRef, *, sends: bool) -> None:
        """DeleteItem, MoveToDeletedItems."""
        cancellations = ask.SEND_TO_ALL if sends else "SendToNone"
        self.client.call(ask.delete_item(ref(event), cancellations=cancellations)).succeed("DeleteItem")

    def note(self, to: str, subject: str) -> None:
        """CreateItem of a Message, SendOnly."""
        self.client.call(ask.send_note(subject, (to,), disposition="SendOnly")).succeed("CreateItem of a Message")

    def discard(self, message: MessageView) -> None:
        """DeleteItem, HardDelete."""
        self.client.call(ask.delete_item(MeetingRef(message.id), disposal="HardDelete")).succeed("DeleteItem")

    def sight(self, reading: Reading, window: Slot | None, looking: Looking) -> tuple[Thing, ...]:
        """FindItem in each folder, then one GetItem for calendar items and one for messages."""
        client = replace(self.client, version=self.reads)
        events = [(CALENDAR, node) for node in _listed(client, "calendar", reading.token)]
        messages: list[tuple[str, Node]] = []
        for mail, name in FOLDERS.items():
            for node in _listed(client, ask.FOLDERS[mail], reading.token):
                (events if node.name == "t:CalendarItem" else messages).append((name, node))
        proposals = self.reads == PROPOSALS_SINCE
        found: list[Thing] = []
        for folder, node, here in _got(client, events, looking, event=True):
            found.append(event_thing(folder, node, here, reading, proposals=proposals))
        for folder, node, here in _got(client, messages, looking):
            found.append(message_thing(folder, node, here, reading))
        if window is not None:
            nodes = self._viewed(client, reading.token, window)
            found += [event_thing(CALENDAR, node, looking(), reading, proposals=proposals) for node in nodes]
        return tuple(found)

    def free_busy(self, address: str, window: Slot, reading: Reading, looking: Looking) -> Thing:
        """GetUserAvailability."""
        (view,) = self.actor.availability((address,), window, 60)
        base = "/m:GetUserAvailabilityResponse/m:FreeBusyResponseArray/m:FreeBusyResponse"
        merged = f"{base}/m:FreeBusyView/t:MergedFreeBusy"
        entries = f"{base}/m:FreeBusyView/t:CalendarEventArray"
        kind = f"free/busy of {reading.person(address)}"
        return Thing(FREE_BUSY, kind, schedule_facts(view, reading, merged, entries), looking(), base)

    def _viewed(self, client: EwsClient, token: str, window: Slot) -> tuple[Node, ...]:
        view = ask.calendar_view(xml_time(window.start), xml_time(window.end))
        answer = client.call(ask.find_item("calendar", view=view)).succeed("FindItem with a CalendarView")
        root = answer.messages[0].node.one("m:RootFolder") if answer.messages else None
        nodes = [node for node in (root.all("t:Items/*") if root else ()) if token in (node.text("t:Subject") or "")]
        if not nodes:
            return ()
        got = client.call(_get(nodes, _FIELDS)).succeed("GetItem of occurrences").items
        return tuple(sorted(got, key=lambda node: instant(node.text("t:Start") or "")))


def _listed(client: EwsClient, folder: str, token: str) -> list[Node]:
    return [node for node in find_items(client, folder) if token in (node.text("t:Subject") or "")]


def _get(nodes: Sequence[Node], fields: Sequence[str]) -> str:
    shape = ask.shape("AllProperties", fields, t("BodyType", "Text"))
    return m("GetItem", shape, m("ItemIds", *(ask.item_id(read.reference(node)) for node in nodes)))


def _got(
    client: EwsClient, listed: Sequence[tuple[str, Node]], looking: Looking, *, event: bool = False
) -> Iterator[tuple[str, Node, Here]]:
    if not listed:
        return
    fields = _FIELDS if event else ("item:Body",)
    answer = client.call(_get([node for _, node in listed], fields)).succeed("GetItem")
    for (folder, _), node in zip(listed, answer.items, strict=True):
        yield folder, node, looking()


def _more(node: Node, view: EventView, base: str, reading: Reading) -> dict[str, Fact]:
    """What the views of actors leave out, and what they tell of series."""

    def fact(value: str | None, path: str) -> Fact:
        return Fact(value or NONE, f"{base}/{path}")

    return {
        "sensitivity": fact((node.text("t:Sensitivity") or "").casefold(), "t:Sensitivity"),
        "importance": fact((node.text("t:Importance") or "").casefold(), "t:Importance"),
        "answer asked for": fact(told(read.flag(node, "t:IsResponseRequested")), "t:IsResponseRequested"),
        "sequence number": fact(node.text("t:AppointmentSequenceNumber"), "t:AppointmentSequenceNumber"),
        ORIGINAL_START: fact(original_start(view, reading), "t:OriginalStart"),
        "repeats": fact(repeats(view), "t:Recurrence"),
    }


def event_thing(folder: str, node: Node, here: Here, reading: Reading, *, proposals: bool) -> Thing:
    """A CalendarItem element as a thing; ``proposals`` tells whether entries of attendees carry proposed times."""
    view, base = read.event(node), path_of(node.element)
    facts = dict(event_facts(view, base, Side.EWS, reading))
    facts |= _more(node, view, base, reading)
    for place in PLACES:
        for entry in node.all(f"{place}/t:Attendee"):
            person = read.attendee(entry, read.ROLES[place])
            facts |= attendee_facts(person, path_of(entry.element), Side.EWS, reading, proposals=proposals)
    return Thing(folder, kind_of(view), facts, here, base, view.id, view.uid)


def message_thing(folder: str, node: Node, here: Here, reading: Reading) -> Thing:
    """An element of a message as a thing."""
    view, base = read.message(node), path_of(node.element)
    facts = dict(message_facts(view, base, Side.EWS, reading))
    to = node.texts("t:ToRecipients/t:Mailbox/t:EmailAddress")
    facts["recipients"] = Fact(reading.people(to), f"{base}/t:ToRecipients")
    facts["event"] = Fact(view.event_id or NONE, f"{base}/t:AssociatedCalendarItemId/@Id")
    return Thing(folder, view.kind.value, facts, here, base, view.id)
