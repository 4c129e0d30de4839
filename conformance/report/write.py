"""The report's files in their folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from conformance.report import document, html, junit, markdown
from conformance.report.run import Run

REPORT, HTML, JUNIT, MARKDOWN = "report.json", "index.html", "junit.xml", "summary.md"


def write_report(run: Run, folder: Path) -> None:
    """Write the report and all that is made of it into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    write_pieces(folder / REPORT, document.pieces(run))
    for name, pieces in made_of(run).items():
        write_pieces(folder / name, pieces)


def made_of(run: Run) -> Mapping[str, Iterable[str]]:
    """What is made of a report, by the names of its files, in pieces."""
    return {HTML: html.pieces(run), JUNIT: (junit.text(run),), MARKDOWN: (markdown.text(run),)}


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a text piece by piece; halves of surrogate pairs, which no file can hold, as escapes."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(pieces)
