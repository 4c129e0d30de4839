"""Look for one altered answer that turns exactly one requirement red, for as many requirements as there are.

``python -m tests.meta.search`` writes ``mutations.json`` anew from the golden tapes; the test beside it then holds
every row. ``python -m tests.meta.search PATTERN...`` looks only into tapes whose names match, such as ``series.*``, and
keeps what is known of other requirements and tapes.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.meta.mutants import Mutant, exchanged, mutants
from tests.meta.playing import playables, stems_like

TABLE = Path(__file__).with_name("mutations.json")
SECONDS_PER_TAPE = 12.0  # of work, whatever else the machine does


def search_tape(stem: str, known: frozenset[str] = frozenset()) -> dict[str, Mutant]:
    """The first mutant of a tape for each requirement that it alone turns red, those known already left out."""
    wanted = (set(playables()[stem].case.verifies) | {"WIRE-EWS-SCHEMA", "WIRE-GRAPH-SCHEMA"}) - known
    found: dict[str, Mutant] = {}
    for alterations in (mutants, exchanged):
        end = time.process_time() + SECONDS_PER_TAPE
        for mutant in alterations(stem):
            if not wanted - found.keys() or time.process_time() > end:
                break
            reds = mutant.reds()
            if len(reds) == 1 and (only := next(iter(reds))) not in found:
                found[only] = mutant
    return found


def known_rows() -> dict[str, Mutant]:
    """The table as it is, by requirement."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {row.pop("red"): Mutant(**row) for row in rows}


def main(patterns: list[str]) -> int:
    """Search every tape, or those that match, and write the table."""
    stems = stems_like(patterns)
    kept = playables().keys() - stems
    rows = {requirement: mutant for requirement, mutant in known_rows().items() if mutant.stem in kept}
    with ProcessPoolExecutor() as workers:
        for found in workers.map(partial(search_tape, known=frozenset(rows)), stems):
            for requirement, mutant in found.items():
                rows.setdefault(requirement, mutant)
    table = [{"red": requirement, **asdict(mutant)} for requirement, mutant in sorted(rows.items())]
    TABLE.write_text("[\n" + ",\n".join(json.dumps(row) for row in table) + "\n]\n", encoding="utf-8")
    verified = {requirement for playable in playables().values() for requirement in playable.case.verifies}
    sys.stdout.write(f"{len(rows)} of {len(verified)} verified requirements are turned red alone.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
