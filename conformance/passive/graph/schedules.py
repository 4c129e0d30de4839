"""getSchedule: whether an answer fits the schedules, the window and the interval that were asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.passive import slots
from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.graph.entities import last_step, moment
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol

_DEFAULT_INTERVAL = 30  # minutes (Microsoft Graph documentation, calendar-getschedule)
_RANK = {"tentative": 1, "busy": 2, "oof": 3}
_OK = 200


@dataclass(frozen=True)
class Schedules:
    """An answered getSchedule: what was asked, and the entries that came."""

    asked: dict[str, Any]  # the parameters by their names in lower case
    entries: list[Any]

    @property
    def addresses(self) -> list[str]:
        """The schedules asked for."""
        found = self.asked.get("schedules")
        return [str(each) for each in found] if isinstance(found, list) else []

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """The window, where both ends are in UTC."""
        start, end = moment(_lower(self.asked.get("starttime"))), moment(_lower(self.asked.get("endtime")))
        return None if start is None or end is None or end <= start else (start, end)

    @property
    def interval(self) -> timedelta | None:
        """The length of a slot."""
        found = self.asked.get("availabilityviewinterval", _DEFAULT_INTERVAL)
        text = str(_DEFAULT_INTERVAL if found is None else found)
        return timedelta(minutes=int(text)) if text.isdecimal() and int(text) else None


def _lower(value: Any) -> Any:
    """A dateTimeTimeZone of a request, whose members may be written in any case."""
    if not isinstance(value, dict):
        return None
    names = {"datetime": "dateTime", "timezone": "timeZone"}
    return {names.get(name.casefold(), name): each for name, each in value.items()}


def schedules(seen: Seen) -> Iterator[Schedules]:
    """The exchange as a question about schedules that was answered."""
    if seen.protocol is not Protocol.GRAPH or seen.status != _OK or last_step(seen) != "getschedule":
        return
    if isinstance(seen.wanted, dict) and isinstance(seen.document, dict):
        entries = seen.document.get("value")
        if isinstance(entries, list):
            yield Schedules({name.casefold(): value for name, value in seen.wanted.items()}, entries)


def _one_for_each(told: Schedules) -> Iterator[Reading]:
    asked = [address.casefold() for address in told.addresses]
    found = [str(entry.get("scheduleId", "")).casefold() for entry in told.entries if isinstance(entry, dict)]
    yield Reading(found == asked, "the schedules", ", ".join(asked), ", ".join(found), "response$.value")


def _views(told: Schedules) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The entries that have a view: path, entry, view; those with an error have none to speak of."""
    for place, entry in enumerate(told.entries):
        if (
            isinstance(entry, dict)
            and not entry.get("error")
            and isinstance(view := entry.get("availabilityView"), str)
        ):
            yield f"response$.value[{place}]", entry, view


def _one_digit_each(told: Schedules) -> Iterator[Reading]:
    window, interval = told.window, told.interval
    if window is None or interval is None:
        return
    expected = slots.count(*window, interval)
    for path, _, view in _views(told):
        about = f"the length of availabilityView, one digit for each {interval}"
        yield Reading(len(view) == expected, about, str(expected), len(view), f"{path}.availabilityView")


def _items(entry: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any], datetime, datetime]]:
    """The items of a schedule whose times are in UTC: path, item, start, end."""
    found = entry.get("scheduleItems")
    for place, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, dict):
            start, end = moment(item.get("start")), moment(item.get("end"))
            if start is not None and end is not None:
                yield f"{path}.scheduleItems[{place}]", item, start, end


def _digits_show_items(told: Schedules) -> Iterator[Reading]:
    window, interval = told.window, told.interval
    if window is None or interval is None:
        return
    for path, entry, view in _views(told):
        for place, item, start, end in _items(entry, path):
            status = str(item.get("status", "")).casefold()
            rank = _RANK.get(status)
            if rank is not None and view.isdecimal() and end > start:
                shown = slots.touched(view, window[0], interval, start, end)
                is_met = all(int(digit) >= rank for digit in shown)
                yield Reading(is_met, f"availabilityView where an item is {status}", f"{rank} or more", shown, place)


def _items_touch_the_window(told: Schedules) -> Iterator[Reading]:
    window = told.window
    if window is None:
        return
    for path, entry, _ in _views(told):
        for place, _, start, end in _items(entry, path):
            is_met = start <= window[1] and end >= window[0]
            expected = f"within or across {window[0].isoformat()} to {window[1].isoformat()}"
            yield Reading(is_met, "an item", expected, f"{start.isoformat()} to {end.isoformat()}", place)


def _items_in_order(told: Schedules) -> Iterator[Reading]:
    for path, entry, _ in _views(told):
        starts = [start for _, _, start, _ in _items(entry, path)]
        if starts:
            actual = ", ".join(start.isoformat() for start in starts)
            yield Reading(starts == sorted(starts), "the starts of items", "in order", actual, f"{path}.scheduleItems")


CHECK: PassiveCheck = by_rules(
    "graph-schedules",
    schedules,
    {
        "GRAPH-SEEN-070": _one_for_each,
        "GRAPH-SEEN-071": _one_digit_each,
        "GRAPH-SEEN-072": _digits_show_items,
        "GRAPH-SEEN-073": _items_touch_the_window,
        "GRAPH-SEEN-074": _items_in_order,
    },
)
