"""The acts on an event's reminder, which answer 200 with nothing: dismissReminder, snoozeReminder.

Of a series it is the reminder of the occurrence whose turn it is. An event that does not remind stays as it is.
"""

from __future__ import annotations

from typing import Final

from reference_impl.graph.call import Call, Result
from reference_impl.graph.reading.values import read_moment
from reference_impl.graph.resources.events import read_event
from reference_impl.service import reminders

DONE: Final = Result(200)


def dismiss(call: Call) -> Result:
    """POST dismissReminder: the event reminds no more."""
    reminders.dismiss(call.world, call.owner, read_event(call).id, call.by)
    return DONE


def snooze(call: Call) -> Result:
    """POST snoozeReminder: the event reminds again at newReminderTime."""
    item = read_event(call)
    until, _ = read_moment(call.body("event.snoozeReminder")["newReminderTime"], "newReminderTime")
    reminders.snooze(call.world, call.owner, item.id, until, call.by)
    return DONE
