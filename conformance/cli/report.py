"""``meetproof report``: make the pages, the JUnit file and the summary of a run anew from its JSON report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer


def report(
    source: Annotated[Path, typer.Argument(help="A report.json, or the folder it is in.", metavar="REPORT")],
    html: Annotated[Path | None, typer.Option(help="Write the page to this file; - is standard output.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the JUnit file to this file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the summary, in Markdown, to this file.")] = None,
    coverage: Annotated[Path | None, typer.Option(help="Write the page on Microsoft's ids to this file.")] = None,
) -> None:
    """Make index.html, junit.xml, summary.md and coverage.html beside a report anew, or only those that are named.

    Exit code 0: made. 64: there is no report, or it cannot be written to.
    """
    from conformance.report import ReportUnreadable, made_of, read_report

    try:
        run = read_report(source)
    except ReportUnreadable as problem:
        raise typer.BadParameter(str(problem), param_hint="REPORT") from None
    made = made_of(run)
    named = dict(zip(made, (html, junit, markdown, coverage), strict=True))
    folder = source if source.is_dir() else source.parent
    wanted = {name: path for name, path in named.items() if path} or {name: folder / name for name in made}
    for name, path in wanted.items():
        _write(path, made[name])


def _write(path: Path, pieces: Iterable[str]) -> None:
    from conformance.report import write_pieces

    if str(path) == "-":
        for piece in pieces:
            typer.echo(piece.encode("utf-8", "backslashreplace"), nl=False)
        return
    try:
        write_pieces(path, pieces)
    except OSError as problem:
        raise typer.BadParameter(f"{path}: {problem.strerror}") from None
    typer.echo(path)
