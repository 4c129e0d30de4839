"""What a terminal shows of cases that fail before a server with a named fault.

``python -m tests.meta.failures`` writes ``failures/*.txt`` anew; the test beside it holds them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from conformance.model.record import CaseRecord
from conformance.model.verdict import CaseResult, Verdict
from conformance.suites.play import explained, recorded
from tests.meta.playing import live_stage, performed, playables

FOLDER = Path(__file__).with_name("failures")
# The cases shown, by the fault that each is played with.
SHOWN: Mapping[str, str] = {
    "answer-not-noted": "cross-protocol.answer.accept--graph-ews",
    "answer-time-not-noted": "handling-meetings.accept--ews-ews",
    "declined-copy-stays": "handling-meetings.decline--ews-ews",
    "ews-cancelled-with-two-l": "handling-meetings.cancel--ews-ews",
    "ews-faults-as-success": "wire.ews-fault--ews-ews",
    "ews-merged-string-too-short": "cross-protocol.availability--ews-graph",
    "graph-proposals-without-prefix": "graph-propose-new-time.propose-by-declining--graph-graph",
    "proposals-always-allowed": "graph-propose-new-time.propose-refused--graph-graph",
    "stale-writer-wins": "handling-meetings.update-conflict--ews-ews",
}


def record_of(fault: str, stem: str) -> CaseRecord:
    """The record of a case before a fresh server with a fault; what passive checks find beside it is left out."""
    playable = playables()[stem]
    with live_stage(playable, frozenset({fault})) as stage:
        scene, ending = performed(playable, stage)
        scene.locate_failures()
        outcomes = scene.ledger.outcomes(Verdict.ERROR if ending is None else Verdict.INCONCLUSIVE)
    return recorded(CaseResult(playable.case.id, playable.pairing, playable.case.scenario, outcomes), scene)


def told(fault: str, stem: str) -> str:
    """What a terminal shows of a case before a server with a fault."""
    return f"{stem}, with the fault {fault}\n\n{explained(record_of(fault, stem))}\n"


def main() -> int:
    """Write the texts."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for fault, stem in SHOWN.items():
        (FOLDER / f"{fault}.txt").write_text(told(fault, stem), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
