"""The suggestions half of GetUserAvailability: one SuggestionDayResult per day ([MS-OXWAVLS])."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from reference_impl.domain.freebusy import Glance
from reference_impl.domain.global_ids import global_object_id
from reference_impl.domain.items import ShowAs
from reference_impl.domain.suggestions import Conflict, Members, Part, Quality, SuggestedDay, Suggestion, Untold, Wanted
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.shared import show_as
from reference_impl.ews.namespaces import t
from reference_impl.ews.operations.answers import problem
from reference_impl.ews.operations.free_busy_views import SUCCESS
from reference_impl.ews.times import read_span, read_time
from reference_impl.ews.tree import Element
from reference_impl.ews.versions import Version
from reference_impl.service.suggesting import Asked, suggest

PARTS: Final[Mapping[str, Part]] = {part.value.capitalize(): part for part in Part}
_QUALITIES: Final[Mapping[str, Quality]] = {quality.name.capitalize(): quality for quality in Quality}
_QUALITY_WORDS: Final[Mapping[Quality, str]] = {quality: word for word, quality in _QUALITIES.items()}
_UNTOLD: Final[Mapping[Untold, str]] = {
    Untold.UNKNOWN: "<t:UnknownAttendeeConflictData/>",
    Untold.TOO_LARGE: "<t:TooBigGroupAttendeeConflictData/>",
}
_NUMBERS: Final[Mapping[str, str]] = {
    "GoodThreshold": "good_threshold",
    "MaximumResultsByDay": "most",
    "MaximumNonWorkHourResultsByDay": "most_outside_work",
    "MeetingDurationInMinutes": "minutes",
}
"""Element -> attribute of Wanted, whose default holds where the element is missing."""

_CLEAN_FROM, _CLEAN_TO = 16, 20
"""The bytes of a global object id that tell the day of one occurrence; all zero for a whole series."""


def suggestions_response(
    options: Element, asked: Sequence[Asked], zone: tzinfo | None, call: Call, time: Callable[[datetime], str]
) -> str:
    """The SuggestionsResponse. Raises DomainError and ResponseError for what cannot be asked."""
    found = suggest(
        call.world,
        call.actor,
        asked,
        _wanted(options, zone or UTC),
        without=_is_meant(options.findtext(t("GlobalObjectId")) or ""),
    )
    midnight = "T00:00:00Z" if zone is None else "T00:00:00"
    days = "".join(_day(day, midnight, time, call.version) for day in found)
    return (
        f"<m:SuggestionsResponse>{SUCCESS}<m:SuggestionDayResultArray>{days}</m:SuggestionDayResultArray>"
        "</m:SuggestionsResponse>"
    )


def failed_suggestions(error: ResponseError) -> str:
    """The SuggestionsResponse that tells an error."""
    return (
        f'<m:SuggestionsResponse><m:ResponseMessage ResponseClass="Error">{problem(error)}</m:ResponseMessage>'
        "</m:SuggestionsResponse>"
    )


def _wanted(options: Element, zone: tzinfo) -> Wanted:
    window = options.find(t("DetailedSuggestionsWindow"))
    assert window is not None
    texts = {attribute: options.findtext(t(name)) for name, attribute in _NUMBERS.items()}
    numbers = {attribute: int(text) for attribute, text in texts.items() if text is not None}
    current = options.findtext(t("CurrentMeetingTime"))
    return Wanted(
        window=read_span(window, zone),
        zone=zone,
        least_quality=_QUALITIES[options.findtext(t("MinimumSuggestionQuality")) or "Fair"],
        current=None if current is None else read_time(current, zone),
        **numbers,
    )


def _is_meant(text: str) -> Callable[[Glance], bool] | None:
    """Whether an item is the one that is to be ignored, if one is (DOC globalobjectid of Exchange 2007).

    The id is that of PidLidGlobalObjectId in base64, or in hexadecimal as UIDs are; what is neither is a UID. With the
    day of an occurrence in it, it means that occurrence alone ([MS-OXOCAL] 2.2.1.27).
    """
    if not text.strip():
        return None
    data = _bytes_of(text.strip())
    day = _day_of(data)
    clean = data[:_CLEAN_FROM] + bytes(_CLEAN_TO - _CLEAN_FROM) + data[_CLEAN_TO:]
    return lambda item: global_object_id(item.uid) == clean and day in {None, item.day}


def _bytes_of(text: str) -> bytes:
    for decode in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            data = decode(text)
        except (ValueError, binascii.Error):
            continue
        if data.startswith(global_object_id("")[:_CLEAN_FROM]):
            return data
    return global_object_id(text)


def _day_of(data: bytes) -> date | None:
    year, month, day = int.from_bytes(data[_CLEAN_FROM : _CLEAN_FROM + 2], "big"), *data[_CLEAN_FROM + 2 : _CLEAN_TO]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(found: SuggestedDay, midnight: str, time: Callable[[datetime], str], version: Version) -> str:
    suggestions = "".join(_suggestion(one, time, version) for one in found.suggestions)
    return xml.node(
        "SuggestionDayResult",
        xml.leaf("Date", found.day.isoformat() + midnight)
        + xml.leaf("DayQuality", _QUALITY_WORDS[found.quality])
        + xml.node("SuggestionArray", suggestions),
    )


def _suggestion(one: Suggestion, time: Callable[[datetime], str], version: Version) -> str:
    return xml.node(
        "Suggestion",
        xml.leaf("MeetingTime", time(one.start))
        + xml.leaf("IsWorkTime", one.is_work_time)
        + xml.leaf("SuggestionQuality", _QUALITY_WORDS[one.quality])
        + xml.node("AttendeeConflictDataArray", "".join(_conflict(each, version) for each in one.conflicts)),
    )


def _conflict(conflict: Conflict, version: Version) -> str:
    if isinstance(conflict, Members):
        numbers = (
            ("NumberOfMembers", sum(conflict)),
            ("NumberOfMembersAvailable", conflict.available),
            ("NumberOfMembersWithConflict", conflict.conflicting),
            ("NumberOfMembersWithNoData", conflict.without_data),
        )
        return xml.node("GroupAttendeeConflictData", "".join(xml.leaf(name, number) for name, number in numbers))
    if isinstance(conflict, ShowAs):
        return xml.node("IndividualAttendeeConflictData", xml.leaf("BusyType", show_as(conflict, version)))
    return _UNTOLD[conflict]
