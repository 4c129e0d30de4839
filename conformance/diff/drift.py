"""A recording beside one made again later: in which steps of which cases the server has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from conformance.diff.document import difference
from conformance.diff.outcome import DIFFERENT, SAME, UNKNOWN, Compared
from conformance.model.exchange import Exchange
from conformance.noise import Weight
from conformance.tape.actors import actor_of
from conformance.tape.diff import Difference
from conformance.tape.provenance import Provenance
from conformance.tape.shapes import kind_of
from conformance.wire.documents import validate
from conformance.wire.operation import operation

_PARTS: Final = "--"  # between case and pairing in the name of a case's cassette


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a case in which something changed; a step that is new has the number that it has now.

    ``case`` is the recording's name where no case was recorded; ``of`` is how many steps the case has.
    """

    case: str
    pairing: str
    number: int
    of: int
    operation: str
    actor: str
    changes: tuple[tuple[Difference, Weight | None], ...]

    @property
    def name(self) -> str:
        """The step in words."""
        pairing = f" [{self.pairing}]" if self.pairing else ""
        return f"{self.case}{pairing}, step {self.number} of {self.of}: {self.operation}" + (
            f" by {self.actor}" if self.actor else ""
        )


@dataclass(slots=True)
class Drift:
    """What changed from the recordings to those made again; only what changed is kept of them."""

    left: Provenance = field(default_factory=Provenance)
    right: Provenance = field(default_factory=Provenance)
    steps: list[Step] = field(default_factory=list)
    whole: list[tuple[str, str]] = field(default_factory=list)  # recordings on one side only, and on which
    problems: list[tuple[str, str]] = field(default_factory=list)
    compared: int = 0  # recordings that are on both sides
    exchanges: int = 0
    passed: int = 0  # differences that documents allow or people have accepted
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # steps by kind of change
    words: dict[tuple[str, str], str] = field(default_factory=dict)  # the first change of each kind

    def take(self, result: Compared) -> tuple[Step, ...]:
        """Take in what came of one recording; the steps of it in which something changed."""
        for side, exchanges in ((self.left, result.left), (self.right, result.right)):
            for exchange in exchanges:
                side.see(exchange)
        if result.problem:
            self.problems.append((result.name, result.problem))
        if any(one.left_at is None and one.right_at is None for one in result.differences):
            self.whole += [(result.name, one.words) for one in result.differences]
            return ()
        self.compared += not result.problem or bool(result.pairs)
        self.exchanges += result.exchanges
        self.passed += len(result.differences) - len(result.counted)
        found = tuple(_steps(result))
        self.steps += found
        for step in found:
            words = {kind_of(change): change.words for change, _ in reversed(step.changes)}
            self.counts.update(words.keys())
            self.words = words | self.words
        return found

    @property
    def exit_code(self) -> int:
        """0 nothing changed, 1 something did, 2 it could not be told."""
        if self.steps or self.whole:
            return DIFFERENT
        return UNKNOWN if self.problems or not self.exchanges else SAME

    def document(self, left: str, right: str) -> dict[str, Any]:
        """The drift as JSON values; DocumentInvalid when they contradict ``schemas/drift.schema.json``."""
        value = {
            "tool": "meetproof",
            "format": 1,
            "left": {"path": left, **_provenance(self.left)},
            "right": {"path": right, **_provenance(self.right)},
            "exit_code": self.exit_code,
            "recordings": self.compared,
            "exchanges": self.exchanges,
            "passed": self.passed,
            "one_sided": [{"name": name, "words": words} for name, words in self.whole],
            "problems": [{"name": name, "words": words} for name, words in self.problems],
            "steps": [_step(step) for step in self.steps],
        }
        validate(value, "drift")
        return value


def lines(step: Step) -> Iterator[str]:
    """What changed in a step."""
    yield step.name
    for change, weight in step.changes:
        yield f"    {f'{weight.kind}: ' if weight else ''}{change.words}"
        if change.path:
            yield f"        {change.path}"


def summary(drift: Drift, sides: tuple[str, str], now: datetime) -> Iterator[str]:
    """Who was recorded on each side and when, the kinds of change by how often, and how much changed."""
    for name, path, side in (("left", sides[0], drift.left), ("right", sides[1], drift.right)):
        yield f"{name}: {path}: {'; '.join(side.lines(now))}"
    yield from (": ".join(one) for one in (*drift.whole, *drift.problems))
    for kind, count in drift.counts.most_common():
        yield f"{count:>6} {'steps' if count != 1 else 'step '} {drift.words[kind]}"
        yield f"             {': '.join(kind)}"
    cases = len({(step.case, step.pairing) for step in drift.steps})
    passed = f"; passed over: {drift.passed}" if drift.passed else ""
    yield f"changed: {len(drift.steps)} of {drift.exchanges} steps in {cases} of {drift.compared} recordings{passed}"


def _steps(result: Compared) -> Iterator[Step]:
    case, _, pairing = result.name.removesuffix(".yaml").partition(_PARTS)
    by_step: dict[tuple[bool, int], list[tuple[Difference, Weight | None]]] = {}
    for one, weight in result.counted:
        by_step.setdefault((one.left_at is None, one.exchange), []).append((one, weight))
    for (is_new, number), changes in sorted(by_step.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        side = result.right if is_new else result.left
        there: Exchange = side[number - 1]
        yield Step(case, pairing, number, len(side), operation(there.request), actor_of(there), tuple(changes))


def _provenance(side: Provenance) -> Mapping[str, Any]:
    clock = ("server" if side.is_servers_clock else "recorder") if side.first else ""
    return {
        "builds": list(side.builds),
        "schemas": list(side.schemas),
        "first": side.first,
        "last": side.last,
        "clock": clock,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "case": step.case,
        "pairing": step.pairing,
        "step": step.number,
        "of": step.of,
        "operation": step.operation,
        "actor": step.actor,
        "changes": [difference(one, weight) for one, weight in step.changes],
    }
