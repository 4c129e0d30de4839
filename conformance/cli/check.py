"""``meetproof check``: recorded traffic of any server, held to what every exchange must keep."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conformance.cli import EXIT_USAGE
from conformance.cli.output import STANDARD_OUTPUT, Write, output
from conformance.cli.replay import cassette_files
from conformance.model.words import counted

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from conformance.cli.checking import Told
    from conformance.passive import Finding

SAME, DIFFERENT, UNKNOWN = 0, 1, 2
_SHOWN = 3  # places shown of one requirement
_LONG = 160  # characters of a value, of a longer one its beginning


@dataclass
class Checked:
    """What has been found so far: counts, and of each requirement the first places only.

    Each finding is written as it comes, so that nothing grows with the recordings.
    """

    names: dict[str, str] = field(default_factory=dict)  # problems by cassette, "" where there was none
    exchanges: Counter[str] = field(default_factory=Counter)  # by cassette
    spoken: int = 0  # exchanges of EWS or Graph
    held: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[tuple[str, int, str, Finding]]] = field(default_factory=dict)

    def breach(self, name: str, number: int, operation: str, finding: Finding) -> None:
        """Count a requirement that is not met."""
        self.broken[finding.requirement] += 1
        places = self.first.setdefault(finding.requirement, [])
        if len(places) < _SHOWN:
            places.append((name, number, operation, finding))

    def told(self, name: str, told: Told) -> None:
        """Add what the check of one cassette has to say beside its breaches."""
        self.names[name] = told.problem
        self.exchanges[name] += told.exchanges
        self.spoken += told.spoken
        self.held += told.held

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
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that check; 0: as many as there are processors, where it is worth it.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(help="Have a Dask cluster check whose workers see the same files, such as tcp://host:8786.")
    ] = "",
) -> None:
    """Hold recorded exchanges to what any answer must keep: schemas, headers, and what meetings, views and ids promise.

    No server is asked. What is found does not depend on who checks. Exit code 0: nothing was found. 1: a requirement is
    not met. 2: it could not be told. 64: the command line is wrong.
    """
    files = cassette_files(cassettes)
    found = Checked()
    with _executor(files, workers, scheduler) as given, _written(json_file, found) as write:
        _check(files, found, write, given, is_open=not strict)
    if str(json_file) != STANDARD_OUTPUT:
        for line in _words(found):
            typer.echo(line)
    raise typer.Exit(found.status)


def _check(
    files: Sequence[Path], found: Checked, write: Any, given: tuple[Executor, int] | None, *, is_open: bool
) -> None:
    """Every cassette in turn, by workers where there are some."""
    from conformance.cli.checking import check_cassette, outcomes

    def breach(name: str, number: int, operation: str, finding: Finding) -> None:
        found.breach(name, number, operation, finding)
        write(_json(name, number, operation, finding))

    if given is None:
        for path in files:
            found.told(str(path), check_cassette(path, partial(breach, str(path)), is_open=is_open))
        return
    for path, told, breaches in outcomes(files, *given, is_open=is_open):
        for each in breaches:
            breach(str(path), *each)
        found.told(str(path), told)


@contextmanager
def _executor(files: Sequence[Path], workers: int, scheduler: str) -> Iterator[tuple[Executor, int] | None]:
    """Who checks, and how many at once; ``None`` where it is done here."""
    from conformance.cli.checking import processes, workers_for

    if scheduler:
        with _cluster(scheduler) as given:
            yield given
        return
    count = workers_for(files, workers)
    if count == 1:
        yield None
        return
    from conformance.passive import Watch

    Watch()  # reads what workers need before they are forked
    with processes(count) as executor:
        yield executor, count


@contextmanager
def _cluster(scheduler: str) -> Iterator[tuple[Executor, int]]:
    from conformance.cli.checking import cluster

    with ExitStack() as stack:
        try:
            given = stack.enter_context(cluster(scheduler))
        except ModuleNotFoundError as missing:
            typer.echo(f"meetproof check --scheduler needs {missing.name}: pip install 'meetproof[dask]'", err=True)
            raise typer.Exit(EXIT_USAGE) from None
        except (OSError, ValueError) as problem:
            raise typer.BadParameter(f"no scheduler at {scheduler}: {problem}", param_hint="--scheduler") from None
        yield given


@contextmanager
def _written(file: Path | None, found: Checked) -> Iterator[Any]:
    """A way to write findings one by one into a JSON file, whose counts come last."""
    with output(file, "--json") as out:
        if out is None:
            yield lambda _: None
        else:
            yield from _as_json(out, found)


def _as_json(out: Write, found: Checked) -> Iterator[Any]:
    between = ""

    def write(value: dict[str, Any]) -> None:
        nonlocal between
        out(f"{between}\n{json.dumps(value, ensure_ascii=False)}")
        between = ","

    out('{"findings": [')
    yield write
    told = [{"name": name, "exchanges": found.exchanges[name], "problem": found.names[name]} for name in found.names]
    out("\n],\n")
    out(f'"cassettes": {json.dumps(told, ensure_ascii=False)},\n')
    out(f'"requirements": {json.dumps(list(_requirements(found)), ensure_ascii=False)},\n')
    out(f'"exit_code": {found.status}}}\n')


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


def _json(name: str, number: int, operation: str, finding: Finding) -> dict[str, Any]:
    return {
        "requirement": finding.requirement,
        "cassette": name,
        "exchange": number,
        "operation": operation,
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
