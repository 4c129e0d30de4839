"""Speed of EWS: the reference server against a Starlette echo on the same uvicorn, and large mailboxes against small.

Run ``python -m tests.bench.bench_ews [--strict]``; ``tests.bench.comparing`` says how it is measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from tests.bench import ews_asks as asks
from tests.bench.calendars import COLLEAGUES, LARGE, LONG_SERIES, MONDAY, PER_WEEK, SHORT_SERIES, SMALL
from tests.bench.comparing import LEAST, Compared, Pace, against, alternate, run, say_growth, say_ratios, sides
from tests.bench.load import Served


def against_echo(server: Served, echo: Served, weeks: int, pace: Pace) -> Iterator[Compared]:
    """Every operation, on mailboxes of the smaller size, against an echo that sends the same answer."""
    ids = asks.ids_in(server.answer(asks.find_item(SMALL, weeks * PER_WEEK, "", shape="IdOnly")))
    for name, asked, promised in (
        ("GetItem", asks.get_item(SMALL, ids, "Default"), 0.30),
        ("GetItem, AllProperties", asks.get_item(SMALL, ids, "AllProperties"), None),
        ("CreateItem, 2 attendees", asks.create_item(1000), 0.08),
        ("FindItem, CalendarView of 50", asks.calendar_views(SMALL, weeks), 0.10),
        ("FindItem, AllProperties", asks.calendar_views(SMALL, weeks, shape="AllProperties"), None),
        ("GetUserAvailability, 20 x 7 days", asks.user_availability(SMALL, COLLEAGUES, weeks), 0.05),
    ):
        yield Compared(name, promised, against(echo, server, asked, pace))


def growth(server: Served, weeks: int, pace: Pace) -> Iterator[Compared]:
    """What the same answer costs on a small and on a large mailbox."""
    start, received = "calendar:Start", "item:DateTimeReceived"
    for name, ask, promised in (
        ("FindItem, CalendarView of 50", lambda who: asks.calendar_views(who, weeks), LEAST),
        ("GetUserAvailability, 1 x 7 days", lambda who: asks.user_availability(who, [who], weeks), LEAST),
        ("FindItem, first 50", lambda who: [asks.page(who)], LEAST),
        ("FindItem, first 50 by Start", lambda who: [asks.page(who, order=start)], LEAST),
        ("FindItem, last 50 received", lambda who: [asks.page(who, order=received, way="Descending")], LEAST),
        ("FindItem, 50 by a substring", lambda who: [asks.page(who, restriction=asks.SUBSTRING)], None),
    ):
        yield Compared(name, promised, alternate(server, ask(SMALL), server, ask(LARGE), pace))


def series(server: Served, pace: Pace) -> Iterator[Compared]:
    """The same week of a daily series that began with it, and of one that began ten years before."""
    short, long = ([asks.calendar_view(who, MONDAY, 7, 7)] for who in (SHORT_SERIES, LONG_SERIES))
    yield Compared("FindItem, CalendarView of a series", LEAST, alternate(server, short, server, long, pace))


def check_configuration(server: Served) -> None:
    """Raise AssertionError unless passwords and requests are looked at."""
    stranger, wrong = asks.find_item(SMALL, 0, "", password="wrong"), asks.find_item(SMALL, 0, "<m:NoView/>")
    status, _ = server.send("POST", asks.PATH, stranger.headers, stranger.body)
    assert status == 401, "the server does not ask who is calling"
    status, body = server.send("POST", asks.PATH, wrong.headers, wrong.body)
    assert (status, asks.codes_in(body)) == (500, ["ErrorSchemaValidation"]), "the server does not validate requests"


def measure(small: int, large: int, pace: Pace) -> list[Compared]:
    """All rows, told as they come."""
    with sides(small, large) as (server, echo):
        check_configuration(server)
        weeks = small // PER_WEEK
        rows = say_ratios(against_echo(server, echo, weeks, pace))
        alone = replace(pace, connections=1)
        rows += say_growth(growth(server, weeks, alone), f"{small:,}", f"{large:,}")
        rows += say_growth(series(server, alone), "1 week", "10 years")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 when it is strict and something promised is missed."""
    return run(__doc__.partition("\n")[0], measure, arguments)


if __name__ == "__main__":
    sys.exit(main())
