"""Rule files: the differences that say nothing of one server, each with its reason and with who stands for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from conformance.model.toml import read_text, tables
from conformance.tape.diff import Difference
from conformance.tape.shapes import SHAPES, kind_of, shape_of


class State(StrEnum):
    """What became of a rule; only an accepted one is applied, and a rejected one is not proposed again."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RulesInvalid(ValueError):
    """A rule file cannot be used; the message says what is wrong, where, and what is expected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Differences that say nothing: those of an operation at a path whose values have one of the shapes on either side.

    ``*`` in ``operation`` and ``path`` stands for any text; numbers of entries are left out of the path.
    """

    operation: str
    path: str
    shapes: frozenset[str]
    state: State = State.PROPOSED
    reason: str = ""

    def fits(self, found: Difference) -> bool:
        """Whether a difference is one of them."""
        operation, path = kind_of(found)
        return (
            matches(self.operation, operation)
            and matches(self.path, path)
            and {shape_of(found.left), shape_of(found.right)} <= self.shapes
        )


@dataclass(slots=True)
class Rules:
    """The rules of a file, and which of the accepted ones have been of use."""

    rules: tuple[Rule, ...] = ()
    _used: set[Rule] = field(default_factory=set)

    def accepted(self, found: Difference) -> Rule | None:
        """The accepted rule that a difference falls under."""
        fitting = next((one for one in self.rules if one.state is State.ACCEPTED and one.fits(found)), None)
        if fitting is not None:
            self._used.add(fitting)
        return fitting

    def knows(self, found: Difference) -> bool:
        """Whether there is a rule for a difference already, in whatever state."""
        return any(one.fits(found) for one in self.rules)

    @property
    def stale(self) -> tuple[Rule, ...]:
        """The accepted rules that no difference has fallen under."""
        return tuple(one for one in self.rules if one.state is State.ACCEPTED and one not in self._used)


NO_RULES: Final = Rules()


def read_rules(path: Path) -> Rules:
    """The rules of a TOML file; RulesInvalid with file and rule when it cannot be used."""
    return rules_of(read_text(path, RulesInvalid), path.name)


def rules_of(text: str, file: str) -> Rules:
    """The rules of a file's text."""
    return Rules(tuple(_rules(tables(text, file, "rule", RulesInvalid), file)))


_TEXTS: Final = ("operation", "path", "state", "reason")


def _rules(rows: Sequence[dict[str, Any]], file: str) -> Iterator[Rule]:
    for number, row in enumerate(rows, start=1):
        at = f"{file}: rule {number}"
        for key in row.keys() - {*_TEXTS, "shapes"}:
            raise RulesInvalid(f"{at}: {key!r} is unknown; expected one of {', '.join((*_TEXTS, 'shapes'))}.")
        for key in _TEXTS:
            if not isinstance(row.get(key), str):
                raise RulesInvalid(f"{at}: {key} must be a string, got {row.get(key)!r}.")
        shapes = row.get("shapes")
        if not isinstance(shapes, list) or not shapes or any(each not in SHAPES for each in shapes):
            raise RulesInvalid(f"{at}: shapes must be a list of some of {', '.join(SHAPES)}, got {shapes!r}.")
        if row["state"] not in set(State):
            raise RulesInvalid(f"{at}: state must be one of {', '.join(State)}, got {row['state']!r}.")
        if not row["path"]:
            raise RulesInvalid(f"{at}: path must say where; an exchange that one side lacks is no noise.")
        if row["state"] == State.ACCEPTED and not row["reason"].strip():
            raise RulesInvalid(f"{at}: reason must say why the difference says nothing: who accepts a rule knows.")
        yield Rule(row["operation"], row["path"], frozenset(shapes), State(row["state"]), row["reason"])


def matches(pattern: str, text: str) -> bool:
    """Whether a text is the pattern, in which ``*`` stands for any text."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
