"""The two coupled state tables of a meeting, and the pure functions that follow them.

One table moves an attendee's entry on the organizer's copy, the other the attendee's own copy. They are coupled by the
messages: each message that one side sends is a trigger of the other side's table (MS-OXOCAL 3.1.4.7 and 3.1.4.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from reference_impl.domain.items import (
    Attendee,
    CalendarItem,
    EventChanges,
    MeetingFacts,
    RequestKind,
    Response,
    SeriesException,
    ShowAs,
    TimeSlot,
)


class Effect(StrEnum):
    """What becomes of a time or a proposal."""

    KEEP = "keep"
    TAKE = "take"  # from the trigger; a trigger without a proposal clears it
    CLEAR = "clear"


class EntryTrigger(StrEnum):
    """What can happen to an attendee's entry on the organizer's copy."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    RESCHEDULED = "rescheduled"  # everybody was told of another time
    REVISED = "revised"  # anything else changed, or nobody was told


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The next response, what happens to the time of the answer and to the proposal, and whether it asks anew."""

    response: Response
    time: Effect
    proposal: Effect
    asks: bool = False


_ENTRY_STATES = (Response.NONE, Response.NOT_RESPONDED, Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED)

_ANSWERS: Mapping[EntryTrigger, EntryChange] = {
    EntryTrigger.ACCEPTED: EntryChange(Response.ACCEPTED, Effect.TAKE, Effect.TAKE),
    EntryTrigger.TENTATIVE: EntryChange(Response.TENTATIVE, Effect.TAKE, Effect.TAKE),
    EntryTrigger.DECLINED: EntryChange(Response.DECLINED, Effect.TAKE, Effect.TAKE),
}

ENTRY_TABLE: Mapping[tuple[Response, EntryTrigger], EntryChange] = {
    **{(state, trigger): change for state in _ENTRY_STATES for trigger, change in _ANSWERS.items()},
    **{
        (state, EntryTrigger.RESCHEDULED): EntryChange(Response.NOT_RESPONDED, Effect.CLEAR, Effect.CLEAR, asks=True)
        for state in _ENTRY_STATES
    },
    **{(state, EntryTrigger.REVISED): EntryChange(state, Effect.KEEP, Effect.KEEP) for state in _ENTRY_STATES},
}
"""Organizer's side: (entry's response, trigger) -> change. Sources: MS-OXOCAL 3.1.4.8.5, Graph attendee and event."""

ANSWER_TRIGGERS: Mapping[Response, EntryTrigger] = {
    Response.ACCEPTED: EntryTrigger.ACCEPTED,
    Response.TENTATIVE: EntryTrigger.TENTATIVE,
    Response.DECLINED: EntryTrigger.DECLINED,
}


OPEN = frozenset({Response.NONE, Response.NOT_RESPONDED})
"""No answer was given yet, or none since it was asked for anew."""


def next_entry(
    entry: Attendee,
    trigger: EntryTrigger,
    sequence: int,
    time: datetime | None = None,
    proposal: TimeSlot | None = None,
) -> Attendee:
    """The attendee's entry after the trigger; ``time`` and ``proposal`` are those of the response, if it is one.

    ``sequence`` is the meeting's own then: a trigger that asks anew notes it.
    """
    change = ENTRY_TABLE[entry.response, trigger]
    times = {Effect.KEEP: entry.response_time, Effect.TAKE: time, Effect.CLEAR: None}
    proposals = {Effect.KEEP: entry.proposal, Effect.TAKE: proposal, Effect.CLEAR: None}
    return replace(
        entry,
        response=change.response,
        response_time=times[change.time],
        proposal=proposals[change.proposal],
        asked=sequence if change.asks else entry.asked,
    )


def answer_counts(event: CalendarItem, entry: Attendee, answer: MeetingFacts, sent: datetime) -> bool:
    """Whether an answer that arrived still says something of the meeting as it is.

    It does not if the meeting is cancelled, if a newer answer of the same person is already noted, or if it was given
    to a request older than the one that last asked for it (MS-OXOCAL 3.1.4.8.5).
    """
    is_older = entry.response_time is not None and sent < entry.response_time
    return not (event.is_cancelled or is_older or answer.sequence < entry.asked)


class CopyTrigger(StrEnum):
    """What can happen to the attendee's copy."""

    INVITED = "invited"  # a first request, or one after a cancellation
    RESCHEDULED = "rescheduled"
    REVISED = "revised"
    ACCEPT = "accept"
    TENTATIVE = "tentative"
    DECLINE = "decline"
    CANCELLED = "cancelled"


class Showing(StrEnum):
    """How the copy counts in free/busy."""

    INTENDED = "intended"  # as the organizer chose
    HELD = "held"  # tentative, unless the organizer chose free
    TENTATIVE = "tentative"
    FREE = "free"


_INTENDED, _HELD, _NOT_SHOWN = Showing.INTENDED, Showing.HELD, Showing.FREE
_FREE, _TENTATIVE = ShowAs.FREE, ShowAs.TENTATIVE
_NEW = RequestKind.NEW


class Place(StrEnum):
    """Where the copy belongs afterwards."""

    SAME = "same"
    CALENDAR = "calendar"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class CopyChange:
    """The next own response, free/busy showing, what happens to the reply time, the place, and whether cancelled."""

    response: Response
    showing: Showing
    reply_time: Effect
    place: Place
    is_cancelled: bool = False


_COPY_STATES = (Response.NOT_RESPONDED, Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED)

_SHOWN: Mapping[Response, Showing] = {
    Response.NOT_RESPONDED: Showing.HELD,
    Response.ACCEPTED: Showing.INTENDED,
    Response.TENTATIVE: Showing.TENTATIVE,
    Response.DECLINED: Showing.FREE,
}

_ASKED = CopyChange(Response.NOT_RESPONDED, Showing.HELD, Effect.CLEAR, Place.CALENDAR)

_OWN_ANSWERS: Mapping[CopyTrigger, CopyChange] = {
    CopyTrigger.ACCEPT: CopyChange(Response.ACCEPTED, Showing.INTENDED, Effect.TAKE, Place.CALENDAR),
    CopyTrigger.TENTATIVE: CopyChange(Response.TENTATIVE, Showing.TENTATIVE, Effect.TAKE, Place.CALENDAR),
    CopyTrigger.DECLINE: CopyChange(Response.DECLINED, Showing.FREE, Effect.TAKE, Place.DELETED),
}

COPY_TABLE: Mapping[tuple[Response, CopyTrigger], CopyChange] = {
    **{(state, CopyTrigger.INVITED): _ASKED for state in _COPY_STATES},
    **{(state, CopyTrigger.RESCHEDULED): _ASKED for state in _COPY_STATES},
    **{
        (state, CopyTrigger.REVISED): CopyChange(state, _SHOWN[state], Effect.KEEP, Place.SAME)
        for state in _COPY_STATES
    },
    **{(state, trigger): change for state in _COPY_STATES for trigger, change in _OWN_ANSWERS.items()},
    **{
        (state, CopyTrigger.CANCELLED): CopyChange(state, Showing.FREE, Effect.KEEP, Place.SAME, is_cancelled=True)
        for state in _COPY_STATES
    },
}
"""Attendee's side: (own response, trigger) -> change. Sources: MS-OXWSMTGS 2.2.4.19, 3.1.4.2, MS-OXOCAL 3.1.4.7.4."""

OWN_TRIGGERS: Mapping[Response, CopyTrigger] = {
    Response.ACCEPTED: CopyTrigger.ACCEPT,
    Response.TENTATIVE: CopyTrigger.TENTATIVE,
    Response.DECLINED: CopyTrigger.DECLINE,
}


def shown_as(showing: Showing, intended: ShowAs) -> ShowAs:
    """The free/busy status that a showing means, given the organizer's choice."""
    if showing is _INTENDED or (showing is _HELD and intended is _FREE):
        return intended
    return _FREE if showing is _NOT_SHOWN else _TENTATIVE


def held_as(response: Response, intended: ShowAs) -> ShowAs:
    """The free/busy status of a copy with this answer, given the organizer's choice."""
    return shown_as(_SHOWN[response], intended)


def next_copy(copy: CalendarItem, trigger: CopyTrigger, now: datetime) -> tuple[CalendarItem, Place]:
    """The attendee's copy after the trigger, and where it belongs."""
    change = COPY_TABLE[copy.my_response, trigger]
    reply_times = {Effect.KEEP: copy.reply_time, Effect.TAKE: now, Effect.CLEAR: None}
    changed = replace(
        copy,
        my_response=change.response,
        show_as=shown_as(change.showing, copy.intended_show_as),
        reply_time=reply_times[change.reply_time],
        is_cancelled=change.is_cancelled,
        modified=now,
    )
    return changed, change.place


def answered_series(series: CalendarItem) -> CalendarItem:
    """The attendee's series, just answered, with the answer on its occurrences as well.

    Those that were answered on their own keep their answer, unless the whole series is declined.
    """
    return replace(
        series, exceptions=tuple(_answered_with(series.my_response, exception) for exception in series.exceptions)
    )


def _answered_with(response: Response, exception: SeriesException) -> SeriesException:
    if response is not Response.DECLINED and exception.changes.get("my_response", Response.NONE) not in OPEN:
        return exception
    changes = EventChanges({name: value for name, value in exception.changes.items() if name not in _ANSWER})
    return replace(exception, changes=changes)


_ANSWER = frozenset({"my_response", "reply_time", "show_as"})
"""What an answer decides on the attendee's copy."""


def copy_trigger(kind: RequestKind | None, previous: TimeSlot | None, copy: CalendarItem | None) -> CopyTrigger:
    """What an arriving request does to the copy: asks anew, asks for another time, or only informs."""
    if copy is None or copy.is_cancelled or kind is _NEW:
        return CopyTrigger.INVITED
    return CopyTrigger.RESCHEDULED if previous is not None else CopyTrigger.REVISED


def received_kind(sent_as: RequestKind | None, copy: CalendarItem | None) -> RequestKind:
    """How the receiving side labels a request: an update is full for whoever has not answered (MS-OXWSMTGS R485)."""
    if copy is None:
        return _NEW
    if sent_as is RequestKind.INFORMATIONAL_UPDATE and copy.my_response is Response.NOT_RESPONDED:
        return RequestKind.FULL_UPDATE
    return sent_as or _NEW
