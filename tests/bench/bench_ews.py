"""Speed of EWS: the reference server against a Starlette echo on the same uvicorn, and large mailboxes against small.

Run ``python -m tests.bench.bench_ews [--strict]``. The server runs as a user starts it, on a SQLite file, with random
ids; requests carry a name and a password and are validated; every answer is checked. The echo reads the same requests
and answers with the same bytes. Rounds of the two sides alternate, and ratios are medians over the rounds: of answers
per second, and of the server's processor time per answer. The worse of the two ratios decides. The rate knows of
waiting for a disk, which processor time does not; processor time knows nothing of the client and of other work of the
machine, which hold up a fast echo more than a slow server.

Growth is measured on one connection: what the same answer costs on a mailbox of 100,000 items in terms of 1,000.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench import ews_asks as asks
from tests.bench.ews_calendars import COLLEAGUES, LARGE, LONG_SERIES, MONDAY, PER_WEEK, SHORT_SERIES, SMALL, fill
from tests.bench.ews_load import Ask, Load, Served, served

MOST_GROWTH = 1.5
LEAST = 1 / MOST_GROWTH


@dataclass(frozen=True)
class Pace:
    """How often, how long (seconds) and over how many connections each side is measured."""

    rounds: int
    seconds: float
    connections: int


@dataclass(frozen=True)
class Compared:
    """What two sides were measured to do, round by round; ``promised`` is how fast the other is in terms of the one."""

    name: str
    promised: float | None
    rounds: Sequence[tuple[Load, Load]]

    @property
    def rates(self) -> tuple[float, float]:
        """Answers per second of the one and of the other."""
        return _medians([(one.rate, other.rate) for one, other in self.rounds])

    @property
    def costs(self) -> tuple[float, float]:
        """Milliseconds of processor time per answer of the one and of the other."""
        return _medians([(one.cost, other.cost) for one, other in self.rounds])

    @property
    def ratios(self) -> tuple[float, float]:
        """How fast the other is in terms of the one: by rate, and by processor time."""
        return _medians([(other.rate / one.rate, one.cost / other.cost) for one, other in self.rounds])

    @property
    def is_short(self) -> bool:
        """Whether it is less than promised."""
        return self.promised is not None and min(self.ratios) < self.promised

    def verdict(self, promise: str) -> str:
        """The promise in these words and whether it is kept."""
        return "reported" if self.promised is None else f"{promise}: {'MISSED' if self.is_short else 'ok'}"


def _medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    lefts, rights = zip(*pairs, strict=True)
    return statistics.median(lefts), statistics.median(rights)


def alternate(
    one: Served, its: Sequence[Ask], other: Served, others: Sequence[Ask], pace: Pace
) -> list[tuple[Load, Load]]:
    """The rounds of both sides in turn, after a shorter one that does not count."""
    for side, asked in ((one, its), (other, others)):
        side.load(asked, pace.seconds / 2, pace.connections)
    return [
        (one.load(its, pace.seconds, pace.connections), other.load(others, pace.seconds, pace.connections))
        for _ in range(pace.rounds)
    ]


def against_echo(server: Served, echo: Served, weeks: int, pace: Pace) -> Iterator[Compared]:
    """Every operation, on mailboxes of the smaller size, against an echo that sends the same answer."""
    ids = asks.ids_in(answer_to(server, asks.find_item(SMALL, weeks * PER_WEEK, "", shape="IdOnly")))
    for name, asked, promised in (
        ("GetItem", asks.get_item(SMALL, ids, "Default"), 0.30),
        ("GetItem, AllProperties", asks.get_item(SMALL, ids, "AllProperties"), None),
        ("CreateItem, 2 attendees", asks.create_item(1000), 0.08),
        ("FindItem, CalendarView of 50", asks.calendar_views(SMALL, weeks), 0.10),
        ("FindItem, AllProperties", asks.calendar_views(SMALL, weeks, shape="AllProperties"), None),
        ("GetUserAvailability, 20 x 7 days", asks.user_availability(SMALL, COLLEAGUES, weeks), 0.05),
    ):
        answer = answer_to(server, asked[0])
        echo.send("PUT", {}, answer)
        echoed = [replace(ask, expected={answer: 1}) for ask in asked]
        yield Compared(name, promised, alternate(echo, echoed, server, asked, pace))


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


def answer_to(server: Served, ask: Ask) -> bytes:
    """The body of an answer; raises AssertionError for a wrong one."""
    status, body = server.send("POST", ask.headers, ask.body)
    ask.check(status, body)
    return body


def check_configuration(server: Served, file: Path) -> None:
    """Raise AssertionError unless passwords and requests are looked at and the file is in WAL mode."""
    stranger, wrong = asks.find_item(SMALL, 0, "", password="wrong"), asks.find_item(SMALL, 0, "<m:NoView/>")
    status, _ = server.send("POST", stranger.headers, stranger.body)
    assert status == 401, "the server does not ask who is calling"
    status, body = server.send("POST", wrong.headers, wrong.body)
    assert (status, asks.codes_in(body)) == (500, ["ErrorSchemaValidation"]), "the server does not validate requests"
    with contextlib.closing(sqlite3.connect(file)) as database:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",), "the database is not in WAL mode"


def say(line: str) -> None:
    """One line of the result, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_ratios(rows: Iterator[Compared]) -> list[Compared]:
    """The table of speeds."""
    say(f"{'':34}{'answers per second':^25}  {'processor ms per answer':^25}")
    say(f"{'':34}{'echo':>9}{'server':>9}{'ratio':>7}  {'echo':>9}{'server':>9}{'ratio':>7}  promised")
    told = []
    for row in rows:
        (echo, server), (echo_cost, server_cost), (by_rate, by_cost) = row.rates, row.costs, row.ratios
        say(
            f"{row.name:34}{echo:9.0f}{server:9.0f}{by_rate:7.3f}  {echo_cost:9.3f}{server_cost:9.3f}{by_cost:7.3f}"
            f"  {row.verdict(f'at least {row.promised or 0:.2f}')}"
        )
        told.append(row)
    return told


def say_growth(rows: Iterator[Compared], small: str, large: str) -> list[Compared]:
    """A table of growth."""
    say(f"\n{'':34}{'answers per second':^25}  {'processor ms per answer':^25}")
    say(f"{'':34}{small:>9}{large:>9}{'times':>7}  {small:>9}{large:>9}{'times':>7}  promised")
    told = []
    for row in rows:
        (one, other), (cost, other_cost), (by_rate, by_cost) = row.rates, row.costs, row.ratios
        say(
            f"{row.name:34}{one:9.1f}{other:9.1f}{1 / by_rate:7.1f}  {cost:9.3f}{other_cost:9.3f}{1 / by_cost:7.2f}"
            f"  {row.verdict(f'at most {MOST_GROWTH}')}"
        )
        told.append(row)
    return told


def weeks_of_items(text: str) -> int:
    """A number of items that fills weeks, four at least."""
    number = int(text)
    if number % PER_WEEK or number < 4 * PER_WEEK:
        raise argparse.ArgumentTypeError(f"expected a multiple of {PER_WEEK}, at least {4 * PER_WEEK}; got {number}")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 when it is strict and something promised is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--strict", action="store_true", help="exit with 1 when something promised is missed")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a side's part in a round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--small", type=weeks_of_items, default=1000, help="items of an ordinary mailbox")
    parser.add_argument("--large", type=weeks_of_items, default=100_000, help="items of the large mailbox")
    given = parser.parse_args(arguments)
    rows = measure(given.small, given.large, Pace(given.rounds, given.seconds, given.connections))
    short = [row.name for row in rows if row.is_short]
    say(f"Missed: {'; '.join(short)}." if short else "Everything promised is kept.")
    return int(given.strict and bool(short))


def measure(small: int, large: int, pace: Pace) -> list[Compared]:
    """All rows, told as they come."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mailboxes.db"
        fill(f"sqlite:///{file}", small, large)
        serving = ("reference_impl", "serve", "--ready-json", "--database", f"sqlite:///{file}")
        with served(*serving) as server, served("tests.bench.ews_echo") as echo:
            check_configuration(server, file)
            weeks = small // PER_WEEK
            rows = say_ratios(against_echo(server, echo, weeks, pace))
            alone = replace(pace, connections=1)
            rows += say_growth(growth(server, weeks, alone), f"{small:,}", f"{large:,}")
            rows += say_growth(series(server, alone), "1 week", "10 years")
    return rows


if __name__ == "__main__":
    sys.exit(main())
