"""What the whole suite finds of a server with one named fault, case by case.

``python -m tests.meta.faulty`` writes ``named_faults.json`` anew; the test beside it plays a sample of every row.
``python -m tests.meta.faulty PATTERN...`` plays only cases whose tapes' names match and keeps the others' rows.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from conformance.model.exchange import Request
from conformance.wire.urls import target_of
from reference_impl.faults import FAULTS, Fault
from tests.meta.playing import failed, in_particular, of_cases, play_live, playables, stems_like, tape

TABLE = Path(__file__).with_name("named_faults.json")


def reds_of(fault: str, stems: Iterable[str]) -> dict[str, list[str]]:
    """The requirements that each of these cases finds unmet, of cases that find some."""
    active, known = frozenset({fault}), playables()
    found = {stem: sorted(in_particular(of_cases(failed(play_live(known[stem], active))))) for stem in stems}
    return {stem: reds for stem, reds in found.items() if reds}


class _Asked(frozenset[str]):
    """No faults at all, and which of them the server looked for."""

    names: set[str]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return False


def within_reach(stem: str) -> list[str]:
    """The faults that a case can come upon: the acts that look for them happen, or the answers they alter are given."""
    asked = _Asked()
    asked.names = set()
    play_live(playables()[stem], asked)
    return [fault.name for fault in FAULTS if fault.name in asked.names or _is_altered(stem, fault)]


def _is_altered(stem: str, fault: Fault) -> bool:
    return fault.find is not None and any(
        re.search(fault.find, exchange.response.body)
        and (not fault.request or re.search(fault.request, _told(exchange.request)))
        for exchange in tape(stem).exchanges
    )


def _told(request: Request) -> bytes:
    path, _, query = target_of(request.url).partition("?")
    return f"{request.method} {path}?{query}\n".encode() + request.body


def reds_in(stem: str) -> dict[str, list[str]]:
    """The requirements that a case finds unmet with each fault, of the faults with which it finds some."""
    found = {fault: reds_of(fault, [stem]).get(stem, []) for fault in within_reach(stem)}
    return {fault: reds for fault, reds in found.items() if reds}


def main(patterns: list[str]) -> int:
    """Play all cases, or those that match, with every fault within their reach, and write the table."""
    stems = stems_like(patterns)
    known = json.loads(TABLE.read_text(encoding="utf-8"))
    table = {fault.name: _others(known.get(fault.name, {}), stems) for fault in FAULTS}
    with ProcessPoolExecutor() as workers:
        for stem, found in zip(stems, workers.map(reds_in, stems), strict=True):
            for fault, reds in found.items():
                table[fault][stem] = reds
    table = {name: dict(sorted(reds.items())) for name, reds in table.items()}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum(map(bool, table.values()))} of {len(table)} faults are found.\n")
    return 0


def _others(reds: dict[str, list[str]], played: list[str]) -> dict[str, list[str]]:
    """What is known of the cases that exist and were not played."""
    return {stem: found for stem, found in reds.items() if stem in playables() and stem not in played}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
