"""The report's files in their folder."""

from __future__ import annotations

from pathlib import Path

from conformance.report import document, html, junit
from conformance.report.run import Run


def write_report(run: Run, folder: Path) -> None:
    """Write ``report.json``, ``junit.xml`` and ``index.html`` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in (
        ("report.json", document.text(run)),
        ("junit.xml", junit.text(run)),
        ("index.html", html.text(run)),
    ):
        (folder / name).write_text(words, encoding="utf-8")
