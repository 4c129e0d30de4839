"""GetUserAvailability: free/busy of people, rooms and lists ([MS-OXWAVLS])."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache, partial
from typing import Final

from reference_impl.domain.errors import DomainError
from reference_impl.domain.items import TimeSlot
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError, SoapFault, response_error
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.free_busy_views import MERGED, Viewer, failed_array, free_busy_array
from reference_impl.ews.times import absolute, format_local, format_time, parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.zones import request_zone, year_of
from reference_impl.service.availability import free_busy

_DEFAULT_INTERVAL: Final = 30
_DEFAULT_VIEW: Final = "FreeBusyMerged"

_OF_A_VIEW: Final = frozenset(
    {"ErrorTimeIntervalTooBig", "ErrorInvalidMergedFreeBusyInterval", "ErrorInvalidFreeBusyViewType"}
)
"""Wrong arguments that servers may tell in a fault, or in the answer of each mailbox: the settings say which.

What is wrong with the list of mailboxes or with the zone leaves nobody to tell it for, and ErrorInvalidTimeInterval has
been seen as a fault: these are faults always. ErrorMailRecipientNotFound, ErrorNoFreeBusyAccess, ErrorResultSetTooBig
and ErrorFreeBusyDLLimitReached concern one mailbox and stand in its answer alone.
"""


def get_user_availability(request: Element, call: Call) -> str:
    """Answer a GetUserAvailabilityRequest.

    Raises SoapFault for what concerns the whole request: ErrorMissingArgument, ErrorMailboxDataArrayEmpty,
    ErrorMailboxDataArrayTooBig, ErrorTimeZone, ErrorInvalidTimeInterval, ErrorValueOutOfRange, and as the settings say
    ErrorTimeIntervalTooBig, ErrorInvalidMergedFreeBusyInterval, ErrorInvalidFreeBusyViewType.
    """
    options = request.find(t("FreeBusyViewOptions"))
    if options is None:
        raise _nothing_to_answer(request)
    addresses = _addresses(request)
    zone = _zone(request, call)
    try:
        content = _free_busy(options, addresses, zone, call)
    except ResponseError as error:
        if error.code not in _OF_A_VIEW or call.world.settings.view_errors_are_faults:
            raise SoapFault(error.code, error.text) from error
        content = failed_array(error, len(addresses), call)
    return f"<m:GetUserAvailabilityResponse>{content}</m:GetUserAvailabilityResponse>"


def _nothing_to_answer(request: Element) -> SoapFault:
    if request.find(t("SuggestionsViewOptions")) is not None:
        return SoapFault(
            "ErrorMeetingSuggestionGenerationFailed",
            "This server makes no meeting suggestions yet; ask with FreeBusyViewOptions for free/busy information.",
        )
    return SoapFault("ErrorMissingArgument", "FreeBusyViewOptions or SuggestionsViewOptions must be given.")


def _free_busy(options: Element, addresses: tuple[str, ...], zone: tzinfo | None, call: Call) -> str:
    view = options.findtext(t("RequestedView")) or _DEFAULT_VIEW
    if view == "None":
        raise ResponseError("ErrorInvalidFreeBusyViewType", "RequestedView must name a view; None is an answer only.")
    window = _window(options.find(t("TimeWindow")), zone or UTC)
    settings = call.world.settings
    try:
        schedules = free_busy(
            call.world,
            call.actor,
            addresses,
            window,
            int(options.findtext(t("MergedFreeBusyIntervalInMinutes")) or _DEFAULT_INTERVAL),
            days_limit=settings.free_busy_days,
            mailboxes_limit=settings.free_busy_mailboxes,
            zone=zone or UTC,
            is_merged=view in MERGED,
        )
    except DomainError as error:
        raise response_error(error) from error
    return free_busy_array(schedules, Viewer(call, view, year_of(window.start), _writer(zone)))


def _addresses(request: Element) -> tuple[str, ...]:
    array = request.find(m("MailboxDataArray"))
    assert array is not None
    path = f"{t('Email')}/{t('Address')}"
    found = tuple((data.findtext(path) or "").strip() for data in array)
    if not found:
        raise SoapFault("ErrorMailboxDataArrayEmpty", "MailboxDataArray names no mailbox.")
    return found


def _zone(request: Element, call: Call) -> tzinfo | None:
    """The zone that the request describes, else that of the TimeZoneContext header; None where there is neither."""
    element = request.find(t("TimeZone"))
    return call.output_zone if element is None else request_zone(element)


def _window(element: Element | None, zone: tzinfo) -> TimeSlot:
    assert element is not None
    start, end = (absolute(parse_time(element.findtext(t(name)) or ""), zone) for name in ("StartTime", "EndTime"))
    return TimeSlot(start, end)


def _writer(zone: tzinfo | None) -> Callable[[datetime], str]:
    """Times are local times of the request's zone, without an offset; in UTC where no zone was given.

    A moment is written once: events of several people often begin and end together.
    """
    return cache(format_time if zone is None else partial(format_local, zone=zone))
