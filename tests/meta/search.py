"""Look for one altered answer that turns exactly one requirement red, for as many requirements as there are.

``python -m tests.meta.search`` writes ``mutations.json`` anew from the golden tapes; the test beside it then holds
every row. ``python -m tests.meta.search PATTERN...`` looks only into tapes whose names match, such as ``series.*``, and
keeps what is known of other requirements and tapes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

from conformance.model.exchange import Exchange
from conformance.model.record import Check
from conformance.wire import path as paths
from tests.meta.mutants import Mutant, exchanged, mutants
from tests.meta.playing import checks, playables, stems_like, tape
from tests.meta.tables import read_rows, write_rows

TABLE = Path(__file__).with_name("mutations.json")
PASSIVE = frozenset({"WIRE-EWS-SCHEMA", "WIRE-GRAPH-SCHEMA"})
_MOMENT = len("2026-01-05T08:00:00")  # what protocols write behind it differs
SECONDS_PER_TAPE = 12.0  # of work, whatever else the machine does


def search_tape(stem: str, wanted: frozenset[str]) -> dict[str, Mutant]:
    """The first mutant of a tape for each wanted requirement that it alone turns red."""
    found: dict[str, Mutant] = {}
    done = checks(stem)
    places = {number: {one.requirement for one in done if one.exchange == number} for number in _numbers(done)}
    for alterations in (mutants, exchanged):
        end = time.process_time() + SECONDS_PER_TAPE
        for mutant in sorted(alterations(stem), key=_promise(stem, done)):
            if not wanted - found.keys() or time.process_time() > end:
                break
            if places.get(mutant.exchange, wanted) <= found.keys():
                continue
            reds = mutant.reds() if wanted & PASSIVE else mutant.own_reds()
            if len(reds) == 1 and (only := next(iter(reds))) in wanted - found.keys():
                found[only] = mutant
    return found


def _numbers(done: Iterable[Check]) -> set[int]:
    return {one.exchange for one in done}


def _promise(stem: str, done: Sequence[Check]) -> Callable[[Mutant], tuple[bool, bool, bool]]:
    """How soon to try an alteration: what a check told of the same answer first, then what any check told."""
    told = {number: " ".join(one.actual for one in done if one.exchange == number) for number in _numbers(done)}
    everything = " ".join(told.values())
    values = {
        (number, path): str(value).lower() if isinstance(value, bool) else str(value)[:_MOMENT]
        for number, exchange in enumerate(tape(stem).exchanges, start=1)
        for path, value in _leaves(exchange)
    }

    def order(mutant: Mutant) -> tuple[bool, bool, bool]:
        value = values.get((mutant.exchange, mutant.path), "")
        here = told.get(mutant.exchange, "")
        return not (value and value in here), mutant.exchange not in told, not (value and value in everything)

    return order


def _leaves(exchange: Exchange) -> list[tuple[str, Any]]:
    try:
        return list(paths.leaves(exchange.response.body)) if exchange.response.body else []
    except ValueError:
        return []


def _wanted(stem: str) -> frozenset[str]:
    return frozenset(playables()[stem].case.verifies) | PASSIVE


def _found(done: Iterable[Future[dict[str, Mutant]]]) -> dict[str, Mutant]:
    """What searches that are over have found, the first one's where several found the same."""
    rows: dict[str, Mutant] = {}
    for future in done:
        rows = future.result() | rows
    return rows


def main(patterns: list[str]) -> int:
    """Search every tape, or those that match, and write the table."""
    stems = stems_like(patterns)
    kept = playables().keys() - stems
    rows = {requirement: mutant for requirement, mutant in read_rows(TABLE, Mutant).items() if mutant.stem in kept}
    with ProcessPoolExecutor() as workers:
        running: set[Future[dict[str, Mutant]]] = set()
        for stem in stems:  # each tape is searched for what those before it have not shown
            while len(running) >= (os.cpu_count() or 1):
                done, running = wait(running, return_when=FIRST_COMPLETED)
                rows = _found(done) | rows
                write_rows(TABLE, rows)
            if wanted := _wanted(stem) - rows.keys():
                running.add(workers.submit(search_tape, stem, wanted))
        rows = _found(running) | rows
    write_rows(TABLE, rows)
    verified = {requirement for playable in playables().values() for requirement in playable.case.verifies}
    sys.stdout.write(f"{len(rows)} of {len(verified)} verified requirements are turned red alone.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
