"""What a case leaves for the report, as values that turn into JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from conformance.model.verdict import CaseResult, Outcome, Verdict, worst


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at for one requirement.

    ``expected`` holds the acceptable alternatives in words, ``exchange`` the number of the exchange looked at (1 is the
    case's first, 0 none), ``path`` the place in it.
    """

    requirement: str
    about: str
    verdict: Verdict
    expected: tuple[str, ...] = ()
    actual: str = ""
    exchange: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange as people read it: redacted, indented, perhaps shortened."""

    number: int
    operation: str
    method: str
    url: str
    status: int
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case's result with what led to it. ``cassette`` is the file's name, empty when nothing was recorded."""

    result: CaseResult
    checks: tuple[Check, ...] = ()
    exchanges: tuple[ShownExchange, ...] = ()
    cassette: str = ""

    def broken(self, message: str) -> CaseRecord:
        """The record of a case whose evidence was lost afterwards: every outcome is an error of the suite."""
        outcomes = tuple(
            replace(outcome, verdict=worst((outcome.verdict, Verdict.ERROR)), message=outcome.message or message)
            for outcome in self.result.outcomes
        )
        return replace(self, result=replace(self.result, outcomes=outcomes, message=message))


def dump_record(record: CaseRecord) -> str:
    """A record as JSON text."""
    return json.dumps(asdict(record), ensure_ascii=False)


def load_record(text: str) -> CaseRecord:
    """The record that ``dump_record`` wrote."""
    value = json.loads(text)
    result = value["result"]
    outcomes = tuple(Outcome(one["requirement"], Verdict(one["verdict"]), one["message"]) for one in result["outcomes"])
    checks = tuple(
        Check(**{**check, "verdict": Verdict(check["verdict"]), "expected": tuple(check["expected"])})
        for check in value["checks"]
    )
    return CaseRecord(
        CaseResult(**{**result, "outcomes": outcomes}),
        checks,
        tuple(ShownExchange(**shown) for shown in value["exchanges"]),
        value["cassette"],
    )
