"""Verdicts, ordered from best to worst, and the outcomes that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """What a check found. A parent takes the worst of its children.

    ``WARNING`` is what a requirement comes to that is not met and is no MUST; ``ERROR`` is the suite's own failure.
    """

    PASS = 0
    NOT_APPLICABLE = 1
    SKIPPED = 2
    WARNING = 3
    INCONCLUSIVE = 4
    FAIL = 5
    ERROR = 6

    @property
    def word(self) -> str:
        """The verdict as people and reports read it."""
        return self.name.lower().replace("_", " ")


NOT_JUDGED = frozenset({Verdict.NOT_APPLICABLE, Verdict.SKIPPED})
"""The verdicts of what was not looked at."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; ``NOT_APPLICABLE`` of none at all."""
    return max(verdicts, default=Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case found of one requirement; ``known`` is the reason that an expectation file gives for a failure."""

    requirement: str
    verdict: Verdict
    message: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case in one pairing, with what it found of each requirement."""

    id: str
    pairing: str
    scenario: str
    outcomes: tuple[Outcome, ...]
    seconds: float = 0.0
    message: str = ""  # why it was skipped or could not be told

    @property
    def verdict(self) -> Verdict:
        """The worst outcome of those that concern the target."""
        verdicts = [outcome.verdict for outcome in self.outcomes]
        return worst([verdict for verdict in verdicts if verdict is not Verdict.NOT_APPLICABLE] or verdicts)
