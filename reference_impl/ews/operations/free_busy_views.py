"""The free/busy half of GetUserAvailability: one FreeBusyResponse per asked mailbox ([MS-OXWAVLS])."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Final

from reference_impl.domain.freebusy import DETAILED, BusyEvent, Schedule, spelling, spelt
from reference_impl.domain.items import EventKind, ShowAs
from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.permissions import FreeBusyAccess
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError, response_error
from reference_impl.ews.fields.shared import show_as
from reference_impl.ews.operations.answers import problem
from reference_impl.ews.zones import DAYS, serializable_zone

_DIGITS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "0",
    ShowAs.TENTATIVE: "1",
    ShowAs.BUSY: "2",
    ShowAs.OOF: "3",
    ShowAs.WORKING_ELSEWHERE: "0",
    ShowAs.NO_DATA: "4",
}
"""One character of MergedFreeBusy; 4 is no data, and working elsewhere counts as free (DOC mergedfreebusy)."""

_DIGITS_WITH_ELSEWHERE: Final = {**_DIGITS, ShowAs.WORKING_ELSEWHERE: "4", ShowAs.NO_DATA: "5"}
"""The same as clients of Exchange 2013 and later number their statuses."""

MERGED: Final = frozenset({"MergedOnly", "FreeBusyMerged", "DetailedMerged"})
"""The views with a string of digits."""

_LESS: Final = {"Detailed": "FreeBusy", "DetailedMerged": "FreeBusyMerged"}
"""What is left of a view where the details may not be seen."""

SUCCESS: Final = (
    '<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
)

_NOTHING_BUT_PRIVATE: Final = (
    "<t:CalendarEventDetails><t:IsMeeting>false</t:IsMeeting><t:IsRecurring>false</t:IsRecurring>"
    "<t:IsException>false</t:IsException><t:IsReminderSet>false</t:IsReminderSet><t:IsPrivate>true</t:IsPrivate>"
    "</t:CalendarEventDetails>"
)
"""All that is told of what is private (DOC calendareventdetails); the flags are mandatory in the schema."""


@dataclass(frozen=True)
class Viewer:
    """How free/busy is told: the wanted view, the year whose zone rules are told, and how a moment is written."""

    call: Call
    view: str
    year: int
    time: Callable[[datetime], str]

    @cached_property
    def digits(self) -> bytes:
        """The spelling of MergedFreeBusy."""
        has_elsewhere = self.call.world.settings.working_elsewhere_has_digit and self.call.version.has("Exchange2013")
        return spelling(_DIGITS_WITH_ELSEWHERE if has_elsewhere else _DIGITS)

    @cached_property
    def slot(self) -> Callable[[datetime, datetime, ShowAs], str]:
        """When somebody is busy, and how; events of several people often begin and end together."""
        time, busy_types = self.time, {status: show_as(status, self.call.version) for status in ShowAs}

        def told(start: datetime, end: datetime, status: ShowAs) -> str:
            span = f"<t:StartTime>{time(start)}</t:StartTime><t:EndTime>{time(end)}</t:EndTime>"
            return f"{span}<t:BusyType>{busy_types[status]}</t:BusyType>"

        return cache(told)


def free_busy_array(schedules: tuple[Schedule, ...], viewer: Viewer) -> str:
    """The FreeBusyResponseArray of schedules, in their order."""
    return _array(
        SUCCESS + f"<m:FreeBusyView>{_view(schedule, viewer)}</m:FreeBusyView>"
        if schedule.error is None
        else _failed(response_error(schedule.error), viewer.call)
        for schedule in schedules
    )


def failed_array(error: ResponseError, count: int, call: Call) -> str:
    """A FreeBusyResponseArray in which every mailbox has the same error."""
    return _array(_failed(error, call) for _ in range(count))


def _array(responses: Iterable[str]) -> str:
    content = "".join(f"<m:FreeBusyResponse>{response}</m:FreeBusyResponse>" for response in responses)
    return f"<m:FreeBusyResponseArray>{content}</m:FreeBusyResponseArray>"


def _failed(error: ResponseError, call: Call) -> str:
    """What is told of a mailbox about which nothing can be told; the view of type None came with Exchange2010."""
    has_view = call.world.settings.failed_view_is_told and call.version.has("Exchange2010")
    view = f"<m:FreeBusyView>{xml.leaf('FreeBusyViewType', 'None')}</m:FreeBusyView>" if has_view else ""
    return f'<m:ResponseMessage ResponseClass="Error">{problem(error)}</m:ResponseMessage>{view}'


def _view(schedule: Schedule, viewer: Viewer) -> str:
    """What was wanted, as far as it may be told; of a list the merged digits alone (DOC requestedview)."""
    digits = f"<t:MergedFreeBusy>{spelt(schedule.slots, viewer.digits)}</t:MergedFreeBusy>"
    if schedule.is_list or viewer.view == "MergedOnly":
        return xml.leaf("FreeBusyViewType", "MergedOnly") + digits
    assert schedule.mailbox is not None
    view = viewer.view if schedule.access in DETAILED else _LESS.get(viewer.view, viewer.view)
    slot, is_detailed, has_id = viewer.slot, view in _LESS, schedule.access is FreeBusyAccess.FULL
    events = [
        f"<t:CalendarEvent>{slot(event.start, event.end, event.show_as)}"
        f"{_details(event, has_id=has_id) if is_detailed else ''}</t:CalendarEvent>"
        for event in schedule.events
    ]
    return (
        xml.leaf("FreeBusyViewType", view)
        + (digits if view in MERGED else "")
        + xml.node("CalendarEventArray", "".join(events))
        + _working_hours(schedule.mailbox.working_hours, schedule.mailbox.working_zone, viewer.year)
    )


def _details(event: BusyEvent, *, has_id: bool) -> str:
    item = event.item
    if item is None:
        return _NOTHING_BUT_PRIVATE
    entry_id = f"<t:ID>{ids.hexadecimal(item.mailbox_id, item.id)}</t:ID>" if has_id else ""
    flags = (
        ("IsMeeting", item.is_meeting),
        ("IsRecurring", item.kind is not EventKind.SINGLE),
        ("IsException", item.kind is EventKind.EXCEPTION),
        ("IsReminderSet", item.reminder_is_set),
        ("IsPrivate", event.is_private),
    )
    told = [xml.leaf("Subject", item.subject), xml.leaf("Location", item.location)]
    told += [f"<t:{name}>{'true' if value else 'false'}</t:{name}>" for name, value in flags]
    return f"<t:CalendarEventDetails>{entry_id}{''.join(told)}</t:CalendarEventDetails>"


@lru_cache(maxsize=1024)
def _working_hours(hours: WorkingHours, zone: str, year: int) -> str:
    """The hours of a mailbox in its own zone, as the zone's rules are in one year."""
    period = (
        xml.leaf("DayOfWeek", " ".join(DAYS[day] for day in sorted(hours.days)))
        + xml.leaf("StartTimeInMinutes", hours.start_minute)
        + xml.leaf("EndTimeInMinutes", hours.end_minute)
    )
    content = serializable_zone(zone, year) + xml.node("WorkingPeriodArray", xml.node("WorkingPeriod", period))
    return xml.node("WorkingHours", content)
