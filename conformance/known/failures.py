"""Known failures as values, and what they make of a case's record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from conformance.model.record import CaseRecord
from conformance.model.verdict import NOT_JUDGED, Outcome, Verdict

KNOWABLE = {Verdict.FAIL: Verdict.FAIL, Verdict.WARNING: Verdict.FAIL, Verdict.INCONCLUSIVE: Verdict.INCONCLUSIVE}
"""The verdicts that may be known, and as what: a warning as the failure that it is where a run is strict.

An error of the suite is none of the target's failures.
"""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One requirement that a case finds unmet, in one pairing or, without one, in every pairing.

    ``message`` is how the finding begins; ``reason`` says why the failure is there.
    """

    requirement: str
    case: str
    message: str
    reason: str
    pairing: str = ""
    verdict: Verdict = Verdict.FAIL

    @property
    def name(self) -> str:
        """The entry as people call it."""
        return f"{self.requirement} in {self.case}" + (f"[{self.pairing}]" if self.pairing else "")

    def concerns(self, record: CaseRecord) -> bool:
        """Whether a record is of the entry's case."""
        result = record.result
        return self.case == result.id and self.pairing in {"", result.pairing}


@dataclass(frozen=True, slots=True)
class KnownFailures:
    """What an expectation file holds; ``file`` is its name."""

    entries: tuple[KnownFailure, ...] = ()
    file: str = ""

    def judged(self, record: CaseRecord) -> CaseRecord:
        """The record with what is known marked so, and with a problem for each entry that does not hold."""
        entries = {one.requirement: one for one in self._entries_of(record)}
        if not entries:
            return record
        outcomes: list[Outcome] = []
        problems: list[str] = []
        for outcome in record.result.outcomes:
            entry = entries.get(outcome.requirement)
            problem = _problem(entry, outcome, record) if entry else ""
            is_met = entry is not None and not problem and outcome.verdict in KNOWABLE
            outcomes.append(replace(outcome, known=entry.reason) if entry and is_met else outcome)
            problems += [problem] if problem else []
        result = replace(record.result, outcomes=tuple(outcomes))
        return replace(record, result=result, problems=tuple(problems))

    def stale(self, collected: Collection[tuple[str, str]], records: Collection[CaseRecord]) -> tuple[str, ...]:
        """A problem for each entry that there is nothing for: ``collected`` are all cases, ``records`` those played."""
        told = ((one, self._staleness(one, collected, records)) for one in self.entries)
        return tuple(f"{one.name} is stale: {why}." for one, why in told if why)

    def outcomes_of(self, entry: KnownFailure, records: Collection[CaseRecord]) -> Iterator[tuple[CaseRecord, Outcome]]:
        """What the cases played found of an entry: not where another entry speaks of the pairing."""
        listed = {(one.requirement, one.case, one.pairing) for one in self.entries if one.pairing}
        for record in records:
            named = (entry.requirement, entry.case, record.result.pairing)
            if entry.concerns(record) and (entry.pairing or named not in listed):
                for outcome in record.result.outcomes:
                    if outcome.requirement == entry.requirement:
                        yield record, outcome

    def _staleness(
        self, entry: KnownFailure, collected: Collection[tuple[str, str]], records: Collection[CaseRecord]
    ) -> str:
        if not any(entry.case == case and entry.pairing in {"", pairing} for case, pairing in collected):
            return "there is no such case"
        if not any(entry.concerns(record) for record in records):
            return ""
        verdicts = {outcome.verdict for _, outcome in self.outcomes_of(entry, records)}
        if not verdicts:
            return "the case does not judge this requirement"
        return "it does not concern the target" if verdicts == {Verdict.NOT_APPLICABLE} else ""

    def _entries_of(self, record: CaseRecord) -> Iterator[KnownFailure]:
        """The entries of a case, those for its pairing alone last, so that they win."""
        yield from sorted((one for one in self.entries if one.concerns(record)), key=lambda one: bool(one.pairing))


def finding(record: CaseRecord, outcome: Outcome) -> str:
    """What a case found of a requirement, in one line: its first check of that verdict, else why there is none."""
    for check in record.checks:
        if check.requirement == outcome.requirement and check.verdict is outcome.verdict:
            expected = f"expected {' or '.join(check.expected)}, got " if check.expected else ""
            return " ".join(f"{check.about}: {expected}{check.actual}".split())
    return " ".join(outcome.message.split())


def _problem(entry: KnownFailure, outcome: Outcome, record: CaseRecord) -> str:
    """Why an entry does not hold; empty where it does, or where nothing was judged."""
    here = f"{entry.requirement} in {record.result.id}[{record.result.pairing}]"
    if outcome.verdict is Verdict.PASS:
        return f"{here} passes, but is known to fail: {entry.reason}"
    if outcome.verdict in NOT_JUDGED:
        return ""
    found = finding(record, outcome)
    if KNOWABLE.get(outcome.verdict) is not entry.verdict:
        return f"{here} is known to be {entry.verdict.word}, but is {outcome.verdict.word}: {found}"
    if not found.startswith(entry.message):
        return f'{here} fails in another way: known to begin "{entry.message}", but is: {found}'
    return ""
