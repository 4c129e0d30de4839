"""What the whole suite finds of a server with one named fault.

``python -m tests.meta.faulty`` writes ``named_faults.json`` anew; the test beside it holds every row.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from reference_impl.faults import FAULTS
from tests.meta.playing import failed, play_live, playables

TABLE = Path(__file__).with_name("named_faults.json")


def reds_of(fault: str) -> list[str]:
    """The requirements that some case finds unmet."""
    active = frozenset({fault})
    return sorted(set().union(*(failed(play_live(playable, active)) for playable in playables().values())))


def main() -> int:
    """Play every fault and write the table."""
    names = [fault.name for fault in FAULTS]
    with ProcessPoolExecutor() as workers:
        table = dict(zip(names, workers.map(reds_of, names), strict=True))
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum(map(bool, table.values()))} of {len(table)} faults are found.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
