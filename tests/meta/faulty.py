"""What the whole suite finds of a server with one named fault, case by case.

``python -m tests.meta.faulty`` writes ``named_faults.json`` anew; the test beside it plays a sample of every row.
``python -m tests.meta.faulty PATTERN...`` plays only cases whose tapes' names match and keeps the others' rows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from reference_impl.faults import FAULTS
from tests.meta.playing import failed, in_particular, of_cases, play_live, playables, stems_like

TABLE = Path(__file__).with_name("named_faults.json")


def reds_of(fault: str, stems: Iterable[str]) -> dict[str, list[str]]:
    """The requirements that each of these cases finds unmet, of cases that find some."""
    active, known = frozenset({fault}), playables()
    found = {stem: sorted(in_particular(of_cases(failed(play_live(known[stem], active))))) for stem in stems}
    return {stem: reds for stem, reds in found.items() if reds}


def main(patterns: list[str]) -> int:
    """Play every fault before all cases, or those that match, and write the table."""
    names = [fault.name for fault in FAULTS]
    stems = stems_like(patterns)
    known = json.loads(TABLE.read_text(encoding="utf-8"))
    with ProcessPoolExecutor() as workers:
        found = workers.map(reds_of, names, [stems] * len(names))
        table = {name: reds | _others(known.get(name, {}), stems) for name, reds in zip(names, found, strict=True)}
    table = {name: dict(sorted(reds.items())) for name, reds in table.items()}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum(map(bool, table.values()))} of {len(table)} faults are found.\n")
    return 0


def _others(reds: dict[str, list[str]], played: list[str]) -> dict[str, list[str]]:
    """What is known of the cases that exist and were not played."""
    return {stem: found for stem, found in reds.items() if stem in playables() and stem not in played}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
