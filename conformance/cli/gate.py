"""``meetproof gate``: whether a run is worse than an earlier one, or a comparison has something new."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conformance.model.words import counted

if TYPE_CHECKING:
    from conformance.model.verdict import Verdict
    from conformance.report.gate import Change, Changes, Judged

_NAMED = 5  # so many cases are named, of more it is told how many there are


def gate(
    baseline: Annotated[
        Path, typer.Option(help="The report of the run to measure by, or its folder; or a diff.", metavar="OLD")
    ],
    new: Annotated[
        Path, typer.Argument(help="The report of the run to judge, or its folder; or a diff.", metavar="NEW")
    ],
) -> None:
    """Fail on what got worse since an earlier run, and on nothing else.

    Verdicts are ordered pass, not applicable, skipped, warning, inconclusive, fail, error. Requirements are compared
    by the cases that both runs played; cases that came or went are told. Exit code 0: nothing is worse. 1: something
    is. 2: what is worse was not decided, or the runs have no case in common. 64: the command line is wrong.

    Of two files of meetproof diff --json it fails on kinds of difference that the old one has not: of another operation
    or place, between values that look otherwise, or of another class. 2: the new one could not be told.
    """
    differences = _differences(baseline), _differences(new)
    if differences[0] is not None or differences[1] is not None:
        raise typer.Exit(_tell_news(*(_diff(*each) for each in zip(differences, ("--baseline", "NEW"), strict=True))))
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


def _differences(path: Path) -> dict[str, Any] | None:
    """The document of a comparison; None where the file is none."""
    try:
        value = json.loads(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "recordings" in value else None


def _diff(value: dict[str, Any] | None, hint: str) -> dict[str, Any]:
    """A document as ``meetproof diff`` writes it; a usage error for another one."""
    from conformance.wire.documents import DocumentInvalid, validate

    if value is None:
        raise typer.BadParameter("expected a file of meetproof diff --json, as the other one is", param_hint=hint)
    try:
        validate(value, "diff")
    except DocumentInvalid as problem:
        raise typer.BadParameter(f"expected a file of meetproof diff --json: {problem}", param_hint=hint) from None
    return value


def _tell_news(baseline: dict[str, Any], later: dict[str, Any]) -> int:
    from conformance.diff.gate import news

    found = news(baseline, later)
    for word, kinds in (("new", found.new), ("gone", found.gone)):
        for one in kinds.values():
            kind = f"{one['class']}: " if "class" in one else ""
            typer.echo(f"{word}: {kind}{one['words']}")
            typer.echo(f"    {one['operation']}: {one['path']}")
    gone, new = len(found.gone), len(found.new)
    typer.echo(f"kinds of difference: {new or 'none'} new, {gone or 'none'} gone, {found.known or 'none'} known")
    return found.exit_code


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
