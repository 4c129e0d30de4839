"""What a FindItem or SyncFolderItems answer says of its own completeness, and whether it lies in the view asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import CALENDAR_ITEM, Item, boolean, items, moment, number
from conformance.passive.seen import Seen
from conformance.wire.namespaces import local, m, t

_ROOT = m("RootFolder")
_CALENDAR_VIEW, _INDEXED = m("CalendarView"), m("IndexedPageItemView")
_VIEWS = (_CALENDAR_VIEW, _INDEXED, m("FractionalPageItemView"), m("SeekToConditionPageItemView"), m("ContactsView"))
_OCCURRENCES, _MASTER = frozenset({"Occurrence", "Exception"}), "RecurringMaster"


@dataclass(frozen=True)
class Page:
    """One RootFolder of a FindItem answer with what it tells of itself, and the view the request asked for."""

    root: etree._Element
    view: etree._Element | None
    count: int
    total: int | None
    is_last: bool | None

    @property
    def view_name(self) -> str:
        """The name of the view's element, "" without one."""
        return "" if self.view is None else local(self.view.tag)


def pages(seen: Seen) -> Iterator[Page]:
    """The pages of a FindItem answer; grouped ones count their items otherwise and are left out."""
    question, answer = seen.question, seen.answer
    if question is None or answer is None or question.tag != m("FindItem"):
        return
    view = view_of(question)
    for root in answer.iter(_ROOT):
        found, groups = root.find(t("Items")), root.find(t("Groups"))
        if found is not None and (groups is None or not len(groups)):
            yield Page(
                root,
                view,
                len(found),
                number(root.get("TotalItemsInView")),
                boolean(root.get("IncludesLastItemInRange")),
            )


def view_of(question: etree._Element) -> etree._Element | None:
    """The view that a FindItem request asks for, if any."""
    return next((child for child in question.iterchildren(etree.Element) if child.tag in _VIEWS), None)


def _counted(page: Page) -> Iterator[Reading]:
    if page.total is not None:
        is_met = page.count <= page.total
        yield Reading(is_met, "TotalItemsInView", f"at least {page.count}, the items shown", page.total, page.root)


def _limited(page: Page) -> Iterator[Reading]:
    most = None if page.view is None else number(page.view.get("MaxEntriesReturned"))
    if most is not None and most > 0:
        about = f"the items shown by a {page.view_name}"
        yield Reading(page.count <= most, about, f"at most {most}", page.count, page.root)


def _last(page: Page) -> Iterator[Reading]:
    if page.total is None or page.is_last is None:
        return
    reached = page.count
    if page.view is not None and page.view.tag == _INDEXED:
        offset = number(page.view.get("Offset"))
        if offset is None or offset > page.total or page.view.get("BasePoint") != "Beginning":
            return
        reached += offset
    elif page.view is not None and page.view.tag != _CALENDAR_VIEW:
        return
    expected = f"{str(reached >= page.total).lower()}, for {reached} of {page.total} are reached"
    is_met = page.is_last == (reached >= page.total)
    yield Reading(is_met, "IncludesLastItemInRange", expected, str(page.is_last).lower(), page.root)


def _offset(page: Page) -> Iterator[Reading]:
    found = number(page.root.get("IndexedPagingOffset"))
    if found is None or page.view is None or page.view.tag != _INDEXED or page.view.get("BasePoint") != "Beginning":
        return
    offset = number(page.view.get("Offset"))
    if offset is not None and page.total is not None and offset <= page.total:
        yield Reading(found == offset + page.count, "IndexedPagingOffset", str(offset + page.count), found, page.root)


# Items in their view


def _no_masters(item: Item) -> Iterator[Reading]:
    if _shown_by(item) == _CALENDAR_VIEW and (told := item.text("CalendarItemType")):
        is_met = told != _MASTER
        yield Reading(is_met, "CalendarItemType in a CalendarView", "no RecurringMaster", told, item.element)


def _no_occurrences(item: Item) -> Iterator[Reading]:
    if _shown_by(item) in {"", _INDEXED} and (told := item.text("CalendarItemType")):
        about = "CalendarItemType without a CalendarView"
        yield Reading(told not in _OCCURRENCES, about, "Single or RecurringMaster", told, item.element)


def _in_the_window(item: Item) -> Iterator[Reading]:
    question = item.seen.question
    view = None if question is None else view_of(question)
    if _shown_by(item) != _CALENDAR_VIEW or view is None or item.text("CalendarItemType") == _MASTER:
        return
    first, last = moment(view.get("StartDate")), moment(view.get("EndDate"))
    start, end = item.moment("Start"), item.moment("End")
    if first is None or last is None or first > last:
        return
    if start is not None:
        yield Reading(start <= last, "Start in a CalendarView", f"not after {last.isoformat()}", start, item.element)
    if end is not None:
        yield Reading(end >= first, "End in a CalendarView", f"not before {first.isoformat()}", end, item.element)


def _shown_by(item: Item) -> str | None:
    """The view that a FindItem answer shows a calendar item in, "" without one; None for anything else."""
    question = item.seen.question
    if question is None or question.tag != m("FindItem") or item.kind != CALENDAR_ITEM:
        return None
    view = view_of(question)
    return "" if view is None else str(view.tag)


# Synchronisation


@dataclass(frozen=True)
class Round:
    """One answer to SyncFolderItems and the request's limit."""

    message: etree._Element
    limit: int | None


def rounds(seen: Seen) -> Iterator[Round]:
    """The answers to SyncFolderItems that succeeded."""
    if seen.question is not None and seen.question.tag == m("SyncFolderItems"):
        limit = number(seen.question.findtext(m("MaxChangesReturned")))
        for message in seen.messages:
            if message.response_class == "Success":
                yield Round(message.element, limit)


def _changes_limited(told: Round) -> Iterator[Reading]:
    changes = told.message.find(m("Changes"))
    if changes is not None and told.limit is not None:
        about = "changes of one round"
        yield Reading(len(changes) <= told.limit, about, f"at most {told.limit}", len(changes), told.message)


def _state_told(told: Round) -> Iterator[Reading]:
    for name in ("SyncState", "IncludesLastItemInRange"):
        found = told.message.findtext(m(name))
        yield Reading(bool(found), f"{name} of a round", "present", found, told.message)


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "ews-pages",
        pages,
        {"EWS-SEEN-080": _counted, "EWS-SEEN-081": _limited, "EWS-SEEN-082": _last, "EWS-SEEN-083": _offset},
    ),
    by_rules(
        "ews-views",
        items,
        {"EWS-SEEN-084": _no_masters, "EWS-SEEN-085": _no_occurrences, "EWS-SEEN-086": _in_the_window},
    ),
    by_rules("ews-rounds", rounds, {"EWS-SEEN-087": _changes_limited, "EWS-SEEN-088": _state_told}),
)
