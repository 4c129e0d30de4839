"""``meetproof diff``: what differs between two recordings, in words and by path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conformance.cli.words import counted

if TYPE_CHECKING:
    from conformance.tape.diff import Difference

SAME, DIFFERENT, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Compared:
    """Two cassettes of one name, and what came of comparing them; ``problem`` says why that could not be told."""

    name: str
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    exchanges: int = 0
    volatile: int = 0


def diff(
    a: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="The cassette or folder to compare it with.", metavar="B")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the differences to this file; - is standard output.")
    ] = None,
) -> None:
    """Tell two recordings' meetings apart; volatile ids are renamed consistently first.

    Exit code 0: the same. 1: different. 2: could not be told.
    """
    for path in (a, b):
        if not path.exists():
            raise typer.BadParameter(f"no such file or folder: {path}")
    if a.is_dir() != b.is_dir():
        raise typer.BadParameter(f"expected two files or two folders, got one of each: {a} and {b}")
    results = list(_compared(a, b))
    if json_file is not None:
        text = json.dumps({"left": str(a), "right": str(b), "cassettes": [_json(each) for each in results]}, indent=2)
        if str(json_file) == "-":
            typer.echo(text)
        else:
            json_file.write_text(text + "\n", encoding="utf-8")
    if str(json_file) != "-":
        for line in _words(results):
            typer.echo(line)
    raise typer.Exit(_status(results))


def _compared(a: Path, b: Path) -> Iterator[Compared]:
    from conformance.tape.diff import Difference

    if a.is_file():
        yield _compare_files(a.name if a.name == b.name else f"{a.name} and {b.name}", a, b)
        return
    left, right = ({path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")} for folder in (a, b))
    if not left and not right:
        yield Compared("", problem=f"no cassette (*.yaml) in {a} nor in {b}")
    for name in sorted(left | right):
        if name not in right:
            yield Compared(name, (Difference("", "present", "absent", f"only in {a}", "", None, None),))
        elif name not in left:
            yield Compared(name, (Difference("", "absent", "present", f"only in {b}", "", None, None),))
        else:
            yield _compare_files(name, left[name], right[name])


def _compare_files(name: str, a: Path, b: Path) -> Compared:
    from conformance.proxy.moving import moved, origin_of
    from conformance.tape.cassette import CassetteError, read_cassette
    from conformance.tape.diff import study

    try:
        left, right = read_cassette(a), read_cassette(b)
        one, other = left.exchanges, right.exchanges
        # Where a server stood is no difference between meetings.
        if one and (home := origin_of(one[0].request.url)) is not None:
            one, other = moved(one, home), moved(other, home)
        found = study(one, other, _drawn(left.head, right.head))
    except CassetteError as problem:
        return Compared(name, problem=str(problem))
    damage = "; ".join(told for told in (left.damage, right.damage) if told)
    return Compared(name, found.differences, damage, found.compared, found.volatile)


def _drawn(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The variables that two recordings drew, those that both know: what one alone names stands in both as it is."""
    ours, theirs = (head.get("variables") or {} for head in (left, right))
    shared = ours.keys() & theirs.keys()
    return {name: ours[name] for name in shared}, {name: theirs[name] for name in shared}


def _words(results: list[Compared]) -> Iterator[str]:
    for result in results:
        if result.problem:
            yield f"{result.name}: could not be told: {result.problem}"
        for difference in result.differences:
            yield f"{result.name}: {difference.words}"
            if difference.path:
                yield f"    exchange {difference.exchange}: {difference.path}"
    yield ", ".join(
        (
            counted(len(results), "cassette"),
            counted(sum(result.exchanges for result in results), "exchange") + " compared",
            counted(sum(len(result.differences) for result in results), "difference"),
            counted(sum(result.volatile for result in results), "volatile value") + " passed over",
        )
    )


def _status(results: list[Compared]) -> int:
    if any(result.differences for result in results):
        return DIFFERENT
    return UNKNOWN if any(result.problem for result in results) else SAME


def _json(result: Compared) -> dict[str, Any]:
    return {
        "name": result.name,
        "problem": result.problem,
        "exchanges": result.exchanges,
        "volatile": result.volatile,
        "differences": [
            {
                "words": each.words,
                "path": each.path,
                "exchange": each.exchange,
                "left": _plain(each.left),
                "right": _plain(each.right),
            }
            for each in result.differences
        ],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
