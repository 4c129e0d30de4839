"""The views of FindItem: which part of a folder, or of a calendar's days, they show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import TimeSlot
from reference_impl.domain.mailbox import Folder
from reference_impl.domain.queries import Edge, Order, Query, Seek
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.paging import Paging, Way, most_rows, paging_of
from reference_impl.ews.search.expressions import restriction
from reference_impl.ews.tree import Element, Parts, child

_CONTACTS, _CALENDAR, _SEEKING = m("ContactsView"), m("CalendarView"), m("SeekToConditionPageItemView")
_PLAIN_SEARCHES: Final = frozenset({m("Restriction"), m("SortOrder")})
_SEARCHES: Final = _PLAIN_SEARCHES | {m("QueryString"), m("GroupBy"), m("DistinguishedGroupBy")}

_LONGEST_VIEW_YEARS: Final = 2
_FIRST_MOMENT: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST_SECOND: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def viewed(parts: Parts, query: Query, folder: Folder, call: Call) -> tuple[Paging, Query]:
    """The view of a request, and the query with what the view says of it.

    Raises the errors of the views' arguments, and of what they cannot be used with.
    """
    if _CONTACTS in parts:
        raise ResponseError("ErrorInvalidOperation", "A ContactsView shows contacts, of which there are none here.")
    if _CALENDAR in parts:
        return _calendar_view(parts, query, folder, call)
    paging = paging_of(parts)
    query = replace(query, offset=paging.offset, backwards=paging.backwards)
    if paging.way is not Way.CONDITION:
        return paging, query
    if folder.is_calendar:
        raise ResponseError(
            "ErrorCalendarSeekToConditionNotSupported", "Calendar items cannot be shown from a condition on."
        )
    condition = child(parts[_SEEKING], t("Condition"))
    assert condition is not None
    return paging, replace(query, offset=Seek(restriction(condition, call).keep))


def _calendar_view(parts: Parts, query: Query, folder: Folder, call: Call) -> tuple[Paging, Query]:
    """The calendar items of a window in the order of their starts ([MS-OXWSSRCH] CalendarViewType).

    Servers refuse restrictions, sort orders and the like with it, or heed them.
    """
    view = parts[_CALENDAR]
    window, limit = _window(view, call), most_rows(view)
    refused = _SEARCHES - _PLAIN_SEARCHES if call.world.settings.calendar_views_are_searched else _SEARCHES
    if not refused.isdisjoint(parts):
        raise ResponseError(
            "ErrorInvalidOperation", "Restrictions, sort orders and groups cannot be given for a CalendarView."
        )
    if not folder.is_calendar:
        raise ResponseError("ErrorCalendarFolderIsInvalidForCalendarView", f"{folder.name} is not a calendar folder.")
    edge = Edge.CLOSED if call.world.settings.views_touch_their_start else Edge.POINTS
    order = query.order or ((Order.START, False),)
    return Paging(limit=limit), replace(query, window=window, edge=edge, where=None, order=order)


def _window(view: Element, call: Call) -> TimeSlot:
    start, end = (call.read_time(view.get(name, "")) for name in ("StartDate", "EndDate"))
    if start <= _FIRST_MOMENT or end >= _LAST_SECOND:
        raise ResponseError("ErrorValueOutOfRange", "A CalendarView cannot begin or end where time does.")
    if end < start:
        raise ResponseError("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate must not be earlier than StartDate.")
    if end > _years_later(start, _LONGEST_VIEW_YEARS):
        raise ResponseError("ErrorCalendarViewRangeTooBig", "A CalendarView spans two years at most.")
    return TimeSlot(start, end)


def _years_later(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return datetime(moment.year + years, 3, 1, tzinfo=UTC)
