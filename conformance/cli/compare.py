"""``meetproof compare``: the same stories on two servers, or in two protocols of one, and what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.output import STANDARD_OUTPUT, Write, output
from conformance.cli.servers import REFERENCE, running_reference, target_asked_for

if TYPE_CHECKING:
    from conformance.comparison import Comparison, Outcome, Side
    from conformance.equivalence import Scenario
    from conformance.targets import Target

PROTOCOLS = ("ews", "graph")


def compare(
    left: Annotated[str, typer.Option(help="A target file, or `reference` for the reference server.")] = REFERENCE,
    right: Annotated[str, typer.Option(help="What to compare it with; the same, for two protocols.")] = REFERENCE,
    left_protocol: Annotated[
        str, typer.Option(metavar="ews|graph", help="What everybody on the left speaks; by default ews.")
    ] = "",
    right_protocol: Annotated[
        str,
        typer.Option(
            metavar="ews|graph",
            help="What everybody on the right speaks; by default graph on one target, on two what the left speaks.",
        ),
    ] = "",
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only scenarios of this name, such as 'answer-*'; repeatable.")
    ] = None,
    left_fault: Annotated[
        list[str] | None, typer.Option(help="Give the reference server on the left this fault; repeatable.")
    ] = None,
    right_fault: Annotated[
        list[str] | None, typer.Option(help="Give the reference server on the right this fault; repeatable.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the comparison to this file; - is standard output.")
    ] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the comparison as a page.")] = None,
) -> None:
    """Tell the same stories on two sides and compare the mailboxes they leave: the gate of a migration.

    What one protocol has and the other has not is told as a gap and is no difference. Exit code 0: the same. 1:
    different. 2: it could not be told. 64: the command line is wrong.
    """
    from conformance.comparison import Comparison, compare_sides, exit_code
    from conformance.comparison.document import summary

    chosen = _chosen(scenario or [])
    spoken = _protocols(left, right, left_protocol, right_protocol)
    faults = left_fault or [], right_fault or []
    with (
        output(json_file, "--json") as json_out,
        output(html_file, "--html") as html_out,
        _sides((left, right), spoken, faults) as sides,
    ):
        outcomes = []
        quiet = str(json_file) == STANDARD_OUTPUT
        if not quiet:
            typer.echo(f"left:  {sides[0].name}\nright: {sides[1].name}")
        for outcome in compare_sides(*sides, chosen):
            outcomes.append(outcome)
            _tell(outcome, quiet=quiet)
        comparison = Comparison(*sides, tuple(outcomes))
        _write(comparison, json_out, html_out)
    for line in () if quiet else summary(comparison):
        typer.echo(line)
    raise typer.Exit(exit_code(outcomes))


def _chosen(patterns: Sequence[str]) -> tuple[Scenario, ...]:
    from conformance.equivalence import SCENARIOS

    found = tuple(one for one in SCENARIOS if not patterns or any(fnmatchcase(one.name, each) for each in patterns))
    if not found:
        names = ", ".join(one.name for one in SCENARIOS)
        raise typer.BadParameter(f"no scenario is called so; there are: {names}", param_hint="--scenario")
    return found


def _protocols(left: str, right: str, left_protocol: str, right_protocol: str) -> tuple[str, str]:
    for option, protocol in (("--left-protocol", left_protocol), ("--right-protocol", right_protocol)):
        if protocol and protocol not in PROTOCOLS:
            raise typer.BadParameter(f"expected ews or graph, got {protocol!r}", param_hint=option)
    is_one = left == right
    ours = left_protocol or (_other(right_protocol) if right_protocol and is_one else right_protocol) or "ews"
    return ours, right_protocol or (_other(ours) if is_one else ours)


def _other(protocol: str) -> str:
    return next(one for one in PROTOCOLS if one != protocol)


@contextmanager
def _sides(
    names: tuple[str, str], protocols: tuple[str, str], faults: tuple[Sequence[str], Sequence[str]]
) -> Iterator[tuple[Side, Side]]:
    """The two sides; where the reference server is one of them, its farm runs for the length of the block."""
    from conformance.comparison import Side

    hints = ("--left", "--right")
    targets = [
        None if name == REFERENCE else target_asked_for(name, hint, protocol)
        for name, protocol, hint in zip(names, protocols, hints, strict=True)
    ]
    for target, given, hint in zip(targets, faults, hints, strict=True):
        if target is not None and given:
            raise typer.BadParameter("only the reference server can be given faults", param_hint=f"{hint}-fault")
    with running_reference("compare", needed=None in targets) as reference:
        sides = []
        for target, protocol, given, hint in zip(targets, protocols, faults, hints, strict=True):
            side = target or _with_faults(reference, given, f"{hint}-fault")
            sides.append(Side(side, protocol))
        yield sides[0], sides[1]


def _with_faults(reference: Target | None, faults: Sequence[str], hint: str) -> Target:
    from conformance.targets.farm import Farm, FarmRefused

    assert reference is not None, "its farm runs wherever it is one of the sides"
    if faults:
        farm = Farm(reference.control)
        try:
            farm.stop(farm.start(faults=faults))
        except FarmRefused as problem:
            raise typer.BadParameter(str(problem), param_hint=hint) from None
    return replace(reference, faults=frozenset(faults))


def _tell(outcome: Outcome, *, quiet: bool) -> None:
    from conformance.comparison.document import lines

    for line in () if quiet else lines(outcome):
        typer.echo(line)


def _write(comparison: Comparison, json_out: Write | None, html_out: Write | None) -> None:
    from conformance.comparison.document import document, page

    if html_out is not None:
        html_out(page(comparison))
    if json_out is not None:
        json_out(json.dumps(document(comparison), indent=1, ensure_ascii=False) + "\n")
