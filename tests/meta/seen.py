"""What the checks of any exchange find in an altered recording.

``python -m tests.meta.seen`` looks for one alteration of the golden tapes that turns red exactly one of the
requirements that speak of any exchange, for as many as there are, and adds them to
``seen_mutations.json``; what golden tapes do not show has recordings of its own in ``test_passive_rules.py``.
"""

from __future__ import annotations

import functools
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.catalogue import standard_catalogue
from conformance.model.exchange import Exchange
from conformance.model.verdict import Verdict
from conformance.passive import CHECKS, PassiveCheck, Seen, Watch
from conformance.tape.cassette import read_cassette
from conformance.wire import path as paths
from conformance.wire.operation import operation
from tests.meta.mutants import HEADERS, Mutant, neighbours
from tests.meta.parts import REMOVED, branches
from tests.meta.tables import read_rows, write_rows
from tests.recorded import REFERENCE

TABLE = Path(__file__).with_name("seen_mutations.json")
OFTEN = 6  # how often the same is altered in the same way, tape after tape
_INDEX = re.compile(r"\[\d+\]")


def speaks_of_any_exchange(requirement: str) -> bool:
    """Whether a requirement is one of those that cases have no part in, the schemas apart."""
    return standard_catalogue().requirement(requirement).area.startswith("passive-")


@functools.cache
def checks() -> tuple[PassiveCheck, ...]:
    """The checks that speak of such requirements."""
    return tuple(check for check in CHECKS if any(map(speaks_of_any_exchange, check.requirements)))


@functools.cache
def recording(name: str) -> tuple[Exchange, ...]:
    """The exchanges of a golden tape."""
    return tuple(read_cassette(REFERENCE / f"{name}.yaml").exchanges)


@functools.cache
def _seen(name: str) -> tuple[Seen, ...]:
    return tuple(as_seen(exchange, number) for number, exchange in enumerate(recording(name), start=1))


def as_seen(exchange: Exchange, number: int) -> Seen:
    """An exchange of a tape as checks see it."""
    return Seen(exchange, number, str(exchange.meta.get("actor", "")))


def reds_of(seen: Iterator[Seen] | tuple[Seen, ...]) -> frozenset[str]:
    """The requirements on any exchange that are not met in a recording."""
    watch = Watch(checks())
    found = (finding for one in seen for finding in watch.see(one))
    return frozenset(finding.requirement for finding in found if finding.verdict is Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class Alteration(Mutant):
    """A mutant of a tape, judged by the checks of any exchange alone."""

    def reds(self) -> frozenset[str]:
        """The requirements on any exchange that are not met in the altered recording."""
        seen, number = list(_seen(self.stem)), self.exchange
        seen[number - 1] = as_seen(self.applied(recording(self.stem)[number - 1]), number)
        return reds_of(tuple(seen))


def _far(value: Any) -> Iterator[Any]:
    """Values of the same kind that are far away: another year, nothing, something of great length."""
    if isinstance(value, str) and re.match(r"20\d\d-\d\d-\d\dT", value):
        yield f"2001{value[4:]}"
        yield f"2040{value[4:]}"
        yield re.sub(r"(Z|[+-]\d\d:\d\d)\Z", "", value)
    elif isinstance(value, str) and value.isdecimal():
        yield "0"
    elif isinstance(value, str):
        yield "x" * 300
        if value.startswith("Text") or value == "HTML":
            yield "HTML" if value == "Text" else "Text"


def alterations(stem: str) -> Iterator[Alteration]:
    """Every alteration of a tape that the search tries."""
    for number, exchange in enumerate(recording(stem), start=1):
        name, response = operation(exchange.request), exchange.response
        yield Alteration(stem, number, name, "status", 500 if response.status < 500 else 200)
        for header in HEADERS:
            if (told := response.header(header)) is not None:
                yield Alteration(stem, number, name, f"headers.{header}", REMOVED)
                yield Alteration(stem, number, name, f"headers.{header}", f"x{told}")
        try:
            leaves = list(paths.leaves(response.body)) if response.body else []
            inner = list(branches(response.body)) if response.body else []
        except ValueError:
            continue
        for path, value in leaves:
            for other in (*neighbours(value), *_far(value)):
                yield Alteration(stem, number, name, path, other)
            yield Alteration(stem, number, name, path, REMOVED)
        yield from (Alteration(stem, number, name, branch, REMOVED) for branch in inner)


def search(stem: str, wanted: set[str], tried: Counter[tuple[str, ...]]) -> dict[str, Alteration]:
    """The first alteration of a tape for each requirement that it alone turns red."""
    found: dict[str, Alteration] = {}
    for alteration in alterations(stem):
        if not wanted - found.keys():
            break
        way = alteration.value if alteration.value in {REMOVED, True, False} else type(alteration.value).__name__
        kind = (alteration.operation, _INDEX.sub("", alteration.path), str(way))
        if tried[kind] >= OFTEN:
            continue
        tried[kind] += 1
        try:
            reds = alteration.reds()
        except (LookupError, ValueError):
            continue
        if len(reds) == 1 and (only := next(iter(reds))) in wanted and only not in found:
            found[only] = alteration
    return found


def _is_alone(alteration: Alteration, red: str) -> bool:
    try:
        return alteration.reds() == {red}
    except (LookupError, ValueError, OSError):
        return False


def main() -> int:
    """Keep what is known and still true, and search the tapes for the rest."""
    wanted = {one for check in checks() for one in check.requirements if speaks_of_any_exchange(one)}
    total = len(wanted)
    rows = {red: alteration for red, alteration in read_rows(TABLE, Alteration).items() if _is_alone(alteration, red)}
    wanted -= rows.keys()
    tried: Counter[tuple[str, ...]] = Counter()
    for path in sorted(REFERENCE.glob("*.yaml")):
        found = search(path.stem, wanted, tried)
        rows |= found
        wanted -= found.keys()
        _seen.cache_clear()
        recording.cache_clear()
    write_rows(TABLE, rows)
    sys.stdout.write(f"{len(rows)} of {total} are turned red alone; not: {', '.join(sorted(wanted))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
