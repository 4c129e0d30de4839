"""Look for altered answers that turn requirements red: exactly one if it can be, else the fewest together.

``python -m tests.meta.search`` plays the golden tapes and writes ``mutations.json``, of answers that turn one
requirement red alone, and ``together.json``, of the rest; the test beside it then holds every row. Rows that still hold
are kept.
``python -m tests.meta.search PATTERN...`` looks only into tapes whose names match, such as ``series.*``.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from conformance.model.record import Check
from tests.meta.mutants import Mutant, added, exchanged, leaves_of, lively, mutants
from tests.meta.playing import checks, playables, stems_like, tape
from tests.meta.tables import read_rows, write_rows

ALONE = Path(__file__).with_name("mutations.json")
TOGETHER = Path(__file__).with_name("together.json")
PASSIVE = frozenset({"WIRE-EWS-SCHEMA", "WIRE-GRAPH-SCHEMA"})
_MOMENT = len("2026-01-05T08:00:00")  # what protocols write behind it differs
SECONDS_PER_TAPE = 12.0  # of work, whatever else the machine does


Found = Mapping[str, tuple[int, Mutant]]
"""By requirement, how many turn red with an alteration, and the alteration."""


def search_tape(stem: str, wanted: frozenset[str]) -> Found:
    """The alterations of a tape that turn wanted requirements red: the first to do it alone, else with the fewest."""
    found: dict[str, tuple[int, Mutant]] = {}
    alone: set[str] = set()
    done = checks(stem)
    places = {number: {one.requirement for one in done if one.exchange == number} for number in _numbers(done)}
    for alterations in (mutants, added, exchanged, lively):
        end = time.process_time() + SECONDS_PER_TAPE
        for mutant in _sooner_and_later(sorted(alterations(stem), key=_promise(stem, done)), places, alone):
            if wanted <= alone or time.process_time() > end:
                break
            reds = _reds(mutant, is_seen=bool(wanted & PASSIVE))
            found |= {
                red: (len(reds), mutant) for red in reds & wanted if red not in found or len(reds) < found[red][0]
            }
            alone |= reds if len(reds) == 1 else set()
    return found


def _sooner_and_later(
    every: Iterable[Mutant], places: Mapping[int, Collection[str]], alone: Collection[str]
) -> Iterator[Mutant]:
    """Mutants, those of exchanges put off in which all that was checked has been turned red by then."""
    put_off = []
    for mutant in every:
        if mutant.exchange in places and set(places[mutant.exchange]) <= set(alone):
            put_off.append(mutant)
        else:
            yield mutant
    yield from put_off


def _reds(mutant: Mutant, *, is_seen: bool) -> frozenset[str]:
    try:
        return mutant.reds() if is_seen else mutant.own_reds()
    except (LookupError, ValueError, AttributeError, TypeError):  # a part that is not there, or takes no such thing
        return frozenset()


def _numbers(done: Iterable[Check]) -> set[int]:
    return {one.exchange for one in done}


def _promise(stem: str, done: Sequence[Check]) -> Callable[[Mutant], tuple[bool, bool, bool]]:
    """How soon to try an alteration: what a check told of the same answer first, then what any check told."""
    told = {number: " ".join(one.actual for one in done if one.exchange == number) for number in _numbers(done)}
    everything = " ".join(told.values())
    values = {
        (number, path): str(value).lower() if isinstance(value, bool) else str(value)[:_MOMENT]
        for number, exchange in enumerate(tape(stem).exchanges, start=1)
        for path, value in leaves_of(exchange.response.body)
    }

    def order(mutant: Mutant) -> tuple[bool, bool, bool]:
        value = values.get((mutant.exchange, mutant.path), "")
        here = told.get(mutant.exchange, "")
        return not (value and value in here), mutant.exchange not in told, not (value and value in everything)

    return order


def _rows(stems: Collection[str]) -> Found:
    """What is written down of some tapes."""
    alone, together = (read_rows(table, Mutant) for table in (ALONE, TOGETHER))
    every = {red: (2, mutant) for red, mutant in together.items()} | {red: (1, mutant) for red, mutant in alone.items()}
    return {red: row for red, row in every.items() if row[1].stem in stems}


def holds(red: str, row: tuple[int, Mutant]) -> bool:
    """Whether an alteration still turns a requirement red, and alone if it did."""
    count, mutant = row
    try:
        return mutant.reds() == {red} if count == 1 else red in mutant.own_reds()
    except LookupError:
        return False


def _both(one: Found, other: Found) -> Found:
    """What two searches found, the better of both."""
    return {
        red: min((rows[red] for rows in (one, other) if red in rows), key=lambda row: row[0]) for red in one | other
    }


def _write(found: Found) -> None:
    write_rows(ALONE, {red: mutant for red, (count, mutant) in found.items() if count == 1})
    write_rows(TOGETHER, {red: mutant for red, (count, mutant) in found.items() if count > 1})


def main(patterns: list[str]) -> int:
    """Search every tape, or those that match, for what is not known, and write both tables."""
    stems = stems_like(patterns)
    found = _rows(playables().keys() - stems)
    with ProcessPoolExecutor() as workers:
        known = _rows(stems)
        still = workers.map(holds, known, known.values(), chunksize=8)
        found = _both(found, {red: known[red] for red, is_so in zip(known, still, strict=True) if is_so})
        sought = _verified(stems) - found.keys()
        running: set[Future[Found]] = set()
        for stem in stems:  # each tape is searched for what those before it have not shown alone
            if len(running) >= (os.cpu_count() or 1):
                done, running = wait(running, return_when=FIRST_COMPLETED)
                found = functools.reduce(_both, (future.result() for future in done), found)
                _write(found)
            if wanted := _verified([stem]) & sought - {red for red, (count, _) in found.items() if count == 1}:
                running.add(workers.submit(search_tape, stem, wanted))
        found = functools.reduce(_both, (future.result() for future in running), found)
    _write(found)
    alone = sum(count == 1 for count, _ in found.values())
    missing = sorted(_verified(playables()) - found.keys())
    sys.stdout.write(f"{alone} are turned red alone, {len(found) - alone} together with others, not {missing}.\n")
    return 0


def _verified(stems: Iterable[str]) -> frozenset[str]:
    return frozenset(one for stem in stems for one in playables()[stem].case.verifies) | PASSIVE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
