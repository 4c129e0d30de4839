"""A run as a value, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.catalogue import Catalogue
from conformance.model.record import CaseRecord
from conformance.model.requirement import Requirement
from conformance.model.verdict import NOT_JUDGED, Outcome, Verdict, worst
from conformance.model.words import counted

CONFORMANT, NOT_CONFORMANT, UNDECIDED = 0, 1, 2
"""The exit codes of a run."""


@dataclass(frozen=True, slots=True)
class RunTarget:
    """What was tested: a server by its addresses, or the recordings of one."""

    name: str
    kind: str
    ews: str = ""
    graph: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expectation file of a run, and its entries that speak of no case there is."""

    file: str
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a report is made from. ``profiles`` are JSON values; ``started`` is ISO 8601 in UTC.

    Where it ``is_strict``, what SHOULD be counts as what MUST be; ``orphans`` are recordings of no case there is.
    """

    version: str
    target: RunTarget
    started: str
    seconds: float
    records: tuple[CaseRecord, ...]
    catalogue: Catalogue
    profiles: tuple[Mapping[str, Any], ...] = ()
    expectations: Expectations | None = None
    is_strict: bool = False
    orphans: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code that the run calls for."""
        return exit_code(self.records, self.problems, self.orphans)

    @property
    def known(self) -> int:
        """How many failures are known and were found as they are known."""
        return sum(bool(outcome.known) for record in self.records for outcome in record.result.outcomes)

    @property
    def problems(self) -> tuple[str, ...]:
        """Where the expectation file does not hold."""
        stale = self.expectations.stale if self.expectations else ()
        return (*(problem for record in self.sorted() for problem in record.problems), *stale)

    def sorted(self) -> tuple[CaseRecord, ...]:
        """The records by scenario, case and pairing, whichever order they came in."""
        return tuple(sorted(self.records, key=lambda one: (one.result.scenario, one.result.id, one.result.pairing)))


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """What all cases together found of one requirement."""

    requirement: Requirement
    verdict: Verdict
    cases: tuple[str, ...]


def case_name(record: CaseRecord) -> str:
    """A case in its pairing, as reports name it."""
    return f"{record.result.id}[{record.result.pairing}]"


def verdict_counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How often each verdict occurs, every verdict named, from best to worst."""
    counts = dict.fromkeys((verdict.word for verdict in Verdict), 0)
    for verdict in verdicts:
        counts[verdict.word] += 1
    return counts


def requirement_rows(run: Run) -> tuple[RequirementRow, ...]:
    """One row per requirement that any case spoke of, in the catalogue's order.

    The verdict is the worst any case came to; where a requirement was met somewhere, cases that it does not concern do
    not count against it.
    """
    found: dict[str, list[tuple[str, Verdict]]] = {}
    for record in run.sorted():
        for outcome in record.result.outcomes:
            found.setdefault(outcome.requirement, []).append((case_name(record), outcome.verdict))
    return tuple(
        RequirementRow(requirement, combined(verdict for _, verdict in seen), tuple(name for name, _ in seen))
        for identifier, requirement in run.catalogue.requirements.items()
        if (seen := found.get(identifier))
    )


def unmet_rows(run: Run) -> list[RequirementRow]:
    """The rows of what was not met or could not be told, the worst first."""
    return sorted((row for row in requirement_rows(run) if row.verdict > Verdict.SKIPPED), key=lambda row: -row.verdict)


def profile_result(profile: Mapping[str, Any]) -> str:
    """What a run says of a profile, and how many of its cases bear warnings."""
    count = sum(profile[part].get(Verdict.WARNING.word, 0) for part in ("core", "extended"))
    return str(profile["result"]) + (f", warnings in {counted(count, 'case')}" if count else "")


def warnings_of(run: Run) -> dict[str, list[tuple[CaseRecord, Outcome]]]:
    """By requirement, in the catalogue's order, where something was not as it SHOULD be and nobody knew."""
    found: dict[str, list[tuple[CaseRecord, Outcome]]] = {name: [] for name in run.catalogue.requirements}
    for record in run.sorted():
        for outcome in record.result.outcomes:
            if outcome.verdict is Verdict.WARNING and not outcome.known:
                found[outcome.requirement].append((record, outcome))
    return {requirement: cases for requirement, cases in found.items() if cases}


def exit_code(records: Collection[CaseRecord], problems: Collection[str] = (), orphans: Collection[str] = ()) -> int:
    """0 conformant, 1 a requirement failed, 2 it could not be told.

    It cannot be told where something was undecided, nothing was played, or there are recordings that no case judges.

    Warnings and failures that an expectation file knows do not count; where it does not hold, that is a failure.
    """
    outcomes = [outcome for record in records for outcome in record.result.outcomes]
    counted = {outcome.verdict for outcome in outcomes if not outcome.known}
    if Verdict.FAIL in counted or problems:
        return NOT_CONFORMANT
    decided = any(record.result.verdict in {Verdict.PASS, Verdict.WARNING} for record in records) or any(
        one.known for one in outcomes
    )
    is_open = bool(counted & {Verdict.ERROR, Verdict.INCONCLUSIVE} or orphans)
    return UNDECIDED if is_open or not decided else CONFORMANT


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict of those that concern the target, where there are any."""
    seen = set(verdicts)
    return worst(seen - NOT_JUDGED or seen)
