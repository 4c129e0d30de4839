"""The mailboxes of the EWS benchmark, put into a database before the server opens it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from reference_impl.directory.population import population_of
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attendee, Body, CalendarItem, Response
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.service.world import RandomIds
from reference_impl.store.store import Store, open_store

ORGANIZER, SMALL, LARGE = (f"{name}@bench.example" for name in ("organizer", "small", "large"))
SHORT_SERIES, LONG_SERIES = (f"{name}@bench.example" for name in ("short-series", "long-series"))
GUESTS = tuple(f"guest{number}@bench.example" for number in range(10))
COLLEAGUES = tuple(f"colleague{number:02}@bench.example" for number in range(20))

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
"""When the calendars of the smaller size begin; the large one goes on before and after them."""
HOURS = (8, 10, 12, 14, 16)
PER_WEEK = 5 * len(HOURS)
TEN_YEARS = timedelta(days=3652)

_IDS = RandomIds()


def fill(url: str, small: int, large: int) -> None:
    """Everybody's mailbox; sizes are numbers of calendar items, whole weeks of them.

    A week has the same 25 meetings of an hour from Monday to Friday everywhere, so a window has the same answer in
    calendars of any size. They are kept in no order of time. Two people have nothing but a series with an occurrence
    every day until the end of the first week, which began with it and ten years before it.
    """
    addresses = (ORGANIZER, SMALL, LARGE, SHORT_SERIES, LONG_SERIES, *GUESTS, *COLLEAGUES)
    store = open_store(url)
    store.populate(population_of([{"address": address} for address in addresses], __name__), RandomIds(), MONDAY)
    for address in (SMALL, *COLLEAGUES):
        _fill(store, address, small, 0)
    _fill(store, LARGE, large, -(large - small) // PER_WEEK // 2)
    _fill_with_series(store, SHORT_SERIES, MONDAY)
    _fill_with_series(store, LONG_SERIES, MONDAY - TEN_YEARS)
    store.close()


def _fill(store: Store, address: str, count: int, first_week: int) -> None:
    owner, *guests = (store.directory.by_address[one] for one in (address, *GUESTS))
    starts = list(_starts(count, first_week))
    random.Random(address).shuffle(starts)
    with store.begin() as unit:
        calendar = unit.folder(owner.id, FolderRole.CALENDAR).id
        for number, start in enumerate(starts):
            created = MONDAY - timedelta(days=365) + timedelta(minutes=number)
            unit.add(_meeting(owner, (guests[start.day % 5], guests[5 + start.hour % 5]), calendar, start, created))


def _fill_with_series(store: Store, address: str, first_day: datetime) -> None:
    owner = store.directory.by_address[address]
    recurrence = Recurrence(frequency=Frequency.DAILY, start=first_day.date(), until=MONDAY.date() + timedelta(days=6))
    with store.begin() as unit:
        calendar = unit.folder(owner.id, FolderRole.CALENDAR).id
        daily = _meeting(owner, (), calendar, first_day + timedelta(hours=HOURS[0]), MONDAY)
        unit.add(replace(daily, recurrence=recurrence))


def _starts(count: int, first_week: int) -> Iterator[datetime]:
    for number in range(count):
        week, rest = divmod(number, PER_WEEK)
        day, slot = divmod(rest, len(HOURS))
        yield MONDAY + timedelta(weeks=first_week + week, days=day, hours=HOURS[slot])


def _meeting(
    owner: Mailbox, guests: tuple[Mailbox, ...], calendar: str, start: datetime, created: datetime
) -> CalendarItem:
    return CalendarItem(
        id=_IDS.entry_id(),
        mailbox_id=owner.id,
        folder_id=calendar,
        version=0,
        uid=secrets.token_hex(56).upper(),
        start=start,
        end=start + timedelta(hours=1),
        subject=f"Review of {start:%d %B} at {start.hour}",
        body=Body("What is open, what is next, and who needs help. Notes are kept in the usual place."),
        location=f"Room {start.day % 7}",
        organizer=owner.person,
        attendees=tuple(Attendee(each.person, response=Response.ACCEPTED, response_time=created) for each in guests),
        request_sent=True,
        created=created,
        modified=created,
    )
