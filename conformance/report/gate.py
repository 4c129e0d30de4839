"""Two reports of one target side by side: what got worse, what got better, what came and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.model.verdict import Verdict
from conformance.report.run import Run, case_name, combined

NOT_WORSE, WORSE, UNDECIDED = 0, 1, 2
"""The exit codes of a gate."""

_UNKNOWN = frozenset({Verdict.INCONCLUSIVE, Verdict.ERROR})


@dataclass(frozen=True, slots=True)
class Judged:
    """What a report says: each case's verdict by name, and its verdict of each requirement."""

    cases: Mapping[str, Verdict]
    outcomes: Mapping[tuple[str, str], Verdict]


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement or a case whose verdict is another than before; ``where`` names the cases behind it."""

    what: str
    was: Verdict
    now: Verdict
    where: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether the verdict is further from a pass than it was."""
        return self.now > self.was


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed from a baseline to a later run.

    Requirements are judged by the cases that both runs played, so that a new case makes nothing worse. ``new`` and
    ``vanished`` are cases with their verdicts.
    """

    requirements: tuple[Change, ...]
    cases: tuple[Change, ...]
    new: Mapping[str, Verdict]
    vanished: Mapping[str, Verdict]
    common: int

    @property
    def worse(self) -> tuple[Change, ...]:
        """What got worse, requirements first."""
        return tuple(change for change in (*self.requirements, *self.cases) if change.is_worse)

    @property
    def better(self) -> tuple[Change, ...]:
        """What got better, requirements first."""
        return tuple(change for change in (*self.requirements, *self.cases) if not change.is_worse)

    @property
    def exit_code(self) -> int:
        """0 nothing is worse, 1 something is, 2 it cannot be told: no verdict was reached, or nothing is comparable."""
        verdicts = {change.now for change in self.worse}
        if verdicts - _UNKNOWN:
            return WORSE
        return UNDECIDED if verdicts or not self.common else NOT_WORSE


def judged(run: Run) -> Judged:
    """What a run says."""
    return Judged(
        {case_name(record): record.result.verdict for record in run.records},
        {
            (case_name(record), outcome.requirement): outcome.verdict
            for record in run.records
            for outcome in record.result.outcomes
        },
    )


def changes(baseline: Judged, later: Judged) -> Changes:
    """What changed from one run to a later one."""
    common = baseline.cases.keys() & later.cases.keys()
    return Changes(
        requirements=tuple(_requirements(baseline, later)),
        cases=tuple(
            Change(name, baseline.cases[name], later.cases[name])
            for name in sorted(common)
            if baseline.cases[name] is not later.cases[name]
        ),
        new={name: verdict for name, verdict in sorted(later.cases.items()) if name not in common},
        vanished={name: verdict for name, verdict in sorted(baseline.cases.items()) if name not in common},
        common=len(common),
    )


def _requirements(baseline: Judged, later: Judged) -> Iterator[Change]:
    common = baseline.outcomes.keys() & later.outcomes.keys()
    cases: dict[str, list[str]] = {}
    for name, requirement in sorted(common):
        cases.setdefault(requirement, []).append(name)
    for requirement, names in sorted(cases.items()):
        was, now = (combined([one.outcomes[name, requirement] for name in names]) for one in (baseline, later))
        if was is not now:
            moved = tuple(
                name for name in names if baseline.outcomes[name, requirement] is not later.outcomes[name, requirement]
            )
            yield Change(requirement, was, now, moved)
