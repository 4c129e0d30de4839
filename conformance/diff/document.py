"""What differs as lines for people and as JSON values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from jsonschema import Draft202012Validator

from conformance.diff.outcome import Compared, exit_code
from conformance.noise import Class, Weight
from conformance.tape.diff import Difference, Place
from conformance.wire.schemas import folder

FORMAT = 1


class DocumentInvalid(AssertionError):
    """A document contradicts its schema: a mistake of ours."""


def lines(result: Compared) -> Iterator[str]:
    """What came of two recordings: each difference in words, and below it where it stands on both sides."""
    if result.problem:
        yield f"{result.name}: could not be told: {result.problem}"
    for difference, weight in zip_longest(result.differences, result.weights):
        if weight is not None and not weight.counts:
            continue
        yield f"{result.name}: {f'{weight.kind}: ' if weight else ''}{difference.words}"
        is_one = difference.left_at == difference.right_at
        for side, place in (("left:  ", difference.left_at), ("right: ", None if is_one else difference.right_at)):
            if place is not None:
                operation = f" ({difference.operation})" if difference.operation else ""
                path = f": {place.path}" if place.path else ""
                yield f"    {'' if is_one else side}exchange {place.exchange}{operation}{path}"
        if weight is not None and weight.because:
            yield f"    {weight.citation}, {weight.because}"


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
    schema = json.loads((folder() / "diff.schema.json").read_text(encoding="utf-8"))
    problem = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if problem is not None:
        raise DocumentInvalid(f"diff at {problem.json_path}: {problem.message}")
    return value


def summary(results: Sequence[Compared]) -> str:
    """How much there is of everything, in a line."""
    counts = (
        (len(results), "recording", ""),
        (sum(one.exchanges for one in results), "exchange", " compared"),
        (sum(len(one.differences) for one in results), "difference", _classes(results)),
        (sum(one.volatile for one in results), "volatile value", " passed over"),
    )
    return ", ".join(f"{count or 'no'} {thing}{'s' * (count != 1)}{more}" for count, thing, more in counts)


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
        "differences": [_difference(*each) for each in zip_longest(result.differences, result.weights)],
    }


def _difference(difference: Difference, weight: Weight | None) -> dict[str, Any]:
    weighed = {"class": weight.kind.value, "citation": weight.citation, "because": weight.because} if weight else {}
    return {
        "words": difference.words,
        "operation": difference.operation,
        "path": difference.path,
        "left": _side(difference.left, difference.left_at),
        "right": _side(difference.right, difference.right_at),
        **weighed,
    }


def _side(value: Any, place: Place | None) -> dict[str, Any]:
    plain = value if isinstance(value, str | int | float | bool) or value is None else str(value)
    return {"value": plain, "exchange": place.exchange if place else 0, "path": place.path if place else ""}
