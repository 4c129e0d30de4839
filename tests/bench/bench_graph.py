"""Speed of Graph: the reference server against a Starlette echo on the same uvicorn, and large mailboxes against small.

Run ``python -m tests.bench.bench_graph [--strict]``; ``tests.bench.comparing`` says how it is measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.bench import graph_asks as asks
from tests.bench.calendars import COLLEAGUES, LARGE, LONG_SERIES, MONDAY, ORGANIZER, PER_WEEK, SHORT_SERIES, SMALL
from tests.bench.comparing import LEAST, Compared, Pace, against, alternate, run, say_growth, say_ratios, sides
from tests.bench.load import Served

Tokens = Mapping[str, str]


def against_echo(server: Served, echo: Served, tokens: Tokens, weeks: int, pace: Pace) -> Iterator[Compared]:
    """Every operation, on mailboxes of the smaller size, against an echo that sends the same answer."""
    token = tokens[SMALL]
    listed = asks.ask(token, f"/events?$select=id&$top={weeks * PER_WEEK}", {'"id":': weeks * PER_WEEK})
    ids = asks.ids_in(server.answer(listed))
    for name, asked, promised in (
        ("GET event", asks.get_event(token, ids), 0.35),
        ("POST event, 2 attendees", asks.create_event(tokens[ORGANIZER], 1000), 0.10),
        ("GET calendarView of 50", asks.calendar_views(token, weeks), 0.12),
        ("getSchedule, 20 x 7 days", asks.schedules(token, COLLEAGUES, weeks), 0.06),
    ):
        yield Compared(name, promised, against(echo, server, asked, pace))


def growth(server: Served, tokens: Tokens, weeks: int, pace: Pace) -> Iterator[Compared]:
    """What the same answer costs on a small and on a large mailbox."""
    for name, ask in (
        ("GET calendarView of 50", lambda who: asks.calendar_views(tokens[who], weeks)),
        ("getSchedule, 1 x 7 days", lambda who: asks.schedules(tokens[who], [who], weeks)),
        ("GET events, first 50", lambda who: [asks.page(tokens[who], "")]),
        ("GET events, first 50 by start", lambda who: [asks.page(tokens[who], "&$orderby=start/dateTime")]),
    ):
        yield Compared(name, LEAST, alternate(server, ask(SMALL), server, ask(LARGE), pace))


def series(server: Served, tokens: Tokens, pace: Pace) -> Iterator[Compared]:
    """The same week of a daily series that began with it, and of one that began ten years before."""
    short, long = ([asks.calendar_view(tokens[who], MONDAY, 7, 7)] for who in (SHORT_SERIES, LONG_SERIES))
    yield Compared("GET calendarView of a series", LEAST, alternate(server, short, server, long, pace))


def check_configuration(server: Served, token: str) -> None:
    """Raise AssertionError unless tokens and requests are looked at."""
    status, _ = server.send("GET", "/v1.0/me/events", {"Authorization": f"Bearer {token[:-8]}AAAAAAAA"}, b"")
    assert status == 401, "the server does not ask who is calling"
    wrong = asks.ask(token, "/events", {}, body={"subjekt": "Review"}, method="POST", status=400)
    server.answer(wrong)


def measure(small: int, large: int, pace: Pace) -> list[Compared]:
    """All rows, told as they come."""
    with sides(small, large) as (server, echo):
        people = (ORGANIZER, SMALL, LARGE, SHORT_SERIES, LONG_SERIES)
        tokens = {address: asks.token_of(server, address) for address in people}
        check_configuration(server, tokens[SMALL])
        weeks = small // PER_WEEK
        rows = say_ratios(against_echo(server, echo, tokens, weeks, pace))
        alone = replace(pace, connections=1)
        rows += say_growth(growth(server, tokens, weeks, alone), f"{small:,}", f"{large:,}")
        rows += say_growth(series(server, tokens, alone), "1 week", "10 years")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 when it is strict and something promised is missed."""
    return run(__doc__.partition("\n")[0], measure, arguments)


if __name__ == "__main__":
    sys.exit(main())
