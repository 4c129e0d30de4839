"""Two comparisons side by side: which kinds of difference are new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.noise import Class
from conformance.tape.shapes import general, shape_of

NOTHING_NEW, NEW, UNDECIDED = 0, 1, 2
"""The exit codes of a gate."""

_PASSED: Final = frozenset(kind for kind in Class if not kind.counts)
Kind = tuple[str, ...]
"""Operation, general path, the shapes of both values, and class and citation where differences were weighed."""


@dataclass(frozen=True, slots=True)
class News:
    """What a comparison found that an earlier one did not, and the reverse; each kind with its first difference."""

    new: Mapping[Kind, Mapping[str, Any]]
    gone: Mapping[Kind, Mapping[str, Any]]
    known: int
    is_told: bool

    @property
    def exit_code(self) -> int:
        """0 nothing is new, 1 something is, 2 the later comparison could not be told."""
        if self.new:
            return NEW
        return NOTHING_NEW if self.is_told else UNDECIDED


def news(baseline: Mapping[str, Any], later: Mapping[str, Any]) -> News:
    """What is new in the document of a comparison, as ``diff.document`` writes it, since that of an earlier one."""
    before, now = dict(_kinds(baseline)), dict(_kinds(later))
    return News(
        {kind: first for kind, first in now.items() if kind not in before},
        {kind: first for kind, first in before.items() if kind not in now},
        len(now.keys() & before.keys()),
        all(recording["verdict"] != "could not tell" for recording in later["recordings"])
        and bool(later["recordings"]),
    )


def _kinds(document: Mapping[str, Any]) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    """The kinds of what counts, the last one first, so that a mapping keeps each kind's first difference."""
    found = [difference for recording in document["recordings"] for difference in recording["differences"]]
    for one in reversed(found):
        if one.get("class") not in _PASSED:
            shapes = shape_of(one["left"]["value"]), shape_of(one["right"]["value"])
            kind = one["operation"], general(one["path"]), *shapes, one.get("class", ""), one.get("citation", "")
            yield (kind, one) if one["path"] else ((*kind, one["words"]), one)
