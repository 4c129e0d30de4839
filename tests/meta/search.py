"""Look for one altered answer that turns exactly one requirement red, for as many requirements as there are.

``python -m tests.meta.search`` writes ``mutations.json`` anew from the golden tapes; the test beside it then holds
every row. ``python -m tests.meta.search PATTERN...`` looks only into tapes whose names match, such as ``series.*``, and
keeps what is known of other requirements and tapes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path

from tests.meta.mutants import Mutant, exchanged, mutants
from tests.meta.playing import checked, playables, stems_like

TABLE = Path(__file__).with_name("mutations.json")
PASSIVE = frozenset({"WIRE-EWS-SCHEMA", "WIRE-GRAPH-SCHEMA"})
SECONDS_PER_TAPE = 12.0  # of work, whatever else the machine does


def search_tape(stem: str, wanted: frozenset[str]) -> dict[str, Mutant]:
    """The first mutant of a tape for each wanted requirement that it alone turns red."""
    found: dict[str, Mutant] = {}
    places = checked(stem)
    for alterations in (mutants, exchanged):
        end = time.process_time() + SECONDS_PER_TAPE
        for mutant in sorted(alterations(stem), key=lambda one: one.exchange not in places):  # what is looked at first
            if not wanted - found.keys() or time.process_time() > end:
                break
            if places.get(mutant.exchange, wanted) <= found.keys():
                continue
            reds = mutant.reds() if wanted & PASSIVE else mutant.own_reds()
            if len(reds) == 1 and (only := next(iter(reds))) in wanted - found.keys():
                found[only] = mutant
    return found


def known_rows() -> dict[str, Mutant]:
    """The table as it is, by requirement."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {row.pop("red"): Mutant(**row) for row in rows}


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
    rows = {requirement: mutant for requirement, mutant in known_rows().items() if mutant.stem in kept}
    with ProcessPoolExecutor() as workers:
        running: set[Future[dict[str, Mutant]]] = set()
        for stem in stems:  # each tape is searched for what those before it have not shown
            while len(running) >= (os.cpu_count() or 1):
                done, running = wait(running, return_when=FIRST_COMPLETED)
                rows = _found(done) | rows
            if wanted := _wanted(stem) - rows.keys():
                running.add(workers.submit(search_tape, stem, wanted))
        rows = _found(running) | rows
    table = [{"red": requirement, **asdict(mutant)} for requirement, mutant in sorted(rows.items())]
    TABLE.write_text("[\n" + ",\n".join(json.dumps(row) for row in table) + "\n]\n", encoding="utf-8")
    verified = {requirement for playable in playables().values() for requirement in playable.case.verifies}
    sys.stdout.write(f"{len(rows)} of {len(verified)} verified requirements are turned red alone.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
