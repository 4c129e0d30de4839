"""Two sides measured in turn, and tables of their ratios.

The server runs as a user starts it, on a SQLite file, with random ids; requests are authenticated and validated, and
every answer is checked. The echo reads the same requests and answers with the same bytes. Rounds of the two sides
alternate, and ratios are medians over the rounds: of answers per second, and of the server's processor time per answer.
The worse of the two ratios decides. The rate knows of waiting for a disk, which processor time does not; processor time
knows nothing of the client and of other work of the machine, which hold up a fast echo more than a slow server.

Growth is measured on one connection: what the same answer costs on a mailbox of 100,000 items in terms of 1,000.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.calendars import PER_WEEK, fill
from tests.bench.load import Ask, Load, Served, served

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


@contextlib.contextmanager
def sides(small: int, large: int) -> Iterator[tuple[Served, Served]]:
    """The server on a file of mailboxes, as a user starts it, and the echo."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mailboxes.db"
        fill(f"sqlite:///{file}", small, large)
        serving = ("reference_impl", "serve", "--ready-json", "--database", f"sqlite:///{file}")
        with served(*serving) as server, served("tests.bench.echo") as echo:
            with contextlib.closing(sqlite3.connect(file)) as database:
                assert database.execute("pragma journal_mode").fetchone() == ("wal",), "the file is not in WAL mode"
            yield server, echo


def against(echo: Served, server: Served, asked: Sequence[Ask], pace: Pace) -> list[tuple[Load, Load]]:
    """The rounds of an echo, which sends the server's first answer, and of the server."""
    answer = server.answer(asked[0])
    echo.send("PUT", asked[0].path, {}, answer)
    echoed = [replace(ask, expected={answer: 1}, status=200) for ask in asked]
    return alternate(echo, echoed, server, asked, pace)


def run(description: str, measure: Callable[[int, int, Pace], list[Compared]], arguments: list[str] | None) -> int:
    """Run a benchmark; 1 when it is strict and something promised is missed."""
    parser = argparse.ArgumentParser(description=description)
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
