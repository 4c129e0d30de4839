"""FindItem: the items of folders, by view, restriction and sort order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.items import Item, TimeSlot
from reference_impl.domain.queries import Order, Query
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.paging import Paging, Slice, paging_of
from reference_impl.ews.search import restriction, sort_order
from reference_impl.ews.shapes import Shape, read_shape, write_item
from reference_impl.ews.times import parse_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View
from reference_impl.service import items

_LONGEST_VIEW_YEARS: Final = 2


@dataclass(frozen=True, slots=True)
class _Found:
    items: tuple[Item, ...]
    attributes: str


def find_item(request: Element, call: Call) -> str:
    """Answer a FindItem: one response message per folder."""
    shape_element, parents = request.find(m("ItemShape")), request.find(m("ParentFolderIds"))
    assert shape_element is not None
    assert parents is not None

    def find(parent: Element) -> str:
        shape = read_shape(shape_element)
        return _root(_find(request, parent, call), shape, call)

    return each("FindItem", parents, find)


def _root(found: _Found, shape: Shape, call: Call) -> str:
    content = "".join(write_item(View(call, item, shape.rendering, found=True), shape) for item in found.items)
    return f"<m:RootFolder{found.attributes}><t:Items>{content}</t:Items></m:RootFolder>"


def _find(request: Element, parent: Element, call: Call) -> _Found:
    calendar_view = request.find(m("CalendarView"))
    if calendar_view is not None:
        return _calendar_view(request, calendar_view, parent, call)
    paging = paging_of(request, "ItemView")
    wanted, order = request.find(m("Restriction")), request.find(m("SortOrder"))
    keep = None if wanted is None else restriction(wanted, call)
    sort = None if order is None else sort_order(order)
    folder = folder_named(parent, call)
    owner = call.owner(folder.mailbox_id)
    if request.get("Traversal") != "Shallow":
        return _sliced(paging, [])
    query = Query(folder=FolderRef(id=folder.id), keep=keep)
    if sort is None and paging.is_forward:
        page = items.find_items(
            call.world,
            owner,
            Query(folder=query.folder, keep=keep, offset=paging.offset, limit=paging.limit),
        )
        return _Found(page.items, paging.attributes(Slice(page.offset, len(page.items), page.total)))
    found = list(items.find_items(call.world, owner, query).items)
    return _sliced(paging, found if sort is None else sort(found))


def _sliced(paging: Paging, found: list[Item]) -> _Found:
    part = paging.slice_of(len(found))
    chosen = tuple(found[part.start : part.start + part.count])
    return _Found(chosen, paging.attributes(part))


def _calendar_view(request: Element, view: Element, parent: Element, call: Call) -> _Found:
    """The calendar items of a window in the order of their starts ([MS-OXWSSRCH] CalendarViewType)."""
    window = _window(view, call)
    limit = _limit(view)
    if request.find(m("Restriction")) is not None:
        raise ResponseError("ErrorInvalidRestriction", "A CalendarView cannot be combined with a Restriction.")
    if request.find(m("SortOrder")) is not None:
        raise ResponseError("ErrorUnsupportedPathForSortGroup", "A CalendarView cannot be combined with a SortOrder.")
    folder = folder_named(parent, call)
    if not folder.is_calendar:
        raise ResponseError("ErrorCalendarFolderIsInvalidForCalendarView", f"{folder.name} is not a calendar folder.")
    if request.get("Traversal") != "Shallow":
        return _Found((), _view_attributes(0, 0))
    query = Query(
        folder=FolderRef(id=folder.id), window=window, calendar_items=True, order=((Order.START, False),), limit=limit
    )
    page = items.find_items(call.world, call.owner(folder.mailbox_id), query)
    return _Found(page.items, _view_attributes(len(page.items), page.total))


def _view_attributes(count: int, total: int) -> str:
    is_last = "true" if count >= total else "false"
    return f' TotalItemsInView="{total}" IncludesLastItemInRange="{is_last}"'


def _limit(view: Element) -> int | None:
    text = view.get("MaxEntriesReturned")
    if text is not None and int(text) <= 0:
        raise ResponseError("ErrorInvalidPagingMaxRows", "MaxEntriesReturned must be greater than 0.")
    return None if text is None else int(text)


def _window(view: Element, call: Call) -> TimeSlot:
    start = call.read_time(parse_time(view.get("StartDate", "")))
    end = call.read_time(parse_time(view.get("EndDate", "")))
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
