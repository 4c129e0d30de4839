"""``meetproof check``: recorded traffic of any server, held to what every exchange must keep."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from conformance.cli.replay import cassette_files
from conformance.cli.words import counted

if TYPE_CHECKING:
    from conformance.passive import Finding, Seen

SAME, DIFFERENT, UNKNOWN = 0, 1, 2
_SHOWN = 3  # places shown of one requirement
_LONG = 160  # characters of a value, of a longer one its beginning


@dataclass
class Checked:
    """What has been found so far: counts, and of each requirement the first places only.

    ``write`` takes each finding as it comes, so that nothing grows with the recordings.
    """

    names: dict[str, str] = field(default_factory=dict)  # problems by cassette, "" where there was none
    exchanges: Counter[str] = field(default_factory=Counter)  # by cassette
    spoken: int = 0  # exchanges of EWS or Graph
    held: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[tuple[str, int, str, Finding]]] = field(default_factory=dict)

    def note(self, name: str, seen: Seen, finding: Finding) -> bool:
        """Count a finding; whether it is a breach."""
        from conformance.model.verdict import Verdict

        if finding.verdict is Verdict.PASS:
            self.held[finding.requirement] += 1
            return False
        self.broken[finding.requirement] += 1
        places = self.first.setdefault(finding.requirement, [])
        if len(places) < _SHOWN:
            places.append((name, seen.number, seen.operation, finding))
        return True

    @property
    def problems(self) -> dict[str, str]:
        """Why cassettes could not be told of, or not to their end."""
        return {name: problem for name, problem in self.names.items() if problem}

    @property
    def status(self) -> int:
        """The exit code."""
        if self.broken:
            return DIFFERENT
        return UNKNOWN if self.problems or not self.spoken else SAME


def check(
    cassettes: Annotated[list[Path], typer.Argument(help="Cassettes, or folders of them.", metavar="CASSETTE")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every finding to this file; - is standard output.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Hold answers to our own schemas as they stand, closed and with all that ours demand."
        ),
    ] = False,
) -> None:
    """Hold recorded exchanges to what any answer must keep: schemas, headers, and what meetings, views and ids promise.

    No server is asked. Exit code 0: nothing was found. 1: a requirement is not met. 2: it could not be told.
    """
    files = cassette_files(cassettes)
    found = Checked()
    with _written(json_file, found) as write:
        for path in files:
            _check(path, found, write, is_open=not strict)
    if str(json_file) != "-":
        for line in _words(found):
            typer.echo(line)
    raise typer.Exit(found.status)


def _check(path: Path, found: Checked, write: Any, *, is_open: bool) -> None:
    """One cassette, an exchange at a time."""
    from conformance.passive import Seen, Watch
    from conformance.tape.actors import actor_of
    from conformance.tape.cassette import CassetteError
    from conformance.tape.stream import CassetteStream
    from conformance.wire.operation import Protocol

    name, watch = str(path), Watch()
    found.names[name] = ""
    try:
        stream = CassetteStream(path)
        for number, exchange in enumerate(stream, start=1):
            # Who spoke is told by their credentials, whatever those are, where it cannot be told by name.
            actor = actor_of(exchange) or exchange.request.header("authorization") or ""
            seen = Seen(exchange, number, actor, is_open=is_open)
            found.exchanges[name] += 1
            found.spoken += seen.protocol in {Protocol.EWS, Protocol.GRAPH}
            for finding in watch.see(seen):
                if found.note(name, seen, finding):
                    write(_json(name, seen, finding))
        found.names[name] = stream.damage
    except CassetteError as problem:
        found.names[name] = str(problem)


@contextmanager
def _written(file: Path | None, found: Checked) -> Iterator[Any]:
    """A way to write findings one by one into a JSON file, whose counts come last."""
    if file is None:
        yield lambda _: None
        return
    if str(file) == "-":
        yield from _as_json(sys.stdout, found)
        return
    try:
        with file.open("w", encoding="utf-8") as out:
            yield from _as_json(out, found)
    except OSError as problem:
        raise typer.BadParameter(f"cannot be written: {problem}", param_hint="--json") from None


def _as_json(out: TextIO, found: Checked) -> Iterator[Any]:
    between = ""

    def write(value: dict[str, Any]) -> None:
        nonlocal between
        out.write(f"{between}\n{json.dumps(value, ensure_ascii=False)}")
        between = ","

    out.write('{"findings": [')
    yield write
    told = [{"name": name, "exchanges": found.exchanges[name], "problem": found.names[name]} for name in found.names]
    out.write("\n],\n")
    out.write(f'"cassettes": {json.dumps(told, ensure_ascii=False)},\n')
    out.write(f'"requirements": {json.dumps(list(_requirements(found)), ensure_ascii=False)},\n')
    out.write(f'"exit_code": {found.status}}}\n')


def _requirements(found: Checked) -> Iterator[dict[str, Any]]:
    from conformance.catalogue import cite, standard_catalogue

    catalogue = standard_catalogue()
    for identifier in sorted(found.held | found.broken):
        requirement = catalogue.requirement(identifier)
        yield {
            "id": identifier,
            "level": requirement.level.value,
            "sentence": requirement.sentence,
            "source": cite(requirement, catalogue.rulings),
            "held": found.held[identifier],
            "broken": found.broken[identifier],
        }


def _json(name: str, seen: Seen, finding: Finding) -> dict[str, Any]:
    return {
        "requirement": finding.requirement,
        "cassette": name,
        "exchange": seen.number,
        "operation": seen.operation,
        "about": finding.about,
        "expected": finding.expected,
        "actual": finding.actual,
        "path": finding.path,
    }


def _words(found: Checked) -> Iterator[str]:
    from conformance.catalogue import cite, standard_catalogue

    catalogue = standard_catalogue()
    for identifier in sorted(found.broken):
        requirement = catalogue.requirement(identifier)
        count = found.broken[identifier]
        yield f"{identifier}  {requirement.level}  {requirement.sentence}"
        yield f"    source:   {cite(requirement, catalogue.rulings)}"
        for name, number, operation, finding in found.first[identifier]:
            yield f"    where:    {name}: exchange {number} ({operation}), {finding.path}"
            yield f"    checked:  {finding.about}"
            if finding.expected:
                yield f"    expected: {_brief(finding.expected)}"
            yield f"    actual:   {_brief(finding.actual)}"
        if count > _SHOWN:
            yield f"    and {count - _SHOWN} more"
        yield ""
    for name, problem in found.problems.items():
        yield f"{name}: could not be told: {problem}"
    if not found.spoken:
        yield "There is no exchange of EWS or Graph in it."
    total = sum(found.exchanges.values())
    met = len(found.held.keys() - found.broken.keys())
    yield ", ".join(
        (
            f"{counted(total, 'exchange')} of {counted(len(found.names), 'cassette')}",
            f"{counted(met, 'requirement')} met",
            f"{counted(len(found.broken), 'requirement')} not met",
            counted(sum(found.broken.values()), "finding"),
        )
    )


def _brief(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
