"""When an item reminds its owner. Calendar items do; of messages it can only be said that they do not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, Item, Snooze
from reference_impl.domain.reminders import due_by, next_reminder
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.readers import flag, time
from reference_impl.ews.fields.setters import flag_of, set_flag, set_nothing, text_of
from reference_impl.ews.times import read_time
from reference_impl.ews.tree import Element

_REMINDER_UNSET: Final = 1525252321


def _due(item: Item) -> datetime | None:
    return due_by(item) if isinstance(item, CalendarItem) else None


def _reminds(item: Item) -> bool:
    return isinstance(item, CalendarItem) and item.reminder_is_set


def _reminder_minutes(item: Item) -> int:
    return item.reminder_minutes if isinstance(item, CalendarItem) else 0


def _next_reminder(item: Item) -> datetime | None:
    return next_reminder(item) if isinstance(item, CalendarItem) else None


def _set_reminder(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """Minutes; the reserved value means that none are set ([MS-OXWSCDATA] ReminderMinutesBeforeStartType)."""
    minutes = int(text_of(element))
    return {} if minutes == _REMINDER_UNSET else {"reminder_minutes": minutes}


def _set_due(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """A time without an offset is one of the zone of the start (DOC time zones)."""
    return {"reminder_due": read_time(text_of(element), writing.start_zone)}


def _set_next(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    return {"reminder_snooze": Snooze(writing.call.read_time(text_of(element)))}


def _set_no_reminder(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """Messages remind nobody: only that can be said of them."""
    if flag_of(element):
        raise ResponseError("ErrorInvalidPropertySet", "Messages have no reminders.")
    return {}


def _with_setters(setters: Mapping[str, Setter]) -> Table:
    return tuple(
        replace(field, create=setters.get(field.element), update=setters.get(field.element)) for field in _FIELDS
    )


_FIELDS: Final[Table] = (
    Field(
        uri="item:ReminderDueBy",
        element="ReminderDueBy",
        read=time("ReminderDueBy", _due),
        kind=Kind.TIME,
        value=_due,
    ),
    Field(
        uri="item:ReminderIsSet",
        element="ReminderIsSet",
        read=flag("ReminderIsSet", _reminds),
        kind=Kind.FLAG,
        value=_reminds,
    ),
    Field(
        uri="item:ReminderNextTime",
        element="ReminderNextTime",
        read=time("ReminderNextTime", _next_reminder),
        since="Exchange2013",
    ),
    Field(
        uri="item:ReminderMinutesBeforeStart",
        element="ReminderMinutesBeforeStart",
        read=lambda view: xml.leaf("ReminderMinutesBeforeStart", _reminder_minutes(view.item)),
        kind=Kind.NUMBER,
        value=_reminder_minutes,
    ),
)

CALENDAR_REMINDERS: Final[Table] = _with_setters(
    {
        "ReminderDueBy": _set_due,
        "ReminderIsSet": set_flag("reminder_is_set"),
        "ReminderNextTime": _set_next,
        "ReminderMinutesBeforeStart": _set_reminder,
    }
)
"""The properties of this subject on calendar items."""

MESSAGE_REMINDERS: Final[Table] = _with_setters(
    {"ReminderIsSet": _set_no_reminder, "ReminderMinutesBeforeStart": set_nothing}
)
"""The same on messages."""
