"""An expectation file written anew after a run: entries that hold stay as they are, comments with them."""

from __future__ import annotations

import os.path
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tomlkit

from conformance.known.failures import KNOWABLE, KnownFailure, KnownFailures, finding
from conformance.known.reading import ExpectationsInvalid, expectations_of
from conformance.model.record import CaseRecord
from conformance.model.verdict import NOT_JUDGED, Outcome, Verdict

UNEXPLAINED = "Not explained yet."
"""The reason of an entry that nobody has given one."""

_HEADER = re.compile(r"\s*\[\[\s*expected\s*\]\]\s*(#.*)?")
# What another run may have another of: the mark of a case's items, days, addresses.
_VOLATILE = re.compile(r"mp[0-9a-f]{10}|\d{4}-\d\d-\d\d|https?://")
_LONGEST = 160  # characters of a message that is written


@dataclass(frozen=True, slots=True)
class _Found:
    """One outcome of one case."""

    record: CaseRecord
    outcome: Outcome

    @property
    def message(self) -> str:
        return finding(self.record, self.outcome)

    @property
    def verdict(self) -> Verdict:
        return KNOWABLE[self.outcome.verdict]


def updated(text: str, file: str, records: Sequence[CaseRecord], collected: Collection[tuple[str, str]]) -> str:
    """The text of an expectation file that a run like this one would meet.

    Entries of cases that were not played stay; what passes or is no longer there goes, with the comment right above it,
    and comments that stand apart stay; what fails in another way gets its new message; what fails and is not listed is
    added, unless it is but a warning.
    ExpectationsInvalid where the text cannot be taken apart.
    """
    known = expectations_of(text, file)
    before, blocks = _taken_apart(text, known, file)
    kept: list[str] = []
    covered: set[tuple[str, str, str]] = set()
    added: list[KnownFailure] = []
    for entry, block in zip(known.entries, blocks, strict=True):
        found = [_Found(*one) for one in known.outcomes_of(entry, records)]
        judged = [one for one in found if one.outcome.verdict not in NOT_JUDGED]
        failures = [one for one in judged if one.outcome.verdict in KNOWABLE]
        covered |= {_key(one) for one in failures}
        if not judged and not KnownFailures((entry,)).stale(collected, records):
            kept.append(block)
        elif failures and len(failures) == len(judged) and len({one.verdict for one in failures}) == 1:
            kept.append(_rewritten(block, entry, failures))
        else:
            kept.append(_remarks(block))
            added += [_entry(one, entry.reason) for one in failures]
    for record in records:
        for outcome in record.result.outcomes:
            one = _Found(record, outcome)
            if outcome.verdict in KNOWABLE.values() and _key(one) not in covered:
                added.append(_entry(one, UNEXPLAINED))
    return _joined([before, *kept, *map(_written, added)])


def _key(found: _Found) -> tuple[str, str, str]:
    return found.outcome.requirement, found.record.result.id, found.record.result.pairing


def _entry(found: _Found, reason: str) -> KnownFailure:
    requirement, case, pairing = _key(found)
    return KnownFailure(requirement, case, _stable([found.message]), reason, pairing, found.verdict)


def _stable(messages: Sequence[str]) -> str:
    """What messages have in common from their beginning on, without what another run has another of."""
    common = os.path.commonprefix(list(messages))  # noqa: RUF071  character by character is what is meant
    changing = _VOLATILE.search(common)
    return common[: changing.start() if changing else None][:_LONGEST].rstrip()


def _taken_apart(text: str, known: KnownFailures, file: str) -> tuple[str, list[str]]:
    """What stands before the first entry, and each entry with the comment right above it."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\r\n"))]
    for place, number in enumerate(starts):
        while number and lines[number - 1].lstrip().startswith("#"):
            number -= 1  # noqa: PLW2901  up to the first line of the comment
        starts[place] = number
    blocks = ["".join(lines[one:other]) for one, other in pairwise([*starts, len(lines)])]
    try:
        entries = tuple(one for block in blocks for one in expectations_of(block, file).entries)
    except ExpectationsInvalid:
        entries = ()
    if entries != known.entries:
        raise ExpectationsInvalid(f"{file}: cannot be updated: write each entry as an [[expected]] table.")
    return "".join(lines[: starts[0] if starts else len(lines)]), blocks


def _remarks(block: str) -> str:
    """The comments of an entry that stand apart from it, further down."""
    _, blank, rest = block.partition("\n\n")
    return "".join(line for line in rest.splitlines(keepends=True) if blank and line.lstrip().startswith("#"))


def _rewritten(block: str, entry: KnownFailure, failures: Sequence[_Found]) -> str:
    messages = [one.message for one in failures]
    verdict = failures[0].verdict
    if verdict is entry.verdict and all(message.startswith(entry.message) for message in messages):
        return block
    document = tomlkit.parse(block)
    table = document["expected"][0]
    table["message"] = _stable(messages)
    if verdict is not entry.verdict:
        table["verdict"] = verdict.word
    return tomlkit.dumps(document)


def _written(entry: KnownFailure) -> str:
    table = tomlkit.table()
    table["requirement"], table["case"] = entry.requirement, entry.case
    if entry.pairing:
        table["pairing"] = entry.pairing
    if entry.verdict is not Verdict.FAIL:
        table["verdict"] = entry.verdict.word
    table["message"], table["reason"] = entry.message, entry.reason
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document["expected"] = tables
    return tomlkit.dumps(document)


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(part.rstrip() + "\n" for part in parts if part.strip())
