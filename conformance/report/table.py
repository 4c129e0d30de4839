"""The summary at the end of a run: scenarios down, pairings across, verdicts in the cells."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from conformance.model.record import CaseRecord
from conformance.model.verdict import Verdict
from conformance.report.run import Run, case_name, profile_result, requirement_rows, verdict_counts, warnings_of

_NAMED = 5  # so many other cases are named with a warning

STYLES = {
    Verdict.PASS: "green",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.SKIPPED: "yellow",
    Verdict.WARNING: "bold yellow",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}


def matrix(records: Iterable[CaseRecord]) -> tuple[tuple[str, ...], dict[str, dict[str, list[CaseRecord]]]]:
    """The pairings that occur, and the records by scenario and pairing."""
    cells: dict[str, dict[str, list[CaseRecord]]] = {}
    for record in records:
        cells.setdefault(record.result.scenario, {}).setdefault(record.result.pairing, []).append(record)
    return tuple(sorted({pairing for row in cells.values() for pairing in row})), cells


def text(run: Run, *, width: int = 100, colour: bool = False) -> str:
    """The table, the profiles and the count of requirements, for a terminal."""
    written = io.StringIO()
    console = Console(file=written, width=width, force_terminal=colour, color_system="standard" if colour else None)
    console.print(f"{run.target.name}: cases by scenario and pairing (organizer-attendee)", highlight=False)
    console.print(_table(run))
    for profile in run.profiles:
        console.print(f"profile {profile['name']}: {profile_result(profile)}", highlight=False)
    if run.expectations is not None:
        console.print(f"known failures: {run.known} as in {run.expectations.file}", highlight=False, markup=False)
        for problem in run.problems:
            console.print(f"not as expected: {problem}", highlight=False, markup=False)
    for orphan in run.orphans:
        console.print(f"recorded of no case there is: {orphan}", highlight=False, markup=False)
    rows = requirement_rows(run)
    counts = _counted(verdict_counts(row.verdict for row in rows))
    noun = "requirement" if len(rows) == 1 else "requirements"
    console.print(Text.assemble(f"{len(rows)} {noun}: ", counts), highlight=False)
    return written.getvalue()


def warnings(run: Run) -> str:
    """What is not as it SHOULD be, for a terminal: each requirement as its first case found it, and the other cases."""
    told = []
    for cases in warnings_of(run).values():
        others = ", ".join(case_name(record) for record, _ in cases[1 : _NAMED + 1])
        more = f" and {len(cases) - 1 - _NAMED} more" if len(cases) > _NAMED + 1 else ""
        also = f"\n  also in:  {others}{more}" if others else ""
        told.append(f"{case_name(cases[0][0])}\n{cases[0][1].message}{also}")
    return "\n\n".join(told)


def _table(run: Run) -> Table:
    pairings, cells = matrix(run.sorted())
    longest = max((len(scenario) for scenario in cells), default=0)
    table = Table(Column("scenario", no_wrap=True, min_width=longest), *pairings)
    for scenario, row in cells.items():
        table.add_row(scenario, *(_cell(row.get(pairing, [])) for pairing in pairings))
    return table


def _cell(records: list[CaseRecord]) -> Text:
    if not records:
        return Text("")
    return _counted(verdict_counts(record.result.verdict for record in records))


def _counted(counts: dict[str, int]) -> Text:
    styles = {verdict.word: style for verdict, style in STYLES.items()}
    parts = [(f"{count} {word}", styles[word]) for word, count in counts.items() if count]
    return Text(", ").join(Text(words, style) for words, style in parts)
