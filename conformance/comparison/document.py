"""A comparison as lines for people, as JSON values and as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conformance.comparison.outcome import Comparison, Outcome, Side, Verdict
from conformance.equivalence import Gap
from conformance.equivalence.comparing import At
from conformance.wire.documents import validate

SAME, DIFFERENT, UNKNOWN = 0, 1, 2
"""The exit codes of a comparison."""

FORMAT = 1
_NAMED = 6  # so many scenarios are named on one line


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 the same, 1 different, 2 it could not be told: some story was not told, or none was."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.DIFFERENT in verdicts:
        return DIFFERENT
    return UNKNOWN if Verdict.UNKNOWN in verdicts or Verdict.SAME not in verdicts else SAME


def lines(outcome: Outcome) -> Iterator[str]:
    """What came of one story: a line, and below it each difference with its two places."""
    yield f"{outcome.scenario.name}: {outcome.verdict}" + (f": {outcome.problem}" if outcome.problem else "")
    for difference in outcome.differences:
        yield f"  {difference.words}"
        for side, place in (("left", difference.left_at), ("right", difference.right_at)):
            yield f"    {side + ':':<6} {_place(place)}"


def summary(comparison: Comparison) -> Iterator[str]:
    """The gaps, each once with the stories it was met in, and how many stories came to which verdict."""
    for gap, names in _gaps(comparison.outcomes):
        yield f"gap: {gap.words} ({gap.source})"
        yield f"    in {', '.join(names) if len(names) <= _NAMED else f'{len(names)} scenarios'}"
    counts = {verdict: sum(one.verdict is verdict for one in comparison.outcomes) for verdict in Verdict}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    yield f"{len(comparison.outcomes)} scenarios: {told}"


def document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON values; DocumentInvalid when they contradict ``schemas/comparison.schema.json``."""
    value = {
        "tool": "meetproof",
        "format": FORMAT,
        "left": _side(comparison.left),
        "right": _side(comparison.right),
        "exit_code": exit_code(comparison.outcomes),
        "scenarios": [_outcome(outcome) for outcome in comparison.outcomes],
    }
    validate(value, "comparison")
    return value


def page(comparison: Comparison) -> str:
    """The comparison as an HTML document that needs neither network nor scripts."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("comparison.html.j2").render(
        comparison=comparison,
        gaps=list(_gaps(comparison.outcomes)),
        summary=list(summary(comparison))[-1],
        place=_place,
    )


def _place(place: At) -> str:
    if not place.exchange:
        return "not there"
    operation = f" ({place.operation})" if place.operation else ""
    return f"exchange {place.exchange}{operation}" + (f": {place.path}" if place.path else "")


def _gaps(outcomes: Iterable[Outcome]) -> Iterator[tuple[Gap, list[str]]]:
    found: dict[str, tuple[Gap, list[str]]] = {}
    for outcome in outcomes:
        for gap in outcome.gaps:
            found.setdefault(gap.concept, (gap, []))[1].append(outcome.scenario.name)
    return iter(found.values())


def _side(side: Side) -> dict[str, Any]:
    return {
        "target": side.target.name,
        "kind": side.target.kind.value,
        "protocol": side.protocol,
        "faults": sorted(side.target.faults),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.scenario.name,
        "sentence": outcome.scenario.sentence,
        "steps": [step.words for step in outcome.scenario.steps],
        "verdict": outcome.verdict.value,
        "problem": outcome.problem,
        "differences": [
            {
                "words": one.words,
                "mailbox": one.mailbox,
                "folder": one.folder,
                "about": one.about,
                "left": {"value": one.left, **asdict(one.left_at)},
                "right": {"value": one.right, **asdict(one.right_at)},
            }
            for one in outcome.differences
        ],
        "gaps": [asdict(gap) for gap in outcome.gaps],
    }
