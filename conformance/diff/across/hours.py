"""Answers about free and busy hours as things: of one person, for one window, by one interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance.actor import ews_views, graph_views
from conformance.actor.views import ScheduleView, Slot
from conformance.actor.xml import Node
from conformance.equivalence.facts import Here, Thing
from conformance.equivalence.reading import Reading
from conformance.equivalence.sight import FREE_BUSY, schedule_facts

_INTERVAL: Final = 30  # minutes, where a request says nothing (MS-OXWAVLS 3.1.4.1.3.6; Graph calendar-getSchedule)
_ENTRY: Final = "entry "


def ews_hours(request: Node, response: Node, here: Here, reading: Reading) -> Iterator[Thing]:
    """What GetUserAvailability told, where it was asked in UTC: other zones' hours are not counted here."""
    options, zone = request.one(".//t:FreeBusyViewOptions"), request.one(".//t:TimeZone")
    if options is None or zone is None or any(node.text() != "0" for node in zone.anywhere("t:Bias")):
        return
    window = ews_views.slot(options, "t:TimeWindow/t:StartTime", "t:TimeWindow/t:EndTime")
    interval = options.text("t:MergedFreeBusyIntervalInMinutes") or str(_INTERVAL)
    people = request.all(".//t:MailboxData/t:Email/t:Address")
    base = "response/m:GetUserAvailabilityResponse/m:FreeBusyResponseArray/m:FreeBusyResponse"
    answers = response.all(".//m:FreeBusyResponse")
    for number, (person, answer) in enumerate(zip(people, answers, strict=False), start=1):
        path = f"{base}[{number}]" if len(answers) > 1 else base
        entries = answer.one("m:FreeBusyView/t:CalendarEventArray") is not None
        merged, listed = (f"{path}/m:FreeBusyView/t:{name}" for name in ("MergedFreeBusy", "CalendarEventArray"))
        view = ews_views.schedule(person.text() or "", answer)
        yield from _thing(view, window, interval, (path, merged, listed), here, reading, entries=entries)


def graph_hours(
    request: Mapping[str, Any], response: Mapping[str, Any], base: str, here: Here, reading: Reading
) -> Iterator[Thing]:
    """What getSchedule told; ``base`` is where the answer stands."""
    window = graph_views.slot(request, "startTime", "endTime")
    interval = str(request.get("availabilityViewInterval") or _INTERVAL)
    for place, one in enumerate(response.get("value") or ()):
        path = f"response{base}.value[{place}]"
        view, places = graph_views.schedule(one), (path, f"{path}.availabilityView", f"{path}.scheduleItems")
        yield from _thing(view, window, interval, places, here, reading, entries="scheduleItems" in one)


def _thing(
    view: ScheduleView,
    window: Slot | None,
    interval: str,
    places: tuple[str, str, str],
    here: Here,
    reading: Reading,
    *,
    entries: bool,
) -> Iterator[Thing]:
    if window is None:
        return
    kind = f"free/busy of {reading.person(view.address)}, {reading.slot(window)}, every {interval} minutes"
    told = schedule_facts(view, reading, *places[1:])
    facts = {name: fact for name, fact in told.items() if entries or not name.startswith(_ENTRY)}
    yield Thing(FREE_BUSY, kind, facts, here, places[0], kind, partial=not entries)
