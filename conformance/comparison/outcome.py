"""What comes of comparing two sides, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.equivalence import Difference, Gap, Scenario
from conformance.model.record import ShownExchange
from conformance.targets import Target


@dataclass(frozen=True, slots=True)
class Side:
    """A target and the protocol that everybody speaks there."""

    target: Target
    protocol: str

    @property
    def name(self) -> str:
        """The side as reports name it."""
        faults = f" with {', '.join(sorted(self.target.faults))}" if self.target.faults else ""
        return f"{self.target.name}{faults}, {_SPELT[self.protocol]}"


_SPELT = {"ews": "EWS", "graph": "Graph"}


class Verdict(StrEnum):
    """What came of one story."""

    SAME = "same"
    DIFFERENT = "different"
    GAP = "gap"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "could not tell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One story on both sides; ``shown`` are the exchanges that its differences point to, by side and number.

    ``gaps`` are facts that one side does not tell; where the verdict is GAP, the reason why the story was not told.
    """

    scenario: Scenario
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problem: str = ""
    shown: Mapping[tuple[str, int], ShownExchange] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and every story told on both."""

    left: Side
    right: Side
    outcomes: tuple[Outcome, ...]
