"""What a case leaves for the report, as values that turn into JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import orjson

from conformance.model.verdict import CaseResult, Outcome, Verdict, worst

Span = tuple[int, int]


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
class ShownMessage:
    """A request or an answer as people read it: redacted, indented, its ids named; empty where it was not kept.

    ``matters`` are the spans of lines, first and last and counted from 1, that tell what the checks were about.
    """

    text: str = ""
    matters: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """An exchange as a report tells of it.

    ``who`` is the role that spoke (``attendee1``), ``code`` the protocol's own word for the outcome, ``acts`` whether
    it was meant to change something. The messages are kept of cases that did not pass.
    """

    number: int
    who: str
    protocol: str
    operation: str
    method: str
    url: str
    status: int
    code: str = ""
    acts: bool = False
    request: ShownMessage = field(default_factory=ShownMessage)
    response: ShownMessage = field(default_factory=ShownMessage)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case's result with what led to it.

    ``cassette`` is the file's name, empty when nothing was recorded; ``names`` gives the ids behind the names that
    stand for them in the messages; ``problems`` tells where the target's expectation file does not hold.
    """

    result: CaseResult
    checks: tuple[Check, ...] = ()
    exchanges: tuple[ShownExchange, ...] = ()
    cassette: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def unknown(self) -> CaseRecord:
        """The record as if there were no expectation file."""
        outcomes = tuple(replace(outcome, known="") for outcome in self.result.outcomes)
        return replace(self, result=replace(self.result, outcomes=outcomes), problems=())

    def broken(self, message: str) -> CaseRecord:
        """The record of a case whose evidence was lost afterwards: every outcome is an error of the suite."""
        outcomes = tuple(
            replace(outcome, verdict=worst((outcome.verdict, Verdict.ERROR)), message=outcome.message or message)
            for outcome in self.result.outcomes
        )
        return replace(self, result=replace(self.result, outcomes=outcomes, message=message))


def dump_record(record: CaseRecord) -> str:
    """A record as JSON text."""
    try:
        return orjson.dumps(record).decode()
    except orjson.JSONEncodeError:  # a server's text may hold half a surrogate pair, which UTF-8 does not
        return json.dumps(record, default=_members)


def _members(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _MEMBERS[type(value)]}


_MEMBERS = {
    kind: tuple(one.name for one in fields(kind))
    for kind in (CaseRecord, CaseResult, Outcome, Check, ShownExchange, ShownMessage)
}


def load_record(text: str) -> CaseRecord:
    """The record that ``dump_record`` wrote."""
    value = json.loads(text)
    result = value["result"]
    outcomes = tuple(Outcome(**{**one, "verdict": Verdict(one["verdict"])}) for one in result["outcomes"])
    checks = tuple(
        Check(**{**check, "verdict": Verdict(check["verdict"]), "expected": tuple(check["expected"])})
        for check in value["checks"]
    )
    return CaseRecord(
        CaseResult(**{**result, "outcomes": outcomes}),
        checks,
        tuple(_exchange(one) for one in value["exchanges"]),
        value["cassette"],
        value["names"],
        tuple(value["problems"]),
    )


def _exchange(value: Mapping[str, Any]) -> ShownExchange:
    return ShownExchange(**{**value, "request": message(value["request"]), "response": message(value["response"])})


def message(value: Mapping[str, Any]) -> ShownMessage:
    """A message from its JSON value."""
    return ShownMessage(value["text"], tuple((first, last) for first, last in value["matters"]))
