"""``meetproof diff``: what differs between two recordings, in words and by path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conformance.diff import Compared
    from conformance.noise import Rules


def diff(
    a: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="The cassette or folder to compare it with.", metavar="B")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the differences to this file; - is standard output.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page that shows both sides, with what differs marked.")
    ] = None,
    rules_file: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            help="Weigh differences; documented variations and those of this file's accepted rules are the same.",
        ),
    ] = None,
) -> None:
    """Tell two recordings' meetings apart; volatile ids are renamed consistently first.

    Exit code 0: the same. 1: different. 2: could not be told. 64: the command line is wrong.
    """
    rules = None if rules_file is None else rules_asked_for(rules_file)
    both_or_neither(a, b)
    from conformance.diff import compare_paths, exit_code
    from conformance.diff.document import summary

    quiet = str(json_file) == "-"
    results: list[Compared] = []
    sections: list[str] = []
    for result in compare_paths(a, b):
        if rules is not None:
            result = result.weighed(rules)  # noqa: PLW2901  the same result, knowing more
        results.append(result.without_exchanges())
        _tell(result, quiet=quiet)
        if html_file is not None:
            from conformance.diff.page import section

            sections.append(section(result, len(results)))
    _write((str(a), str(b)), results, sections, json_file, html_file)
    if not quiet:
        typer.echo(summary(results))
        for line in stale(rules):
            typer.echo(line)
    raise typer.Exit(exit_code(results))


def both_or_neither(a: Path, b: Path) -> None:
    """A usage error unless both are files or both are folders."""
    for path in (a, b):
        if not path.exists():
            raise typer.BadParameter(f"no such file or folder: {path}")
    if a.is_dir() != b.is_dir():
        raise typer.BadParameter(f"expected two files or two folders, got one of each: {a} and {b}")


def rules_asked_for(path: Path) -> Rules:
    """The rules of a file; a usage error for one that cannot be used."""
    from conformance.noise import RulesInvalid, read_rules

    try:
        return read_rules(path)
    except RulesInvalid as problem:
        raise typer.BadParameter(str(problem), param_hint="--rules") from None


def stale(rules: Rules | None) -> Iterator[str]:
    """The accepted rules that were of no use, in lines."""
    for rule in () if rules is None else rules.stale:
        yield f"stale rule, no difference fell under it: {rule.operation}: {rule.path}"


def _tell(result: Compared, *, quiet: bool) -> None:
    from conformance.diff.document import lines

    for line in () if quiet else lines(result):
        typer.echo(line)


def _write(
    names: tuple[str, str],
    results: list[Compared],
    sections: list[str],
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    from conformance.diff.document import document
    from conformance.diff.page import page

    try:
        if html_file is not None:
            html_file.write_text(page(*names, results, sections), encoding="utf-8")
        if json_file is None:
            return
        text = json.dumps(document(*names, results), indent=1, ensure_ascii=False)
        if str(json_file) == "-":
            typer.echo(text)
        else:
            json_file.write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise typer.BadParameter(f"the file cannot be written: {problem}", param_hint="--json, --html") from None
