"""The comparison as one page that needs no network: what differs in words, and both sides of each exchange."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from conformance.diff.document import summary
from conformance.diff.outcome import Compared
from conformance.diff.rows import REQUEST, RESPONSE, Row, rows, sheet
from conformance.model.exchange import Exchange
from conformance.report.templates import PAGE, templates
from conformance.tape.actors import actor_of
from conformance.tape.diff import Difference
from conformance.tape.naming import IdNames
from conformance.tape.retelling import retold
from conformance.wire.operation import operation

_AROUND = 3  # lines around a marked one that stay in sight
_FOLDED = 4  # fewer lines than this are not folded away


def page(left: str, right: str, results: Sequence[Compared], sections: Iterable[str]) -> str:
    """The whole page; ``sections`` are those of the results, in their order."""
    told = [one for one in results if one.differences or one.problem or one.gaps]
    operations = {difference.operation for one in told for difference in one.differences if difference.operation}
    return _templates()[0].render(
        left=left,
        right=right,
        results=results,
        told=told,
        count=sum(len(one.differences) for one in results),
        summary=summary(results),
        operations=sorted(operations),
        classes=sorted({weight.kind.value for one in told for weight in one.weights}),
        sections=[Markup(section) for section in sections],  # noqa: S704  their template escapes
    )


def section(result: Compared, number: int) -> str:
    """What a page tells of two recordings, the ``number``-th from 1 on."""
    if not result.differences and not result.problem and not result.gaps:
        return ""
    by_pair: dict[tuple[int, int], dict[int, Difference]] = {}
    for at, one in enumerate(result.differences, start=1):
        places = tuple(place.exchange if place else 0 for place in (one.left_at, one.right_at))
        by_pair.setdefault((places[0], places[1]), {})[at] = one
    whole = by_pair.pop((0, 0), {})
    names = tuple(IdNames.of((actor_of(one), one) for one in side) for side in (result.left, result.right))
    return _templates()[1].render(
        result=result,
        number=number,
        whole=list(whole.values()),
        same=sum(1 for one, other in result.pairs if ((one or 0) + 1, (other or 0) + 1) not in by_pair),
        exchanges=(_exchange(pair, told, (result.left, result.right), names) for pair, told in sorted(by_pair.items())),
    )


@functools.cache
def _templates() -> tuple[Template, Template]:
    """The page, and the section of which it may have many."""
    environment = templates(Path(__file__).parent / "page", PAGE)
    return environment.get_template("diff.html.j2"), environment.get_template("section.html.j2")


def _exchange(
    pair: tuple[int, int],
    differences: Mapping[int, Difference],
    sides: tuple[Sequence[Exchange], Sequence[Exchange]],
    names: Sequence[IdNames],
) -> Mapping[str, Any]:
    there = [side[at - 1] if at else None for side, at in zip(sides, pair, strict=True)]
    here = there[0] or there[1]
    assert here is not None, "a difference without an exchange is told apart"
    messages = []
    for part, label in ((REQUEST, "Request"), (RESPONSE, "Answer")):
        sheets = [sheet(one, part, called) if one else None for one, called in zip(there, names, strict=True)]
        found = rows(part, sheets, differences)
        messages.append((label, list(_folds(found)), any(row.differs for row in found)))
    return {
        "left": pair[0],
        "right": pair[1],
        "operation": operation(here.request),
        "actor": actor_of(here),
        "lines": [retold(one).line if one else "" for one in there],
        "differences": differences,
        "messages": messages,
    }


def _folds(found: Sequence[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """Rows in runs: whether they may be folded away, and the rows."""
    near = {at + shift for at, row in enumerate(found) if row.differs for shift in range(-_AROUND, _AROUND + 1)} | {0}
    run: list[Row] = []
    folds = False
    for at, row in enumerate(found):
        if run and (at not in near) != folds:
            yield folds and len(run) >= _FOLDED, run
            run = []
        folds = at not in near
        run.append(row)
    if run:
        yield folds and len(run) >= _FOLDED, run
