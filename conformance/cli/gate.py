"""``meetproof gate``: whether a run is worse than an earlier one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.words import counted

if TYPE_CHECKING:
    from conformance.model.verdict import Verdict
    from conformance.report.gate import Change, Changes, Judged

_NAMED = 5  # so many cases are named, of more it is told how many there are


def gate(
    baseline: Annotated[Path, typer.Option(help="The report of the run to measure by, or its folder.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The report of the run to judge, or its folder.", metavar="NEW")],
) -> None:
    """Fail on what got worse since an earlier run, and on nothing else.

    Verdicts are ordered pass, not applicable, skipped, warning, inconclusive, fail, error. Requirements are compared
    by the cases that both runs played; cases that came or went are told. Exit code 0: nothing is worse. 1: something
    is. 2: what is worse was not decided, or the runs have no case in common. 64: the command line is wrong.
    """
    from conformance.report.gate import changes

    found = changes(_read(baseline, "--baseline"), _read(new, "NEW"))
    _tell(found)
    raise typer.Exit(found.exit_code)


def _read(path: Path, hint: str) -> Judged:
    from conformance.report import ReportUnreadable, read_report
    from conformance.report.gate import judged

    try:
        return judged(read_report(path))
    except ReportUnreadable as problem:
        raise typer.BadParameter(str(problem), param_hint=hint) from None


def _tell(found: Changes) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=False)
    if found.worse:
        table = Table("what got worse", "was", "is", "in")
        for change in found.worse:
            table.add_row(change.what, change.was.word, change.now.word, _some(change.where))
        console.print(table)
    for line in (
        _moved("worse", found.worse),
        _moved("better", found.better),
        _cases("new", found.new),
        _cases("vanished", found.vanished),
        f"{counted(found.common, 'case')} in both runs",
    ):
        typer.echo(line)


def _moved(word: str, changed: Iterable[Change]) -> str:
    listed = tuple(changed)
    requirements = sum(bool(one.where) for one in listed)
    return f"{word}: {counted(requirements, 'requirement')}, {counted(len(listed) - requirements, 'case')}"


def _cases(word: str, cases: Mapping[str, Verdict]) -> str:
    told = [f"{name} ({verdict.word})" for name, verdict in sorted(cases.items(), key=lambda one: (-one[1], one[0]))]
    return f"{word}: {counted(len(told), 'case')}" + (f": {_some(told)}" if told else "")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more
