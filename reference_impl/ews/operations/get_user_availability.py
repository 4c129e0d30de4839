"""GetUserAvailability: free/busy of people, rooms and lists, and times for their meeting ([MS-OXWAVLS])."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache, partial
from typing import Final

from reference_impl.domain.errors import DomainError
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError, SoapFault, response_error
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.free_busy_views import MERGED, Viewer, failed_array, free_busy_array
from reference_impl.ews.operations.meeting_suggestions import PARTS, failed_suggestions, suggestions_response
from reference_impl.ews.times import format_local, format_time, read_span
from reference_impl.ews.tree import Element, child, text_in
from reference_impl.ews.zones import request_zone, year_of
from reference_impl.service.availability import free_busy
from reference_impl.service.suggesting import Asked

_DEFAULT_INTERVAL: Final = 30
_DEFAULT_VIEW: Final = "FreeBusyMerged"

_ARRAY, _EMAIL, _ADDRESS = m("MailboxDataArray"), t("Email"), t("Address")
_PART, _EXCLUDING = t("AttendeeType"), t("ExcludeConflicts")

_OF_A_VIEW: Final = frozenset(
    {
        "ErrorTimeIntervalTooBig",
        "ErrorInvalidMergedFreeBusyInterval",
        "ErrorInvalidFreeBusyViewType",
        "ErrorMeetingSuggestionGenerationFailed",
    }
)
"""Wrong arguments that servers may tell in a fault, or in the answer that they spoil: the settings say which.

That answer is each mailbox's, or that of the suggestions. What is wrong with the list of mailboxes or with the zone
leaves nobody to tell it for, and ErrorInvalidTimeInterval has been seen as a fault: these are faults always.
ErrorMailRecipientNotFound, ErrorNoFreeBusyAccess, ErrorResultSetTooBig and ErrorFreeBusyDLLimitReached concern one
mailbox and stand in its answer alone.
"""


def get_user_availability(request: Element, call: Call) -> str:
    """Answer a GetUserAvailabilityRequest: with free/busy, suggestions or both, as it has options for them.

    Raises SoapFault for what concerns the whole request: ErrorMissingArgument, ErrorMailboxDataArrayEmpty,
    ErrorMailboxDataArrayTooBig, ErrorTimeZone, ErrorInvalidTimeInterval, ErrorValueOutOfRange, and as the settings say
    ErrorTimeIntervalTooBig, ErrorInvalidMergedFreeBusyInterval, ErrorInvalidFreeBusyViewType,
    ErrorMeetingSuggestionGenerationFailed.
    """
    views, suggestions = (request.find(t(name)) for name in ("FreeBusyViewOptions", "SuggestionsViewOptions"))
    if views is None and suggestions is None:
        raise SoapFault("ErrorMissingArgument", "FreeBusyViewOptions or SuggestionsViewOptions must be given.")
    asked = _asked(request)
    zone = _zone(request, call)
    time = _writer(zone)
    content = ""
    if views is not None:
        content += _or_failed(
            call,
            partial(_free_busy, views, asked, zone, call, time),
            partial(failed_array, count=len(asked), call=call),
        )
    if suggestions is not None:
        content += _or_failed(
            call, partial(suggestions_response, suggestions, asked, zone, call, time), failed_suggestions
        )
    return f"<m:GetUserAvailabilityResponse>{content}</m:GetUserAvailabilityResponse>"


def _or_failed(call: Call, answer: Callable[[], str], failed: Callable[[ResponseError], str]) -> str:
    """One half of the answer, or what stands in its place. Raises SoapFault for what is no matter of that half."""
    try:
        try:
            return answer()
        except DomainError as error:
            raise response_error(error) from error
    except ResponseError as error:
        if error.code in _OF_A_VIEW and not call.world.settings.view_errors_are_faults:
            return failed(error)
        raise SoapFault(error.code, error.text) from error


def _free_busy(
    options: Element, asked: Sequence[Asked], zone: tzinfo | None, call: Call, time: Callable[[datetime], str]
) -> str:
    view = options.findtext(t("RequestedView")) or _DEFAULT_VIEW
    if view == "None":
        raise ResponseError("ErrorInvalidFreeBusyViewType", "RequestedView must name a view; None is an answer only.")
    element = options.find(t("TimeWindow"))
    assert element is not None
    window = read_span(element, zone or UTC)
    settings = call.world.settings
    schedules = free_busy(
        call.world,
        call.actor,
        [one.address for one in asked],
        window,
        int(options.findtext(t("MergedFreeBusyIntervalInMinutes")) or _DEFAULT_INTERVAL),
        days_limit=settings.free_busy_days,
        mailboxes_limit=settings.free_busy_mailboxes,
        zone=zone or UTC,
        is_merged=view in MERGED,
    )
    return free_busy_array(schedules, Viewer(call, view, year_of(window.start), time))


def _asked(request: Element) -> tuple[Asked, ...]:
    array = child(request, _ARRAY)
    assert array is not None
    found = tuple(_one(data) for data in array)
    if not found:
        raise SoapFault("ErrorMailboxDataArrayEmpty", "MailboxDataArray names no mailbox.")
    return found


def _one(data: Element) -> Asked:
    email = child(data, _EMAIL)
    assert email is not None
    return Asked(
        (text_in(email, _ADDRESS) or "").strip(),
        PARTS[text_in(data, _PART) or ""],
        (text_in(data, _EXCLUDING) or "").strip() in {"true", "1"},
    )


def _zone(request: Element, call: Call) -> tzinfo | None:
    """The zone that the request describes, else that of the TimeZoneContext header; None where there is neither."""
    element = request.find(t("TimeZone"))
    return call.output_zone if element is None else request_zone(element)


def _writer(zone: tzinfo | None) -> Callable[[datetime], str]:
    """Times are local times of the request's zone, without an offset; in UTC where no zone was given.

    A moment is written once: events of several people often begin and end together.
    """
    return cache(format_time if zone is None else partial(format_local, zone=zone))
