"""summary.md: what a run found on one page, such as a CI service shows (GITHUB_STEP_SUMMARY and its like)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from conformance.catalogue import cite
from conformance.model.record import CaseRecord, Check
from conformance.model.verdict import Verdict
from conformance.report.run import (
    RequirementRow,
    Run,
    case_name,
    profile_result,
    requirement_rows,
    unmet_rows,
    verdict_counts,
)
from conformance.report.table import matrix

LIMIT = 60_000
"""Characters of a summary; what has no room is counted. GitHub takes a comment of 65,536 and a summary of 1 MiB."""

_WIDEST = 300  # characters of one value
_MOST = 5  # failed checks of one requirement
_MOST_PROBLEMS = 20  # ways in which an expectation file does not hold, or recordings of no case
_RESULTS = {0: "conformant", 1: "not conformant", 2: "could not be told"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def text(run: Run, limit: int = LIMIT) -> str:
    """The summary: result, table of scenarios and pairings, profiles, and each requirement that was not met."""
    told = [*_heading(run), *_matrix(run), *_profiles(run), *_expectations(run), *_orphans(run)]
    records: dict[str, list[CaseRecord]] = {}
    for record in run.sorted():
        for outcome in record.result.outcomes:
            if outcome.verdict > Verdict.SKIPPED:
                records.setdefault(outcome.requirement, []).append(record)
    rows = unmet_rows(run)
    if rows:
        told += ["## Not met", ""]
    room = limit - sum(len(line) + 1 for line in told) - len(_left_out(len(rows)))
    for number, row in enumerate(rows):
        section = list(_requirement(row, records.get(row.requirement.id, []), run))
        room -= sum(len(line) + 1 for line in section)
        if room < 0:
            told += [_left_out(len(rows) - number)]
            break
        told += section
    return "\n".join(told).rstrip() + "\n"


def _heading(run: Run) -> Iterator[str]:
    rows = requirement_rows(run)
    cases = _counted(verdict_counts(record.result.verdict for record in run.records))
    requirements = _counted(verdict_counts(row.verdict for row in rows))
    yield f"# {_plain(run.target.name)}: {_RESULTS[run.exit_code]}"
    yield ""
    yield f"{len(rows)} requirements: {requirements or 'none'}; {len(run.records)} cases: {cases or 'none'}."
    strict = ", strict" if run.is_strict else ""
    version = f", {_plain(run.target.version)}" if run.target.version else ""
    yield f"Meetproof {run.version}, {run.target.kind}{version}, {run.started}, {run.seconds:.1f} s{strict}."
    yield ""


def _matrix(run: Run) -> Iterator[str]:
    pairings, cells = matrix(run.sorted())
    if not cells:
        return
    yield f"| scenario | {' | '.join(pairings)} |"
    yield f"| --- |{' --- |' * len(pairings)}"
    for scenario, row in cells.items():
        counts = [
            _counted(verdict_counts(record.result.verdict for record in row.get(pairing, []))) for pairing in pairings
        ]
        yield f"| {_plain(scenario)} | {' | '.join(counts)} |"
    yield ""


def _profiles(run: Run) -> Iterator[str]:
    for profile in run.profiles:
        yield f"- profile {_plain(str(profile['name']))}: {profile_result(profile)}"
    if run.profiles:
        yield ""


def _expectations(run: Run) -> Iterator[str]:
    if run.expectations is None:
        return
    yield f"Known failures in {_code(run.expectations.file)}: {run.known} found as expected."
    yield ""
    if run.problems:
        yield from _listed("Not as expected", run.problems)


def _orphans(run: Run) -> Iterator[str]:
    if run.orphans:
        yield from _listed("Recorded of no case there is", run.orphans)


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"## {heading}"
    yield ""
    yield from (f"- {_plain(line)}" for line in lines[:_MOST_PROBLEMS])
    if len(lines) > _MOST_PROBLEMS:
        yield f"- and {len(lines) - _MOST_PROBLEMS} more"
    yield ""


def _requirement(row: RequirementRow, records: Iterable[CaseRecord], run: Run) -> Iterator[str]:
    requirement = row.requirement
    yield f"### {requirement.id}: {row.verdict.word}"
    yield ""
    yield f"{_plain(requirement.sentence)} ({requirement.level}, {requirement.tier})"
    yield ""
    yield _plain(cite(requirement, run.catalogue.rulings))
    yield ""
    told = [line for record in records for line in _failures(record, requirement.id)]
    yield from told[:_MOST]
    if len(told) > _MOST:
        yield f"- and {len(told) - _MOST} more"
    yield ""


def _failures(record: CaseRecord, requirement: str) -> Iterator[str]:
    failed = [one for one in record.checks if one.requirement == requirement and one.verdict > Verdict.SKIPPED]
    known = next((one.known for one in record.result.outcomes if one.requirement == requirement), "")
    after = f" (known: {_plain(known)})" if known else ""
    if not failed:
        yield f"- {_code(case_name(record))}: {_plain(_why(record, requirement))}{after}"
    for check in failed:
        yield f"- {_code(case_name(record))}: {_check(check)}{after}"


def _check(check: Check) -> str:
    expected = " or ".join(map(_code, check.expected))
    parts = [_plain(check.about)]
    parts += [f"expected {expected}"] if expected else []
    parts += [f"got {_code(check.actual)}"] if check.actual else []
    parts += [f"exchange {check.exchange}"] if check.exchange else []
    parts += [_code(check.path)] if check.path else []
    return ", ".join(parts)


def _why(record: CaseRecord, requirement: str) -> str:
    """The first line of why a requirement was not judged."""
    messages = (one.message for one in record.result.outcomes if one.requirement == requirement)
    return next((one.splitlines()[0] for one in (*messages, record.result.message) if one), "no reason was given")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def _left_out(count: int) -> str:
    noun = "requirement is" if count == 1 else "requirements are"
    return f"{count} more {noun} told of in index.html."


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(_short(text).split()))


def _code(text: str) -> str:
    """A value as code: between more backticks than it holds, on one line."""
    told = " ".join(_short(text).split())
    fence = "`" * (max((len(found) for found in re.findall("`+", told)), default=0) + 1)
    space = " " if told.startswith("`") or told.endswith("`") else ""
    return f"{fence}{space}{told}{space}{fence}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]} …"
