"""The report's files in their folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from conformance.catalogue import standard_catalogue
from conformance.report import coverage, document, html, junit, markdown
from conformance.report.run import Run, requirement_rows

REPORT = "report.json"
HTML, JUNIT, MARKDOWN, COVERAGE = "index.html", "junit.xml", "summary.md", "coverage.html"


def write_report(run: Run, folder: Path) -> None:
    """Write the report and all that is made of it into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    write_pieces(folder / REPORT, document.pieces(run))
    for name, pieces in made_of(run).items():
        write_pieces(folder / name, pieces)


def made_of(run: Run) -> Mapping[str, Iterable[str]]:
    """What is made of a report, by the names of its files, in pieces."""
    return {
        HTML: html.pieces(run),
        JUNIT: (junit.text(run),),
        MARKDOWN: (markdown.text(run),),
        COVERAGE: _coverage(run),
    }


def _coverage(run: Run) -> Iterator[str]:
    catalogue = standard_catalogue()  # a run that was read knows only of what it judged
    verdicts = {row.requirement.id: row.verdict.word for row in requirement_rows(run)}
    yield coverage.as_html(coverage.coverage(catalogue, verdicts), catalogue)


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a text piece by piece; halves of surrogate pairs, which no file can hold, as escapes."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(pieces)
