"""What the whole suite finds of a server with one named fault, case by case.

``python -m tests.meta.faulty`` writes ``named_faults.json`` anew; the test beside it plays a sample of every row.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from reference_impl.faults import FAULTS
from tests.meta.playing import failed, play_live, playables

TABLE = Path(__file__).with_name("named_faults.json")


def reds_of(fault: str, stems: Iterable[str]) -> dict[str, list[str]]:
    """The requirements that each of these cases finds unmet, of cases that find some."""
    active, known = frozenset({fault}), playables()
    found = {stem: sorted(failed(play_live(known[stem], active))) for stem in stems}
    return {stem: reds for stem, reds in found.items() if reds}


def reds_of_all(fault: str) -> dict[str, list[str]]:
    """The same of all cases."""
    return reds_of(fault, sorted(playables()))


def main() -> int:
    """Play every fault and write the table."""
    names = [fault.name for fault in FAULTS]
    with ProcessPoolExecutor() as workers:
        table = dict(zip(names, workers.map(reds_of_all, names), strict=True))
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum(map(bool, table.values()))} of {len(table)} faults are found.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
