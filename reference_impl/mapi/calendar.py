"""The MAPI properties of calendar items and of what messages say of meetings ([MS-OXOCAL] 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from reference_impl.domain.global_ids import global_object_id
from reference_impl.domain.items import (
    CalendarItem,
    EventKind,
    MeetingFacts,
    Message,
    RequestKind,
    Response,
    Role,
    Sensitivity,
    ShowAs,
)
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.reminders import due_by, next_reminder
from reference_impl.domain.series import span
from reference_impl.mapi.addresses import APPOINTMENT, COMMON, MEETING, PUBLIC_STRINGS, named, numbered, tag
from reference_impl.mapi.known import (
    Knowledge,
    Known,
    binary,
    flag,
    moment,
    number,
    set_flag,
    set_moment,
    set_number,
    set_one_of,
    set_text,
    text,
)
from reference_impl.mapi.states import appointment_state, told_state

_BUSY: Final = (ShowAs.FREE, ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF, ShowAs.WORKING_ELSEWHERE)
_RESPONSES: Final = {
    Response.NONE: 0,
    Response.ORGANIZER: 1,
    Response.TENTATIVE: 2,
    Response.ACCEPTED: 3,
    Response.DECLINED: 4,
    Response.NOT_RESPONDED: 5,
}
"""PidLidResponseStatus ([MS-OXOCAL] 2.2.1.11)."""

_MEETING_TYPES: Final = {
    RequestKind.NEW: 0x1,
    RequestKind.FULL_UPDATE: 0x10000,
    RequestKind.INFORMATIONAL_UPDATE: 0x20000,
    RequestKind.SILENT_UPDATE: 0x40000,
    RequestKind.OUTDATED: 0x80000,
    RequestKind.PRINCIPAL_COPY: 0x100000,
}
"""PidLidMeetingType ([MS-OXOCAL] 2.2.6.5)."""

_RECURRENCE_TYPES: Final = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 2,
    Frequency.ABSOLUTE_MONTHLY: 3,
    Frequency.RELATIVE_MONTHLY: 3,
    Frequency.ABSOLUTE_YEARLY: 4,
    Frequency.RELATIVE_YEARLY: 4,
}
"""PidLidRecurrenceType ([MS-OXOCAL] 2.2.1.45)."""

_INSTANCE_TYPES: Final = {
    EventKind.SINGLE: 0,
    EventKind.RECURRING_MASTER: 1,
    EventKind.OCCURRENCE: 2,
    EventKind.EXCEPTION: 3,
}


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _busy(value: ShowAs) -> int:
    return _BUSY.index(value) if value in _BUSY else 0


def _recurrence_type(recurrence: Recurrence | None) -> int:
    return 0 if recurrence is None else _RECURRENCE_TYPES[recurrence.frequency]


def _clip_start(event: CalendarItem) -> datetime:
    return event.start if event.recurrence is None else span(event)[0]


def _clip_end(event: CalendarItem) -> datetime | None:
    return event.end if event.recurrence is None else span(event)[1]


def _names(event: CalendarItem, *roles: Role) -> str:
    people = (entry.person for entry in event.attendees if entry.role in roles)
    return "; ".join(person.name or person.address for person in people)


def _is_recurring(event: CalendarItem) -> bool:
    return event.kind is not EventKind.SINGLE


def _global_id(uid: str, day: date | None) -> bytes | None:
    return global_object_id(uid, day) if uid else None


def _appointment(number_: int, type_: str) -> Any:
    return numbered(APPOINTMENT, number_, type_)


def _set_nothing(_values: tuple[str, ...]) -> dict[str, Any]:
    """What a new item says of its state follows from the people that it names."""
    return {}


EVENT_PROPERTIES: Final[Knowledge] = {
    _appointment(0x8201, "Integer"): Known(number(lambda event: event.sequence)),
    _appointment(0x8205, "Integer"): Known(number(lambda event: _busy(event.show_as)), set_one_of("show_as", _BUSY)),
    _appointment(0x8208, "String"): Known(text(lambda event: event.location), set_text("location"), ("",)),
    _appointment(0x820D, "SystemTime"): Known(moment(lambda event: event.start), set_moment("start")),
    _appointment(0x820E, "SystemTime"): Known(moment(lambda event: event.end), set_moment("end")),
    _appointment(0x8213, "Integer"): Known(number(lambda event: _minutes(event.duration))),
    _appointment(0x8215, "Boolean"): Known(flag(lambda event: event.is_all_day), set_flag("is_all_day")),
    _appointment(0x8217, "Integer"): Known(number(appointment_state), write_new=_set_nothing),
    _appointment(0x8218, "Integer"): Known(number(lambda event: _RESPONSES[event.my_response])),
    _appointment(0x8220, "SystemTime"): Known(moment(lambda event: event.reply_time)),
    _appointment(0x8223, "Boolean"): Known(flag(_is_recurring)),
    _appointment(0x8224, "Integer"): Known(number(lambda event: _busy(event.intended_show_as))),
    _appointment(0x8228, "SystemTime"): Known(moment(lambda event: event.original_start)),
    _appointment(0x8229, "Boolean"): Known(flag(lambda event: event.request_sent)),
    _appointment(0x8231, "Integer"): Known(number(lambda event: _recurrence_type(event.recurrence))),
    _appointment(0x8235, "SystemTime"): Known(moment(_clip_start)),
    _appointment(0x8236, "SystemTime"): Known(moment(_clip_end)),
    _appointment(0x8238, "String"): Known(text(lambda event: _names(event, *Role))),
    _appointment(0x823B, "String"): Known(text(lambda event: _names(event, Role.REQUIRED))),
    _appointment(0x823C, "String"): Known(text(lambda event: _names(event, Role.OPTIONAL))),
    _appointment(0x825A, "Boolean"): Known(
        flag(lambda event: not event.allow_new_time_proposals), set_flag("allow_new_time_proposals", negated=True)
    ),
    numbered(COMMON, 0x8501, "Integer"): Known(
        number(lambda event: event.reminder_minutes), set_number("reminder_minutes")
    ),
    numbered(COMMON, 0x8502, "SystemTime"): Known(moment(due_by), set_moment("reminder_due")),
    numbered(COMMON, 0x8503, "Boolean"): Known(flag(lambda event: event.reminder_is_set), set_flag("reminder_is_set")),
    numbered(COMMON, 0x8516, "SystemTime"): Known(moment(lambda event: event.start)),
    numbered(COMMON, 0x8517, "SystemTime"): Known(moment(lambda event: event.end)),
    numbered(COMMON, 0x8560, "SystemTime"): Known(moment(next_reminder)),
    numbered(MEETING, 0x3, "Binary"): Known(binary(lambda event: _global_id(event.uid, event.day))),
    numbered(MEETING, 0x23, "Binary"): Known(binary(lambda event: _global_id(event.uid, None))),
    tag(0x0060, "SystemTime"): Known(moment(lambda event: event.start)),
    tag(0x0061, "SystemTime"): Known(moment(lambda event: event.end)),
    named(PUBLIC_STRINGS, "DoNotForward", "Boolean"): Known(
        flag(lambda event: event.do_not_forward), set_flag("do_not_forward"), ("false",)
    ),
    named(PUBLIC_STRINGS, "urn:schemas:calendar:uid", "String"): Known(text(lambda event: event.uid)),
    named(PUBLIC_STRINGS, "urn:schemas:calendar:instancetype", "Integer"): Known(
        number(lambda event: _INSTANCE_TYPES[event.kind])
    ),
}
"""What calendar items have, beside the properties of every item."""


def _facts(value: Callable[[MeetingFacts], Any]) -> Callable[[Message], Any]:
    """A value of the meeting that a message tells of; nothing where it tells of none."""

    def read(message: Message) -> Any:
        return None if message.meeting is None else value(message.meeting)

    return read


def _if_meeting(known: Known) -> Known:
    """A property that only messages of meetings have."""
    return Known(lambda message: None if message.meeting is None else known.read(message))


MEETING_MESSAGE_PROPERTIES: Final[Knowledge] = {
    address: _if_meeting(known)
    for address, known in {
        _appointment(0x8201, "Integer"): Known(number(_facts(lambda facts: facts.sequence))),
        _appointment(0x8208, "String"): Known(text(_facts(lambda facts: facts.location))),
        _appointment(0x820D, "SystemTime"): Known(moment(_facts(lambda facts: facts.start))),
        _appointment(0x820E, "SystemTime"): Known(moment(_facts(lambda facts: facts.end))),
        _appointment(0x8213, "Integer"): Known(number(_facts(lambda facts: _minutes(facts.end - facts.start)))),
        _appointment(0x8215, "Boolean"): Known(flag(_facts(lambda facts: facts.is_all_day))),
        _appointment(0x8217, "Integer"): Known(number(_facts(told_state))),
        _appointment(0x8223, "Boolean"): Known(
            flag(_facts(lambda facts: facts.recurrence is not None or facts.day is not None))
        ),
        _appointment(0x8224, "Integer"): Known(number(_facts(lambda facts: _busy(facts.intended_show_as)))),
        _appointment(0x8228, "SystemTime"): Known(moment(_facts(lambda facts: facts.original_start))),
        _appointment(0x8231, "Integer"): Known(number(_facts(lambda facts: _recurrence_type(facts.recurrence)))),
        _appointment(0x8250, "SystemTime"): Known(
            moment(_facts(lambda facts: None if facts.proposal is None else facts.proposal.start))
        ),
        _appointment(0x8251, "SystemTime"): Known(
            moment(_facts(lambda facts: None if facts.proposal is None else facts.proposal.end))
        ),
        _appointment(0x8256, "Integer"): Known(
            number(
                _facts(
                    lambda facts: (
                        None if facts.proposal is None else _minutes(facts.proposal.end - facts.proposal.start)
                    )
                )
            )
        ),
        _appointment(0x8257, "Boolean"): Known(flag(_facts(lambda facts: facts.proposal is not None))),
        _appointment(0x825A, "Boolean"): Known(flag(_facts(lambda facts: not facts.allow_new_time_proposals))),
        numbered(MEETING, 0x3, "Binary"): Known(binary(_facts(lambda facts: _global_id(facts.uid, facts.day)))),
        numbered(MEETING, 0x23, "Binary"): Known(binary(_facts(lambda facts: _global_id(facts.uid, None)))),
        numbered(MEETING, 0x26, "Integer"): Known(
            number(_facts(lambda facts: None if facts.request_kind is None else _MEETING_TYPES[facts.request_kind]))
        ),
        numbered(MEETING, 0x28, "String"): Known(text(_facts(lambda facts: facts.previous_location or ""))),
        numbered(MEETING, 0x29, "SystemTime"): Known(
            moment(_facts(lambda facts: None if facts.previous is None else facts.previous.start))
        ),
        numbered(MEETING, 0x2A, "SystemTime"): Known(
            moment(_facts(lambda facts: None if facts.previous is None else facts.previous.end))
        ),
        tag(0x0060, "SystemTime"): Known(moment(_facts(lambda facts: facts.start))),
        tag(0x0061, "SystemTime"): Known(moment(_facts(lambda facts: facts.end))),
        named(PUBLIC_STRINGS, "urn:schemas:calendar:uid", "String"): Known(text(_facts(lambda facts: facts.uid))),
    }.items()
}
"""What messages of meetings have, beside the properties of every message."""

PRIVATE: Final = numbered(COMMON, 0x8506, "Boolean")


def _set_private(values: tuple[str, ...]) -> dict[str, Any]:
    return {"sensitivity": Sensitivity.PRIVATE if values[0] == "true" else Sensitivity.NORMAL}


PRIVACY: Final[Knowledge] = {
    PRIVATE: Known(flag(lambda item: item.sensitivity is Sensitivity.PRIVATE), _set_private, ("false",))
}
"""PidLidPrivate ([MS-OXCMSG] 2.2.1.15)."""
