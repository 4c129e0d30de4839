"""Views as facts: which facts there are, and where each protocol tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from conformance.actor.recurrence import Pattern
from conformance.actor.views import (
    AttendeeView,
    BusyView,
    EventKind,
    EventView,
    Folder,
    MessageKind,
    MessageView,
    ScheduleView,
)
from conformance.equivalence.facts import Fact
from conformance.equivalence.reading import NOTHING, Reading, told

View = TypeVar("View")

CALENDAR, FREE_BUSY = "calendar", "free/busy"
SERIES = "series"
PROPOSED = "proposed time"
ORIGINAL_START = "original start"
FOLDERS: Mapping[Folder, str] = {
    Folder.INBOX: "inbox",
    Folder.SENT: "sent items",
    Folder.DELETED: "deleted items",
}
"""The mail folders that are looked at, with what people call them."""

_KINDS: Mapping[EventKind | None, str] = {
    EventKind.MASTER: SERIES,
    EventKind.OCCURRENCE: "occurrence",
    EventKind.EXCEPTION: "exception",
}
_PATTERNS: Mapping[Pattern, str] = {
    Pattern.DAILY: "daily",
    Pattern.WEEKLY: "weekly",
    Pattern.ABSOLUTE_MONTHLY: "monthly by date",
    Pattern.RELATIVE_MONTHLY: "monthly by weekday",
    Pattern.ABSOLUTE_YEARLY: "yearly by date",
    Pattern.RELATIVE_YEARLY: "yearly by weekday",
}


class Side(StrEnum):
    """The two protocols, by the column of a row that spells a fact."""

    EWS = "ews"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Row(Generic[View]):
    """A fact of a view: its name, where EWS and Graph tell it below the thing viewed, and how it is told.

    ``kinds`` are those of the messages that have it.
    """

    name: str
    ews: str
    graph: str
    tell: Callable[[View, Reading], str]
    kinds: frozenset[MessageKind] = frozenset(MessageKind)

    def fact(self, view: View, base: str, side: Side, reading: Reading) -> Fact:
        """The fact as one side shows it, ``base`` being the path of the thing viewed."""
        path = self.ews if side is Side.EWS else self.graph
        below = ("/" if side is Side.EWS else ".") + path if path else ""
        return Fact(self.tell(view, reading), base + below)


EVENT: tuple[Row[EventView], ...] = (
    Row("subject", "t:Subject", "subject", lambda view, reading: reading.text(view.subject)),
    Row("time", "t:Start", "start.dateTime", lambda view, reading: reading.slot(view.slot)),
    Row("location", "t:Location", "location.displayName", lambda view, reading: reading.text(view.location)),
    Row("text", "t:Body", "body.content", lambda view, reading: reading.text(view.body)),
    Row(
        "organizer",
        "t:Organizer/t:Mailbox/t:EmailAddress",
        "organizer.emailAddress.address",
        lambda view, reading: reading.person(view.organizer),
    ),
    Row("own response", "t:MyResponseType", "responseStatus.response", lambda view, _: view.my_response.value),
    Row("answered", "t:AppointmentReplyTime", "responseStatus.time", lambda view, _: told(view.reply_time is not None)),
    Row(
        "shown as",
        "t:LegacyFreeBusyStatus",
        "showAs",
        lambda view, _: view.show_as.value if view.show_as else NOTHING,
    ),
    Row("cancelled", "t:IsCancelled", "isCancelled", lambda view, _: told(view.is_cancelled)),
    Row(
        "new time proposals allowed",
        "t:AllowNewTimeProposal",
        "allowNewTimeProposals",
        lambda view, _: told(view.allows_proposals),
    ),
)

_TIMED = frozenset({MessageKind.REQUEST, MessageKind.CANCELLATION})
_REQUESTS = frozenset({MessageKind.REQUEST})
_RESPONSES = frozenset({MessageKind.RESPONSE})
_MEETINGS = frozenset(MessageKind) - {MessageKind.NOTE}

MESSAGE: tuple[Row[MessageView], ...] = (
    Row("subject", "t:Subject", "subject", lambda view, reading: reading.text(view.subject)),
    Row(
        "sender",
        "t:From/t:Mailbox/t:EmailAddress",
        "from.emailAddress.address",
        lambda view, reading: reading.person(view.sender),
    ),
    Row("text", "t:Body", "body.content", lambda view, reading: reading.text(view.body)),
    Row("time", "t:Start", "startDateTime.dateTime", lambda view, reading: reading.slot(view.slot), kinds=_TIMED),
    Row(
        "response",
        "t:ResponseType",
        "responseType",
        lambda view, _: view.response.value if view.response else NOTHING,
        kinds=_RESPONSES,
    ),
    Row(
        PROPOSED,
        "t:ProposedStart",
        "proposedNewTime.start.dateTime",
        lambda view, reading: reading.slot(view.proposal),
        kinds=_RESPONSES,
    ),
    Row(
        "request kind",
        "t:MeetingRequestType",
        "meetingRequestType",
        lambda view, _: view.request_kind.value if view.request_kind else NOTHING,
        kinds=_REQUESTS,
    ),
    Row(
        "new time proposals allowed",
        "t:AllowNewTimeProposal",
        "allowNewTimeProposals",
        lambda view, _: told(view.allows_proposals),
        kinds=_REQUESTS,
    ),
    Row("out of date", "t:IsOutOfDate", "isOutOfDate", lambda view, _: told(view.is_out_of_date), kinds=_MEETINGS),
)

# An attendee's entry: the fact without a name is the answer itself.
ATTENDEE: tuple[Row[AttendeeView], ...] = (
    Row("", "t:ResponseType", "status.response", lambda view, _: view.response.value),
    Row("role", "", "type", lambda view, _: view.role.value),
    Row("answered", "t:LastResponseTime", "status.time", lambda view, _: told(view.time is not None)),
    Row(
        PROPOSED,
        "t:ProposedStart",
        "proposedNewTime.start.dateTime",
        lambda view, reading: reading.slot(view.proposal),
    ),
)


def kind_of(view: EventView) -> str:
    """What a calendar item is called: a meeting unless it is told otherwise."""
    return _KINDS.get(view.kind, "meeting")


def original_start(view: EventView, reading: Reading) -> str:
    """When the pattern of its series has an occurrence."""
    is_of_series = view.kind in {EventKind.OCCURRENCE, EventKind.EXCEPTION}
    return reading.moment(view.original_start) if view.original_start and is_of_series else NOTHING


def repeats(view: EventView) -> str:
    """How a series repeats: by which pattern, how often, and how many times."""
    rule = view.recurrence
    if rule is None:
        return NOTHING
    return f"{_PATTERNS[rule.pattern]}, every {rule.interval}, {rule.count or 'no number of'} times"


def event_facts(view: EventView, base: str, side: Side, reading: Reading) -> Iterator[tuple[str, Fact]]:
    """A calendar item's facts, those of its attendees apart."""
    for row in EVENT:
        yield row.name, row.fact(view, base, side, reading)


def message_facts(view: MessageView, base: str, side: Side, reading: Reading) -> Iterator[tuple[str, Fact]]:
    """A message's facts."""
    for row in MESSAGE:
        if view.kind in row.kinds:
            yield row.name, row.fact(view, base, side, reading)


def attendee_facts(
    view: AttendeeView, base: str, side: Side, reading: Reading, *, proposals: bool
) -> Iterator[tuple[str, Fact]]:
    """An entry's facts; ``proposals`` tells whether entries carry proposed times at all."""
    about = f"attendee {reading.person(view.address)}"
    for row in ATTENDEE:
        if row.name != PROPOSED or proposals:
            name = f"{about}: {row.name}" if row.name else about
            yield name, row.fact(view, base, side, reading)


def schedule_facts(view: ScheduleView, reading: Reading, merged: str, entries: str) -> Mapping[str, Fact]:
    """What is told of somebody's free and busy times."""
    facts = {"known": Fact(told(view.error is None), merged), "digits": Fact(view.merged or NOTHING, merged)}
    for number, entry in enumerate(view.events, 1):
        facts[f"entry {number}"] = Fact(_entry(entry, reading), entries)
    return facts


def _entry(entry: BusyView, reading: Reading) -> str:
    parts = (reading.slot(entry.slot), entry.show_as.value, reading.text(entry.subject), reading.text(entry.location))
    return ", ".join(parts)
