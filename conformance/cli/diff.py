"""``meetproof diff``: what differs between two recordings, in words and by path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from conformance.cli.output import STANDARD_OUTPUT, Write, output
from conformance.cli.ruled import rules_asked_for, stale
from conformance.cli.servers import REFERENCE

if TYPE_CHECKING:
    from conformance.diff import Compared


def diff(
    a: Annotated[str, typer.Argument(help="A cassette, a folder of them, a target file, or `reference`.", metavar="A")],
    b: Annotated[str, typer.Argument(help="What to compare it with.", metavar="B")],
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
            help="Weigh differences; documented variations and this file's accepted rules do not count.",
        ),
    ] = None,
    requests: Annotated[
        list[Path] | None,
        typer.Option("--with", help="Make the requests of this cassette or folder to both targets; repeatable."),
    ] = None,
    people: Annotated[
        list[str] | None,
        typer.Option("--as", help="Who plays somebody of a recording: OLD=NEW, or NEW for all others; repeatable."),
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Of two targets: only scenarios of this name; repeatable.")
    ] = None,
) -> None:
    """Tell the meetings of two recordings, or of two live servers, apart; volatile ids are renamed consistently.

    A target file stands for a live server. Against it the requests of a recording are made again, with the server's
    ids and accounts; where the recording has a mark of its own, with another one and on days to come, and what was
    made is taken away again. Two targets are compared by the stories of meetproof compare, or --with recordings.
    Exit code 0: the same. 1: different. 2: could not be told. 64: the command line is wrong.
    """
    rules = None if rules_file is None else rules_asked_for(rules_file)
    from conformance.diff import exit_code
    from conformance.diff.document import summary

    is_live = _is_live(a), _is_live(b)
    tells_stories = all(is_live) and not requests
    for is_misplaced, words, option in (
        (requests and not all(is_live), "only two targets are compared with recordings", "--with"),
        (people and (tells_stories or not any(is_live)), "nobody is played where no recording is", "--as"),
        (scenario and not tells_stories, "only two targets without recordings tell stories", "--scenario"),
        (rules and tells_stories, "stories have no rules: give --with recordings", "--rules"),
    ):
        if is_misplaced:
            raise typer.BadParameter(words, param_hint=option)
    if tells_stories:
        _stories(a, b, scenario, json_file, html_file)
    quiet = str(json_file) == STANDARD_OUTPUT
    results: list[Compared] = []
    sections: list[str] = []
    found = _live(a, b, requests or [], people or []) if any(is_live) else _recorded(Path(a), Path(b))
    with output(json_file, "--json") as json_out, output(html_file, "--html") as html_out:
        for result in found:
            if rules is not None:
                result = result.weighed(rules)  # noqa: PLW2901  the same result, knowing more
            results.append(result.without_exchanges())
            _tell(result, quiet=quiet)
            if html_out is not None:
                from conformance.diff.page import section

                sections.append(section(result, len(results)))
        _write((a, b), results, sections, json_out, html_out)
    if not quiet:
        typer.echo(summary(results))
        for line in () if rules is None else stale(rules):
            typer.echo(line)
    raise typer.Exit(exit_code(results))


def both_or_neither(a: Path, b: Path) -> None:
    """A usage error unless both are files or both are folders."""
    for path in (a, b):
        if not path.exists():
            raise typer.BadParameter(f"no such file or folder: {path}")
    if a.is_dir() != b.is_dir():
        raise typer.BadParameter(f"expected two files or two folders, got one of each: {a} and {b}")


def _is_live(name: str) -> bool:
    path = Path(name)
    return path.suffix == ".toml" or (name == REFERENCE and not path.exists())


def _recorded(a: Path, b: Path) -> Iterator[Compared]:
    from conformance.diff import compare_paths

    both_or_neither(a, b)
    return compare_paths(a, b)


def _stories(a: str, b: str, scenario: list[str] | None, json_file: Path | None, html_file: Path | None) -> NoReturn:
    """Two targets by the stories of ``meetproof compare``, which writes its own documents."""
    from conformance.cli.compare import compare

    compare(a, b, scenario=scenario, json_file=json_file, html_file=html_file)
    raise AssertionError("compare ends with an exit code")


def _live(a: str, b: str, requests: list[Path], people: list[str]) -> Iterator[Compared]:
    """Recordings against one target, or against two."""
    from conformance.cli.replay import cassette_files
    from conformance.cli.servers import running_reference, target_asked_for
    from conformance.diff.files import read_recordings
    from conformance.diff.live import compare_live
    from conformance.diff.people import given_people

    files = requests or [Path(name) for name in (a, b) if not _is_live(name)]
    cassette_files(files)  # a usage error for what is not there
    targets = [target_asked_for(name, "A, B") if _is_live(name) and name != REFERENCE else None for name in (a, b)]
    told: set[str] = set()

    def tell(words: str) -> None:
        if words not in told:
            typer.echo(f"meetproof diff: {words}", err=True)
        told.add(words)

    is_reference = [_is_live(name) and target is None for name, target in zip((a, b), targets, strict=True)]
    with running_reference("diff", needed=any(is_reference)) as reference:
        left, right = (
            reference if is_asked else target for is_asked, target in zip(is_reference, targets, strict=True)
        )
        yield from compare_live(read_recordings(files), (left, right), given_people(people), tell)


def _tell(result: Compared, *, quiet: bool) -> None:
    from conformance.diff.document import lines

    for line in () if quiet else lines(result):
        typer.echo(line)


def _write(
    names: tuple[str, str],
    results: list[Compared],
    sections: list[str],
    json_out: Write | None,
    html_out: Write | None,
) -> None:
    from conformance.diff.document import document
    from conformance.diff.page import page

    if html_out is not None:
        html_out(page(*names, results, sections))
    if json_out is not None:
        json_out(json.dumps(document(*names, results), indent=1, ensure_ascii=False) + "\n")
