"""Lists of events: a calendar's, a view's, and the occurrences of a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reference_impl.domain.era import absolute
from reference_impl.domain.errors import OutsideCalendar
from reference_impl.domain.items import CalendarItem, Item, TimeSlot
from reference_impl.domain.queries import Order, Query
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.event import EVENT, event_id
from reference_impl.graph.odata.expanding import read_expand
from reference_impl.graph.odata.filtering import compile_filter
from reference_impl.graph.odata.selecting import read_orderby, read_select
from reference_impl.graph.odata.syntax import parse_filter
from reference_impl.graph.reading.values import parse_moment
from reference_impl.graph.refusals import ParameterInvalid, WindowTooWide
from reference_impl.graph.resources.event_parts import EXPANDABLE, with_parts
from reference_impl.graph.resources.events import calendar_ref, read_event
from reference_impl.service import items, occurrences

WIDEST_VIEW_DAYS: Final = 1825
_NOT_IN_VIEWS: Final = frozenset({"createdDateTime", "lastModifiedDateTime"})
"""What a view cannot be asked for, as its page says (calendar-list-calendarview, optional query parameters)."""


def listing(call: Call) -> Result:
    """GET of a collection: single events and series of one calendar, by start."""
    return _page(call, None)


def view(call: Call) -> Result:
    """GET of a calendar view: events that overlap the window, by start."""
    return _page(call, read_window(call))


def instances(call: Call) -> Result:
    """GET of the occurrences of a series that overlap a window, exceptions among them, by start."""
    window = read_window(call)
    master = read_event(call)
    found = occurrences.occurrences_over(call.world, call.owner, master.id, window, call.by)
    return _of_series(call, master, "instances", found)


def exception_occurrences(call: Call) -> Result:
    """GET of the occurrences of a series that differ from it, cancelled ones apart, by the days of the pattern."""
    master = read_event(call)
    found = occurrences.exceptions_in(call.world, call.owner, master.id, call.by)
    return _of_series(call, master, "exceptionOccurrences", found)


def read_window(call: Call) -> TimeSlot:
    """StartDateTime and endDateTime. Raises ParameterInvalid where one is missing or wrong, WindowTooWide."""
    window = TimeSlot(_parameter(call, "startDateTime"), _parameter(call, "endDateTime"))
    if window.end <= window.start:
        raise ParameterInvalid(reason="endDateTime must be later than startDateTime.")
    days = (window.end - window.start).total_seconds() / 86400
    if days > WIDEST_VIEW_DAYS:
        raise WindowTooWide(days=round(days, 2), limit=WIDEST_VIEW_DAYS)
    return window


def _parameter(call: Call, name: str) -> datetime:
    """A moment of the query or of a function: its offset counts, else it is UTC; the preferred zone does not matter."""
    text = call.keys.get(name, call.options.parameters.get(name.lower()))
    # A plus sign sent bare arrives as a space.
    parsed = parse_moment(text.replace(" ", "+") if text else "")
    if parsed is None:
        problem = "is needed" if text is None else f"is no date and time: {text!r}"
        raise ParameterInvalid(reason=f"The parameter {name} {problem}.")
    moment, has_offset = parsed
    try:
        return absolute(moment if has_offset else moment.replace(tzinfo=UTC))
    except OutsideCalendar as problem:
        raise ParameterInvalid(reason=f"The parameter {name}: {problem}") from None


def _page(call: Call, window: TimeSlot | None) -> Result:
    selectable = EVENT.selectable(call.version)
    if window is not None and not call.world.settings.view_members_are_all_selectable:
        selectable = {name: member for name, member in selectable.items() if member not in _NOT_IN_VIEWS}
    selection = read_select(call.options, selectable)
    expansions = read_expand(call.options, EXPANDABLE)
    query = Query(
        folder=calendar_ref(call),
        window=window,
        calendar_items=True,
        keep=_kept(call),
        order=_ordered(call) or ((Order.START, False),),
        offset=call.options.skip,
        limit=call.page_size,
    )
    page = items.find_items(call.world, call.owner, query, call.by)
    found = [item for item in page.items if isinstance(item, CalendarItem)]
    rows: list[Mapping[str, Any]] = [*EVENT.way(call.view, selection).all(found)]
    if expansions:
        rows = [with_parts(call, item, shown, expansions) for item, shown in zip(found, rows, strict=True)]
    name = "events" if window is None else "calendarView"
    return call.collection(call.user_context(f"{name}{selection.suffix}"), rows, total=page.total, skip=page.offset)


def _of_series(call: Call, master: CalendarItem, name: str, found: tuple[CalendarItem, ...]) -> Result:
    selection = read_select(call.options, EVENT.selectable(call.version))
    expansions = read_expand(call.options, EXPANDABLE)
    keep, skip = _kept(call), call.options.skip
    matches: list[Any] = [each for each in found if keep is None or keep(each)]
    for order, descending in reversed(_ordered(call)):
        matches.sort(key=ORDERS[order], reverse=descending)
    rows = [
        with_parts(call, each, EVENT.show(each, call.view, selection), expansions)
        for each in matches[skip : skip + call.page_size]
    ]
    context = call.user_context(f"events('{event_id(master, call.view)}')/{name}{selection.suffix}")
    return call.collection(context, rows, total=len(matches), skip=skip)


def _kept(call: Call) -> Callable[[Item], bool] | None:
    restriction = call.options.system.get("$filter")
    return None if restriction is None else compile_filter(parse_filter(restriction), EVENT.filterable(call.version))


def _ordered(call: Call) -> tuple[tuple[Order, bool], ...]:
    return tuple((order, descending) for _, order, descending in read_orderby(call.options, EVENT.sortable()))


ORDERS: Final[dict[Order, Callable[[CalendarItem], Any]]] = {
    Order.START: lambda event: event.start,
    Order.SUBJECT: lambda event: event.subject.casefold(),
    Order.CREATED: lambda event: event.created,
    Order.MODIFIED: lambda event: event.modified,
}
"""What the sort keys of events read."""
