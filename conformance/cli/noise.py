"""``meetproof noise``: rules for what differs between two recordings of one server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.diff import both_or_neither
from conformance.cli.output import output
from conformance.cli.ruled import rules_asked_for
from conformance.model.words import counted

LEARNED, UNKNOWN = 0, 2


def noise(
    a: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="The same, recorded again of the same server.", metavar="B")],
    rules_file: Annotated[Path, typer.Option("--rules", help="The file to propose rules in; what it has stays.")],
) -> None:
    """Propose rules for what differs between two recordings of one server: what differs there says nothing elsewhere.

    People review them: a rule is applied once its state is "accepted" and its reason says why. Exit code 0: rules
    were proposed, or there was no need. 2: something could not be read. 64: the command line is wrong.
    """
    from conformance.diff import compare_paths
    from conformance.noise.learning import proposals, with_proposals

    both_or_neither(a, b)
    known = rules_asked_for(rules_file if rules_file.exists() else None)
    before = rules_file.read_text(encoding="utf-8") if rules_file.exists() else ""
    with output(rules_file, "--rules") as out:
        assert out is not None, "the option is required"
        results = [each.without_exchanges() for each in compare_paths(a, b)]
        found = [difference for each in results for difference in each.differences]
        proposed = proposals(found, known)
        out(with_proposals(before, proposed))
    for each in proposed:
        typer.echo(f"{each.operation}: {each.path}: {' or '.join(each.shapes)}")
    whole = sum(not difference.path for difference in found)
    typer.echo(f"{counted(len(proposed), 'rule')} proposed in {rules_file}; {counted(len(known.rules), 'rule')} before")
    if whole:
        typer.echo(f"exchanges and recordings on one side only, which no rule passes over: {whole}")
    problems = [f"{each.name}: could not be told: {each.problem}" for each in results if each.problem]
    for line in problems:
        typer.echo(line)
    raise typer.Exit(UNKNOWN if problems else LEARNED)
