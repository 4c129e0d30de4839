"""reminderView: what a mailbox reminds its owner of in a window of time."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.errors import AccessDenied
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.reminder import REMINDER
from reference_impl.graph.resources.event_lists import read_window
from reference_impl.graph.resources.listed import listed
from reference_impl.service.reminders import ReminderScope, ReminderSpan, reminders_in

_MOST: Final = 1000


def view(call: Call) -> Result:
    """GET: the owner's own reminders that come in the window, by their times; of a series the next one."""
    window = read_window(call)
    if call.is_others:
        raise AccessDenied
    span = ReminderSpan(window.start, window.end, ReminderScope.ALL, _MOST)
    found = reminders_in(call.world, call.owner, span)
    return listed(call, call.context("Collection(microsoft.graph.reminder)"), REMINDER, found)
