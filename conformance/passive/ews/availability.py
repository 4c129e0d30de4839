"""GetUserAvailability: whether an answer fits its window, its interval, its view and the mailboxes asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from conformance.passive import slots
from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import local_moment
from conformance.passive.seen import Seen
from conformance.wire.namespaces import FAULT, m, t

_REQUEST = m("GetUserAvailabilityRequest")
_DEFAULT_INTERVAL = 30  # minutes (Exchange documentation, mergedfreebusyintervalinminutes)
_LONGEST = timedelta(days=62)  # of the two limits known, 42 and 62 days, the longer
_RANK = {"Tentative": 1, "Busy": 2, "OOF": 3}
_ZERO = re.compile(r"-?0+")

# What a view holds: merged string, events, details of events (Exchange documentation, requestedview).
_MERGED, _EVENTS, _DETAILS = "a merged string", "events", "details"
VIEWS: Mapping[str, frozenset[str]] = {
    "None": frozenset(),
    "MergedOnly": frozenset({_MERGED}),
    "FreeBusy": frozenset({_EVENTS}),
    "FreeBusyMerged": frozenset({_EVENTS, _MERGED}),
    "Detailed": frozenset({_EVENTS, _DETAILS}),
    "DetailedMerged": frozenset({_EVENTS, _DETAILS, _MERGED}),
}


@dataclass(frozen=True)
class View:
    """The view of one mailbox in a successful answer, and what the request asked for."""

    element: etree._Element
    asked: str
    start: datetime
    end: datetime
    interval: timedelta
    is_utc: bool  # whether the request's zone is UTC

    @property
    def kind(self) -> str:
        """The FreeBusyViewType told."""
        return (self.element.findtext(t("FreeBusyViewType")) or "").strip()

    @property
    def merged(self) -> str | None:
        """The merged string, None without one."""
        found = self.element.findtext(t("MergedFreeBusy"))
        return None if found is None else found.strip()

    def events(self) -> Iterator[tuple[datetime, datetime, str, etree._Element]]:
        """Each event's times as they stand in the request's zone, and its status; others are left out."""
        for event in self.element.iterfind(f"{t('CalendarEventArray')}/{t('CalendarEvent')}"):
            start, end = (self._local(event.findtext(t(name))) for name in ("StartTime", "EndTime"))
            if start is not None and end is not None:
                yield start, end, (event.findtext(t("BusyType")) or "").strip(), event

    def _local(self, text: str | None) -> datetime | None:
        found = local_moment(text)
        if found is None or found.tzinfo is None:
            return found
        offset = found.utcoffset()
        return found.replace(tzinfo=None) - (offset or timedelta()) if self.is_utc else None


@dataclass(frozen=True)
class Asked:
    """A request that was answered, not refused as a whole."""

    question: etree._Element
    answer: etree._Element
    mailboxes: int
    start: datetime | None
    end: datetime | None


def requests(seen: Seen) -> Iterator[Asked]:
    """The exchange as a question about availability that was answered."""
    question, answer = seen.question, seen.answer
    if question is None or answer is None or question.tag != _REQUEST or answer.tag == FAULT:
        return
    boxes = question.find(m("MailboxDataArray"))
    window = question.find(f"{t('FreeBusyViewOptions')}/{t('TimeWindow')}")
    start, end = (None if window is None else local_moment(window.findtext(t(n))) for n in ("StartTime", "EndTime"))
    if start is not None and end is not None and (start.tzinfo is None) != (end.tzinfo is None):
        start = end = None
    yield Asked(question, answer, 0 if boxes is None else len(boxes), start, end)


def views(seen: Seen) -> Iterator[View]:
    """The views of a successful answer whose window is a window."""
    for asked in requests(seen):
        start, end = asked.start, asked.end
        options = asked.question.find(t("FreeBusyViewOptions"))
        if options is None or start is None or end is None or end <= start or start.tzinfo is not None:
            continue
        minutes = (options.findtext(t("MergedFreeBusyIntervalInMinutes")) or "").strip()
        interval = int(minutes) if minutes.isdecimal() and int(minutes) else _DEFAULT_INTERVAL
        kind = (options.findtext(t("RequestedView")) or "").strip()
        for response in _responses(asked):
            element = response.find(m("FreeBusyView"))
            if element is not None and _class(response) == "Success":
                yield View(element, kind, start, end, timedelta(minutes=interval), _is_utc(asked.question))


def _responses(asked: Asked) -> list[etree._Element]:
    return asked.answer.findall(f"{m('FreeBusyResponseArray')}/{m('FreeBusyResponse')}")


def _class(response: etree._Element) -> str:
    message = response.find(m("ResponseMessage"))
    return "" if message is None else message.get("ResponseClass", "")


def _is_utc(question: etree._Element) -> bool:
    zone = question.find(t("TimeZone"))
    return zone is not None and all(_ZERO.fullmatch((bias.text or "").strip()) for bias in zone.iter(t("Bias")))


# The answer as a whole


def _one_for_each(asked: Asked) -> Iterator[Reading]:
    if asked.question.find(t("FreeBusyViewOptions")) is not None:
        count = len(_responses(asked))
        about = "FreeBusyResponse elements, one for each mailbox"
        yield Reading(count == asked.mailboxes, about, str(asked.mailboxes), count, asked.answer)


def _window_ends_later(asked: Asked) -> Iterator[Reading]:
    if asked.start is not None and asked.end is not None and asked.end <= asked.start:
        granted = [each for each in _responses(asked) if _class(each) == "Success"]
        about = f"the answer about a window from {asked.start} to {asked.end}"
        yield Reading(not granted, about, "ErrorInvalidTimeInterval", "Success", asked.answer)


def _window_is_short_enough(asked: Asked) -> Iterator[Reading]:
    if asked.start is not None and asked.end is not None and asked.end - asked.start > _LONGEST:
        granted = [each for each in _responses(asked) if _class(each) == "Success"]
        about = f"the answer about a window of {(asked.end - asked.start).days} days"
        yield Reading(not granted, about, "ErrorTimeIntervalTooBig", "Success", asked.answer)


def _suggestions(asked: Asked) -> Iterator[Reading]:
    wanted = asked.question.find(t("SuggestionsViewOptions")) is not None
    found = asked.answer.find(m("SuggestionsResponse"))
    if wanted or found is not None:
        expected = "present" if wanted else "absent, for nobody asked"
        actual = "absent" if found is None else "present"
        yield Reading(wanted == (found is not None), "SuggestionsResponse", expected, actual, asked.answer)


def _conflicts_for_each(asked: Asked) -> Iterator[Reading]:
    for data in asked.answer.iter(t("AttendeeConflictDataArray")):
        about = "AttendeeConflictData, one for each mailbox"
        yield Reading(len(data) == asked.mailboxes, about, str(asked.mailboxes), len(data), data)


# The view of one mailbox


def _no_more_than_asked(view: View) -> Iterator[Reading]:
    if view.asked in VIEWS and view.kind in VIEWS:
        is_met = VIEWS[view.kind] <= VIEWS[view.asked] or view.kind == "MergedOnly"
        about = "FreeBusyViewType"
        yield Reading(is_met, about, f"no more than {view.asked}", view.kind, view.element)


def _as_its_type(view: View) -> Iterator[Reading]:
    holds = VIEWS.get(view.kind)
    if holds is None:
        return
    shown = {
        _MERGED: view.merged is not None,
        _EVENTS: view.element.find(t("CalendarEventArray")) is not None,
        _DETAILS: next(view.element.iter(t("CalendarEventDetails")), None) is not None,
    }
    more = [what for what, is_shown in shown.items() if is_shown and what not in holds]
    if _MERGED in holds and view.merged is None:
        yield Reading(False, f"the content of a view of type {view.kind}", _MERGED, "without", view.element)
    about = f"the content of a view of type {view.kind}"
    yield Reading(not more, about, " and ".join(sorted(holds)) or "nothing", ", ".join(more), view.element)


def _merged_as_asked(view: View) -> Iterator[Reading]:
    if _MERGED in VIEWS.get(view.asked, ()) and view.kind != "None":
        about = f"MergedFreeBusy where {view.asked} was asked for"
        yield Reading(view.merged is not None, about, "present", view.merged, view.element)


def _one_digit_each(view: View) -> Iterator[Reading]:
    if view.merged is not None:
        expected = slots.count(view.start, view.end, view.interval)
        about = f"the length of MergedFreeBusy, one digit for each {view.interval}"
        yield Reading(len(view.merged) == expected, about, str(expected), len(view.merged), view.element)


def _digits_show_events(view: View) -> Iterator[Reading]:
    merged = view.merged
    if merged is None or not merged.isdecimal():
        return
    for start, end, status, event in view.events():
        rank = _RANK.get(status)
        if rank is not None and end > start:
            shown = slots.touched(merged, view.start, view.interval, start, end)
            is_met = all(int(digit) >= rank for digit in shown)
            yield Reading(is_met, f"MergedFreeBusy where an event is {status}", f"{rank} or more", shown, event)


def _events_touch_the_window(view: View) -> Iterator[Reading]:
    for start, end, _, event in view.events():
        is_met = start <= view.end and end >= view.start
        expected = f"within or across {view.start} to {view.end}"
        yield Reading(is_met, "an event", expected, f"{start} to {end}", event)


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "ews-availability-answers",
        requests,
        {
            "EWS-SEEN-100": _one_for_each,
            "EWS-SEEN-101": _window_ends_later,
            "EWS-SEEN-102": _window_is_short_enough,
            "EWS-SEEN-103": _suggestions,
            "EWS-SEEN-104": _conflicts_for_each,
        },
    ),
    by_rules(
        "ews-availability-views",
        views,
        {
            "EWS-SEEN-105": _no_more_than_asked,
            "EWS-SEEN-106": _as_its_type,
            "EWS-SEEN-107": _merged_as_asked,
            "EWS-SEEN-108": _one_digit_each,
            "EWS-SEEN-109": _digits_show_events,
            "EWS-SEEN-110": _events_touch_the_window,
        },
    ),
)
