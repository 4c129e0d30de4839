"""What differs as lines for people and as JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from conformance.diff.outcome import Compared, exit_code
from conformance.model.words import counted
from conformance.noise import Class, Weight
from conformance.tape.diff import Difference, Place
from conformance.wire.documents import validate

FORMAT = 1


def lines(result: Compared) -> Iterator[str]:
    """What came of two recordings: each difference in words, and below it where it stands on both sides."""
    if result.problem:
        yield f"{result.name}: could not be told: {result.problem}"
    for one, weight in result.counted:
        yield f"{result.name}: {f'{weight.kind}: ' if weight else ''}{one.words}"
        is_one = one.left_at == one.right_at
        for side, place in (("left:  ", one.left_at), ("right: ", None if is_one else one.right_at)):
            if place is not None:
                operation = place.operation or one.operation
                operation = f" ({operation})" if operation else ""
                path = f": {place.path}" if place.path else ""
                yield f"    {'' if is_one else side}exchange {place.exchange}{operation}{path}"
        if weight is not None and weight.because:
            yield f"    {weight.citation}{', ' if weight.citation else ''}{weight.because}"
    for gap in result.gaps:
        yield f"{result.name}: gap: {gap.words} ({gap.source})"


def document(left: str, right: str, results: Sequence[Compared]) -> dict[str, Any]:
    """The comparison as JSON values; DocumentInvalid when they contradict ``schemas/diff.schema.json``."""
    value = {
        "tool": "meetproof",
        "format": FORMAT,
        "left": left,
        "right": right,
        "exit_code": exit_code(results),
        "recordings": [_recording(each) for each in results],
    }
    validate(value, "diff")
    return value


def summary(results: Sequence[Compared]) -> str:
    """How much there is of everything, in a line."""
    counts = (
        (len(results), "recording", ""),
        (sum(one.exchanges for one in results), "exchange", " compared"),
        (sum(len(one.differences) for one in results), "difference", _classes(results)),
        (sum(one.volatile for one in results), "volatile value", " passed over"),
    )
    told = [counted(count, thing) + more for count, thing, more in counts]
    things = sum(one.things for one in results)
    if things:
        told.insert(1, f"acts and things of two protocols compared: {things}")
    return ", ".join(told)


def _classes(results: Sequence[Compared]) -> str:
    """How many differences there are of each class, where they were weighed."""
    classes = Counter(weight.kind for one in results for weight in one.weights)
    told = [f"{classes[kind]} {kind.value}" for kind in Class if classes[kind]]
    return f" ({', '.join(told)})" if told else ""


def _recording(result: Compared) -> dict[str, Any]:
    return {
        "name": result.name,
        "verdict": result.verdict.value,
        "problem": result.problem,
        "exchanges": result.exchanges,
        "volatile": result.volatile,
        "repeats": result.repeats,
        "passed_over": result.passed_over,
        "things": result.things,
        "gaps": [asdict(gap) for gap in result.gaps],
        "differences": [difference(*each) for each in zip_longest(result.differences, result.weights)],
    }


def difference(one: Difference, weight: Weight | None) -> dict[str, Any]:
    """A difference as JSON values, with what it weighs."""
    weighed = {"class": weight.kind.value, "citation": weight.citation, "because": weight.because} if weight else {}
    return {
        "words": one.words,
        "operation": one.operation,
        "path": one.path,
        "left": _side(one.left, one.left_at),
        "right": _side(one.right, one.right_at),
        **weighed,
    }


def _side(value: Any, place: Place | None) -> dict[str, Any]:
    plain = value if isinstance(value, str | int | float | bool) or value is None else str(value)
    return {"value": plain, "exchange": place.exchange if place else 0, "path": place.path if place else ""}
