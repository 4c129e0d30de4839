"""``meetproof drift``: what a server has changed since its cassettes were recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.diff import both_or_neither
from conformance.cli.output import STANDARD_OUTPUT, output
from conformance.cli.ruled import rules_asked_for, stale


def drift(
    cassettes: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.", metavar="CASSETTES")],
    against: Annotated[Path, typer.Option(help="The same, recorded again.")],
    rules_file: Annotated[
        Path | None, typer.Option("--rules", help="Pass over what falls under this file's accepted rules.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the drift to this file; - is standard output.")
    ] = None,
) -> None:
    """Tell by case and step what changed from cassettes (left) to ones recorded again (right).

    For each side its server's builds, its schema versions and its age are told, as the exchanges have them. What
    documents allow to vary, such as the number of the build, is only counted. Exit code 0: nothing changed. 1:
    something did. 2: it could not be told. 64: the command line is wrong.
    """
    from conformance.diff import compare_paths
    from conformance.diff.drift import Drift, lines, summary

    both_or_neither(cassettes, against)
    rules = rules_asked_for(rules_file)
    quiet = str(json_file) == STANDARD_OUTPUT
    found = Drift()
    with output(json_file, "--json") as out:
        for result in compare_paths(cassettes, against):
            for step in found.take(result.weighed(rules)):
                for line in () if quiet else lines(step):
                    typer.echo(line)
        if out is not None:
            out(json.dumps(found.document(str(cassettes), str(against)), indent=1, ensure_ascii=False) + "\n")
    for line in () if quiet else (*summary(found, (str(cassettes), str(against)), datetime.now(UTC)), *stale(rules)):
        typer.echo(line)
    raise typer.Exit(found.exit_code)
