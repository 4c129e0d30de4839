"""GetReminders: what a mailbox reminds its owner of (DOC getreminders-operation)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from reference_impl.domain.items import CalendarItem
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import sole
from reference_impl.ews.operations.references import bare_id
from reference_impl.ews.tree import Element
from reference_impl.service.reminders import Reminder, ReminderScope, ReminderSpan, reminders_in

_MOST: Final = 200
"""As many are answered where the request names no number, or none."""

_SCOPES: Final = {"All": ReminderScope.ALL, "Current": ReminderScope.CURRENT, "Old": ReminderScope.OLD}


def get_reminders(request: Element, call: Call) -> str:
    """Answer a GetReminders. What the page says of appointments is taken to be meant of tasks: here none remind."""
    return sole("GetReminders", lambda: f"<m:Reminders>{_reminders(request, call)}</m:Reminders>")


def _reminders(request: Element, call: Call) -> str:
    begin, end = _time(request, "BeginTime", call), _time(request, "EndTime", call)
    if begin is not None and end is not None and end < begin:
        raise ResponseError("ErrorInvalidOperation", "EndDate is earlier than StartDate")
    scope = _SCOPES[(request.findtext(m("ReminderType")) or "All").strip()]
    if scope is ReminderScope.OLD and (begin is None or end is None):
        raise ResponseError("ErrorInvalidOperation", "Old reminders are those between a BeginTime and an EndTime.")
    span = ReminderSpan(begin, end, scope, int(request.findtext(m("MaxItems")) or 0) or _MOST)
    return "".join(_reminder(found, call) for found in reminders_in(call.world, call.actor, span))


def _time(request: Element, name: str, call: Call) -> datetime | None:
    text = request.findtext(m(name))
    return None if text is None else call.read_time(text)


def _reminder(reminder: Reminder, call: Call) -> str:
    event = reminder.event
    content = (
        xml.leaf("Subject", event.subject)
        + xml.leaf("Location", event.location)
        + xml.leaf("ReminderTime", call.time(reminder.time))
        + xml.leaf("StartDate", call.time(event.start))
        + xml.leaf("EndDate", call.time(event.end))
        + bare_id(event)
        + _master(event)
        + xml.leaf("ReminderGroup", "Calendar")
        + xml.leaf("UID", event.uid)
    )
    return xml.node("Reminder", content)


def _master(event: CalendarItem) -> str:
    if event.series_id is None:
        return ""
    item_id, key = ids.item_id(event.mailbox_id, event.series_id), ids.change_key(event.version)
    return f'<t:RecurringMasterItemId Id="{item_id}" ChangeKey="{key}"/>'
