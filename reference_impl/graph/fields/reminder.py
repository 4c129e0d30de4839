"""The members of a reminder."""

from __future__ import annotations

from typing import Final

from reference_impl.graph import ids
from reference_impl.graph.fields.event import event_id, event_link
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.location import location
from reference_impl.graph.fields.values import local
from reference_impl.service.reminders import Reminder

REMINDER: Final[Table[Reminder]] = Table(
    (
        Field("eventId", lambda r, v: event_id(r.event, v), always=True),
        Field("eventStartTime", lambda r, v: local(r.event.start, v)),
        Field("eventEndTime", lambda r, v: local(r.event.end, v)),
        Field("changeKey", lambda r, _: ids.change_key(r.event.version)),
        Field("eventSubject", lambda r, _: r.event.subject),
        Field("eventLocation", lambda r, _: location(r.event.location)),
        Field("eventWebLink", lambda r, v: event_link(r.event, v)),
        Field("reminderFireTime", lambda r, v: local(r.time, v)),
    )
)
