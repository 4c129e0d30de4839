"""GetUserAvailability: free/busy of people, rooms and lists ([MS-OXWAVLS])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from reference_impl.domain.errors import DomainError
from reference_impl.domain.freebusy import BusyEvent, Schedule
from reference_impl.domain.items import ShowAs, TimeSlot
from reference_impl.domain.mailbox import FreeBusyAccess, Mailbox
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError, SoapFault, response_error
from reference_impl.ews.fields.shared import show_as
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import problem
from reference_impl.ews.times import absolute, format_time, parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.zones import DAYS, request_zone, serializable_zone, year_of
from reference_impl.service.availability import free_busy

_DEFAULT_INTERVAL: Final = 30
_DEFAULT_VIEW: Final = "FreeBusyMerged"

_DIGITS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "0",
    ShowAs.TENTATIVE: "1",
    ShowAs.BUSY: "2",
    ShowAs.OOF: "3",
    ShowAs.WORKING_ELSEWHERE: "0",
    ShowAs.NO_DATA: "4",
}
"""One character of MergedFreeBusy; 4 is no data, and working elsewhere counts as free (DOC mergedfreebusy)."""

_LESS: Final = {"Detailed": "FreeBusy", "DetailedMerged": "FreeBusyMerged"}
"""What is left of a view where the details may not be seen."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """How to answer: the view, the zone of times without offset, and how a moment is written."""

    call: Call
    view: str
    window: TimeSlot
    time: Callable[[datetime], str]

    @property
    def is_merged(self) -> bool:
        """Whether the string of digits is wanted."""
        return self.view.endswith("Merged") or self.view == "MergedOnly"


def get_user_availability(request: Element, call: Call) -> str:
    """Answer a GetUserAvailabilityRequest.

    Raises SoapFault for what concerns the whole request: ErrorMissingArgument, ErrorInvalidFreeBusyViewType,
    ErrorInvalidTimeInterval, ErrorTimeIntervalTooBig, ErrorInvalidMergedFreeBusyInterval, ErrorMailboxDataArrayTooBig,
    ErrorMailboxDataArrayEmpty, ErrorTimeZone.
    """
    options = request.find(t("FreeBusyViewOptions"))
    if options is None:
        raise _nothing_to_answer(request)
    view = options.findtext(t("RequestedView")) or _DEFAULT_VIEW
    if view == "None":
        raise SoapFault("ErrorInvalidFreeBusyViewType", "RequestedView must name a view; None is an answer only.")
    addresses = _addresses(request)
    zone_element = request.find(t("TimeZone"))
    zone = call.zone if zone_element is None else request_zone(zone_element)
    try:
        window = _window(options, zone or UTC)
        interval = int(options.findtext(t("MergedFreeBusyIntervalInMinutes")) or _DEFAULT_INTERVAL)
        schedules = free_busy(
            call.world,
            call.actor,
            addresses,
            window,
            interval,
            days_limit=call.world.settings.free_busy_days,
            mailboxes_limit=call.world.settings.free_busy_mailboxes,
        )
    except DomainError as error:
        raise _whole(response_error(error)) from error
    except ResponseError as error:
        raise _whole(error) from error
    asked = _Asked(call, view, window, _writer(zone))
    content = "".join(
        f"<m:FreeBusyResponse>{_response(schedule, asked)}</m:FreeBusyResponse>" for schedule in schedules
    )
    return (
        "<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>"
        f"{content}</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
    )


def _nothing_to_answer(request: Element) -> SoapFault:
    if request.find(t("SuggestionsViewOptions")) is not None:
        return SoapFault(
            "ErrorMeetingSuggestionGenerationFailed",
            "This server makes no meeting suggestions yet; ask with FreeBusyViewOptions for free/busy information.",
        )
    return SoapFault("ErrorMissingArgument", "FreeBusyViewOptions or SuggestionsViewOptions must be given.")


def _whole(error: ResponseError) -> SoapFault:
    return SoapFault(error.code, error.text)


def _addresses(request: Element) -> tuple[str, ...]:
    array = request.find(m("MailboxDataArray"))
    assert array is not None
    found = tuple((data.findtext(f"{t('Email')}/{t('Address')}") or "").strip() for data in array)
    if not found:
        raise SoapFault("ErrorMailboxDataArrayEmpty", "MailboxDataArray names no mailbox.")
    return found


def _window(options: Element, zone: tzinfo) -> TimeSlot:
    ends = (options.findtext(f"{t('TimeWindow')}/{t(name)}") or "" for name in ("StartTime", "EndTime"))
    start, end = (absolute(parse_time(text), zone) for text in ends)
    return TimeSlot(start, end)


def _writer(zone: tzinfo | None) -> Callable[[datetime], str]:
    """Times of events are local times of the request's zone, without an offset; in UTC where no zone was given."""
    if zone is None:
        return format_time

    def local(moment: datetime) -> str:
        return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")

    return local


def _response(schedule: Schedule, asked: _Asked) -> str:
    if schedule.error is not None:
        error = response_error(schedule.error)
        nothing = xml.leaf("FreeBusyViewType", "None")
        view = f"<m:FreeBusyView>{nothing}</m:FreeBusyView>" if asked.call.version.has("Exchange2010") else ""
        return f'<m:ResponseMessage ResponseClass="Error">{problem(error)}</m:ResponseMessage>{view}'
    return (
        '<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
        f"<m:FreeBusyView>{_view(schedule, asked)}</m:FreeBusyView>"
    )


def _view(schedule: Schedule, asked: _Asked) -> str:
    digits = xml.leaf("MergedFreeBusy", "".join(_DIGITS[slot] for slot in schedule.slots))
    if schedule.is_list or asked.view == "MergedOnly":
        return xml.leaf("FreeBusyViewType", "MergedOnly") + digits
    sees_details = schedule.access in {FreeBusyAccess.FULL, FreeBusyAccess.TIME_SUBJECT_LOCATION}
    view = asked.view if sees_details else _LESS.get(asked.view, asked.view)
    is_detailed = view.startswith("Detailed")
    events = "".join(_event(event, schedule, asked, is_detailed=is_detailed) for event in schedule.events)
    parts = [xml.leaf("FreeBusyViewType", view)]
    if asked.is_merged:
        parts.append(digits)
    if events:
        parts.append(xml.node("CalendarEventArray", events))
    assert schedule.mailbox is not None
    parts.append(_working_hours(schedule.mailbox, asked))
    return "".join(parts)


def _event(event: BusyEvent, schedule: Schedule, asked: _Asked, *, is_detailed: bool) -> str:
    times = f"<t:StartTime>{asked.time(event.start)}</t:StartTime><t:EndTime>{asked.time(event.end)}</t:EndTime>"
    status = xml.leaf("BusyType", show_as(event.show_as, asked.call.version))
    details = _details(event, schedule) if is_detailed else ""
    return xml.node("CalendarEvent", times + status + details)


def _details(event: BusyEvent, schedule: Schedule) -> str:
    """What may be told of an event; of a private one only that it is private (DOC calendareventdetails)."""
    item = event.item
    told = ""
    if item is not None:
        if schedule.access is FreeBusyAccess.FULL:
            told += xml.leaf("ID", ids.hexadecimal(item.mailbox_id, item.id))
        told += xml.leaf("Subject", item.subject) + xml.leaf("Location", item.location)
    flags = (
        ("IsMeeting", item is not None and item.is_meeting),
        ("IsRecurring", False),
        ("IsException", False),
        ("IsReminderSet", item is not None and item.reminder_is_set),
        ("IsPrivate", event.is_private),
    )
    return xml.node("CalendarEventDetails", told + "".join(xml.leaf(name, value) for name, value in flags))


def _working_hours(mailbox: Mailbox, asked: _Asked) -> str:
    hours = mailbox.working_hours
    period = (
        xml.leaf("DayOfWeek", " ".join(DAYS[day] for day in sorted(hours.days)))
        + xml.leaf("StartTimeInMinutes", hours.start_minute)
        + xml.leaf("EndTimeInMinutes", hours.end_minute)
    )
    zone = serializable_zone(mailbox.time_zone, year_of(asked.window.start))
    return xml.node("WorkingHours", zone + xml.node("WorkingPeriodArray", xml.node("WorkingPeriod", period)))
