"""Rules proposed from what differs between two recordings of one server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.model.toml import toml_value
from conformance.noise.rules import Rules, State
from conformance.tape.diff import Difference
from conformance.tape.shapes import SHAPES, kind_of, shape_of

HEAD: Final = """\
# What differs between two recordings of one server and says nothing. A rule is applied once somebody who knows why has
# said so in its reason and set its state to "accepted"; a "rejected" one is not proposed again. The star stands for any
# text in operation and path, and shapes are what the values look like on either side.
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that nobody has looked at, by the differences that it was learned from."""

    operation: str
    path: str
    seen: tuple[Difference, ...]

    @property
    def shapes(self) -> tuple[str, ...]:
        """What the values look like, in the order of ``SHAPES``."""
        found = {shape_of(value) for each in self.seen for value in (each.left, each.right)}
        return tuple(shape for shape in SHAPES if shape in found)

    def toml(self) -> str:
        """The rule as it stands in a file, the first difference above it."""
        times = f" ({len(self.seen)} times)" if len(self.seen) > 1 else ""
        return (
            f"\n# {_comment(self.seen[0].words)}{times}\n[[rule]]\noperation = {toml_value(self.operation)}\n"
            f"path = {toml_value(self.path)}\nshapes = {toml_value(self.shapes)}\n"
            f'state = "{State.PROPOSED}"\nreason = ""\n'
        )


def proposals(found: Iterable[Difference], known: Rules) -> tuple[Proposal, ...]:
    """A rule for each kind of difference of which no rule is known; exchanges that one side lacks are no noise."""
    by_kind: dict[tuple[str, str], list[Difference]] = {}
    for each in found:
        if each.path and not known.knows(each):
            by_kind.setdefault(kind_of(each), []).append(each)
    return tuple(Proposal(*kind, tuple(seen)) for kind, seen in by_kind.items())


def with_proposals(text: str, proposed: Sequence[Proposal]) -> str:
    """A rule file's text with more rules at its end; what people wrote in it stays to the letter."""
    before = text if not text or text.endswith("\n") else f"{text}\n"
    return (before or HEAD) + "".join(each.toml() for each in proposed)


def _comment(words: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in words)
