"""getSchedule: free/busy of several addresses."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.domain.freebusy import BusyEvent, Schedule
from reference_impl.domain.items import Sensitivity, TimeSlot
from reference_impl.domain.timezone import zone
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.schedule import SCHEDULE
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.reading.values import read_moment
from reference_impl.graph.refusals import ParameterInvalid, ScheduleWindowMissing
from reference_impl.graph.resources.events import calendar_ref
from reference_impl.service import availability

DEFAULT_INTERVAL: Final = 30
_VEILED: Final = frozenset({Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL})


def get_schedule(call: Call) -> Result:
    """POST: one entry per address, in the order asked; what fails for one address is told in its entry."""
    calendar_ref(call)
    sent = call.body("calendar.getSchedule")
    if not sent.get("schedules"):
        raise ParameterInvalid(reason="schedules: at least one address is needed.")
    if "startTime" not in sent or "endTime" not in sent:
        raise ScheduleWindowMissing
    start, zone_name = read_moment(sent["startTime"], "startTime")
    end, _ = read_moment(sent["endTime"], "endTime")
    interval = sent.get("availabilityViewInterval")
    settings = call.world.settings
    schedules = availability.free_busy(
        call.world,
        call.by or call.owner,
        sent["schedules"],
        TimeSlot(start, end),
        DEFAULT_INTERVAL if interval is None else interval,
        days_limit=settings.schedule_days,
        mailboxes_limit=settings.schedule_mailboxes,
        zone=zone(zone_name),
    )
    rows = [SCHEDULE.show(_as_seen(each, call), call.view, Selection()) for each in schedules]
    return call.collection(call.context("Collection(microsoft.graph.scheduleInformation)"), rows)


def _as_seen(schedule: Schedule, call: Call) -> Schedule:
    """The schedule without what private and confidential items are about, for anyone but their owner."""
    is_own = schedule.mailbox is None or schedule.mailbox.id == (call.by or call.owner).id
    if (
        is_own
        or availability.private_details_told(call.world)
        or not any(_is_veiled(event) for event in schedule.events)
    ):
        return schedule
    told = (event._replace(item=None) if _is_veiled(event) else event for event in schedule.events)
    return replace(schedule, events=tuple(told))


def _is_veiled(event: BusyEvent) -> bool:
    return event.item is not None and event.item.sensitivity in _VEILED
