"""The members of a scheduleInformation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from reference_impl.domain.freebusy import BusyEvent, Schedule, spelling, spelt
from reference_impl.domain.items import Sensitivity, ShowAs
from reference_impl.graph.errors import SCHEDULE_CODE_OTHERWISE, SCHEDULE_CODES
from reference_impl.graph.fields.field import ABSENT, Field, Table, View
from reference_impl.graph.fields.values import SHOW_AS, local
from reference_impl.graph.fields.working_hours import working_hours

DIGITS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "0",
    ShowAs.WORKING_ELSEWHERE: "0",  # for backward compatibility, says the metadata
    ShowAs.NO_DATA: "0",
    ShowAs.TENTATIVE: "1",
    ShowAs.BUSY: "2",
    ShowAs.OOF: "3",
}


_PRIVATE: Final = frozenset({Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL})


@lru_cache(maxsize=256)
def _items_of(events: tuple[BusyEvent, ...], view: View) -> list[dict[str, Any]]:
    """The scheduleItems of one mailbox, which are asked for again and again while nothing changes."""
    return [_item(event, view) for event in events]


def _item(event: BusyEvent, view: View) -> dict[str, Any]:
    """A scheduleItem; subject, location and isPrivate only where the asking person may see them.

    There may be thousands in an answer, so it is no table.
    """
    start, end, show_as, item, _ = event
    if item is None:
        return {"status": SHOW_AS[show_as], "start": local(start, view), "end": local(end, view)}
    return {
        "isPrivate": item.sensitivity in _PRIVATE,
        "status": SHOW_AS[show_as],
        "subject": item.subject,
        "location": item.location,
        "start": local(start, view),
        "end": local(end, view),
    }


def _answered(shown: Any, schedule: Schedule) -> Any:
    return shown if schedule.error is None else ABSENT


def _error(schedule: Schedule) -> Any:
    if schedule.error is None:
        return ABSENT
    code = SCHEDULE_CODES.get(type(schedule.error), SCHEDULE_CODE_OTHERWISE)
    return {"message": str(schedule.error), "responseCode": code}


def _hours(schedule: Schedule) -> Any:
    if schedule.error is not None or schedule.mailbox is None:
        return ABSENT
    return working_hours(schedule.mailbox.working_hours, schedule.mailbox.working_zone)


def _items(schedule: Schedule, view: View) -> Any:
    return _answered(_items_of(schedule.events, view), schedule)


SCHEDULE: Final[Table[Schedule]] = Table(
    (
        Field("scheduleId", lambda s, _: s.address),
        Field("availabilityView", lambda s, _: _answered(spelt(s.slots, spelling(DIGITS)), s)),
        Field("error", lambda s, _: _error(s)),
        Field("scheduleItems", _items),
        Field("workingHours", lambda s, _: _hours(s)),
    )
)
