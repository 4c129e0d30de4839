"""The members of a scheduleInformation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.freebusy import BusyEvent, Schedule, spelt
from reference_impl.domain.items import Sensitivity, ShowAs
from reference_impl.graph.errors import SCHEDULE_CODE_OTHERWISE, SCHEDULE_CODES
from reference_impl.graph.fields.field import ABSENT, Field, Table, View
from reference_impl.graph.fields.values import SHOW_AS, local
from reference_impl.graph.fields.working_hours import working_hours
from reference_impl.graph.odata.selecting import Selection

DIGITS: Final[Mapping[ShowAs, str]] = {
    ShowAs.FREE: "0",
    ShowAs.WORKING_ELSEWHERE: "0",  # for backward compatibility, says the metadata
    ShowAs.NO_DATA: "0",
    ShowAs.TENTATIVE: "1",
    ShowAs.BUSY: "2",
    ShowAs.OOF: "3",
}


def _is_private(event: BusyEvent) -> Any:
    if event.item is None:
        return ABSENT
    return event.item.sensitivity in {Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL}


ITEM: Final[Table[BusyEvent]] = Table(
    (
        Field("isPrivate", lambda b, _: _is_private(b)),
        Field("status", lambda b, _: SHOW_AS[b.show_as]),
        Field("subject", lambda b, _: b.item.subject if b.item is not None else ABSENT),
        Field("location", lambda b, _: b.item.location if b.item is not None else ABSENT),
        Field("start", lambda b, v: local(b.start, v)),
        Field("end", lambda b, v: local(b.end, v)),
    )
)
"""A scheduleItem; subject, location and isPrivate only where the asking person may see them."""


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
    return _answered([ITEM.show(each, view, Selection()) for each in schedule.events], schedule)


SCHEDULE: Final[Table[Schedule]] = Table(
    (
        Field("scheduleId", lambda s, _: s.address),
        Field("availabilityView", lambda s, _: _answered(spelt(s.slots, DIGITS), s)),
        Field("error", lambda s, _: _error(s)),
        Field("scheduleItems", _items),
        Field("workingHours", lambda s, _: _hours(s)),
    )
)
