"""Mutants that no case was seen to come upon, put to every case and to random command sequences, many in one server.

``python -m tests.meta.server.unseen`` does it for those of ``mutants.json`` and writes down which are seen after all.
What is left answers the whole corpus, and a random sequence made of each case, as the server does.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.meta.playing import playables
from tests.meta.server.commands import answers, sequence
from tests.meta.server.loading import altered_server
from tests.meta.server.playing import played
from tests.meta.server.search import Finding, find, read, write
from tests.meta.server.tables import ServerMutant, alteration, altering, tables

AT_ONCE = 250  # mutants in one server
SEEDS = 1  # random sequences made of one case


@dataclass(frozen=True, slots=True)
class Look:
    """A case, or the random sequence that a seed makes of it."""

    stem: str
    seed: int | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.stem if self.seed is None else f"{self.stem} at random {self.seed}"

    def taken(self) -> str:
        """What the server that is loaded now answers, in few letters; none where it cannot be set up."""
        try:
            said: Any = played(self.stem).said if self.seed is None else answers(self.stem, self.seed)
        except Exception:  # noqa: BLE001  whatever an altered server does before it is asked anything
            return ""
        return hashlib.sha256(repr(said).encode()).hexdigest()


def looks(stems: Sequence[str]) -> Iterator[Look]:
    """All cases, then all random sequences."""
    yield from map(Look, stems)
    yield from (Look(stem, seed) for seed in range(SEEDS) for stem in stems)


@functools.cache
def _true(look: Look) -> str:
    """What the server itself answers; ask for it outside of altered servers."""
    if look.seed is not None:
        sequence(look.stem, look.seed)  # made of what the server itself answers
    return look.taken()


def differs(look: Look, mutants: Sequence[ServerMutant]) -> bool:
    """Whether a server with these mutants in it answers otherwise than the server does."""
    true = _true(look)
    with altered_server(altering(mutants)):
        return look.taken() != true


def is_loadable(mutants: Sequence[ServerMutant]) -> bool:
    """Whether a server with all of these in it can be loaded."""
    try:
        with altered_server(altering(mutants)):
            return True
    except Exception:  # noqa: BLE001  whatever a module is made to raise
        return False


def first_guilty(mutants: Sequence[ServerMutant], is_wrong: Callable[[Sequence[ServerMutant]], bool]) -> int:
    """The place of the mutant by which it goes wrong when they are taken in one after the other; all of them do."""
    right, wrong = 0, len(mutants)
    while wrong - right > 1:
        middle = (right + wrong) // 2
        if is_wrong(mutants[:middle]):
            wrong = middle
        else:
            right = middle
    return wrong - 1


def together(mutants: Sequence[ServerMutant]) -> Iterator[list[ServerMutant]]:
    """Groups of mutants that can be in one server: of no row two, and none that makes another impossible."""
    left = list(mutants)
    while left:
        group, left = _possible(left)
        while len(group) > 1 and not is_loadable(group):
            left.append(group.pop(first_guilty(group, lambda some: not is_loadable(some))))
        yield group


def _possible(mutants: Sequence[ServerMutant]) -> tuple[list[ServerMutant], list[ServerMutant]]:
    """The first that can be made of the tables together, and the rest."""
    made: dict[str, Any] = {}
    rows: set[tuple[str, str]] = set()
    group: list[ServerMutant] = []
    rest: list[ServerMutant] = []
    for one in mutants:
        if len(group) == AT_ONCE or (one.table, one.row) in rows:
            rest.append(one)
            continue
        try:
            made[one.table] = alteration(made.get(one.table, tables()[one.table]), one).made()
        except LookupError:
            rest.append(one)
            continue
        rows.add((one.table, one.row))
        group.append(one)
    return group, rest


def seen(group: Sequence[ServerMutant], every: Sequence[Look]) -> Iterator[tuple[ServerMutant, Look]]:
    """Those of a group that answer otherwise by themselves, each with the first look that shows it.

    What differs only beside others, or can no longer be made without one that was taken out, is looked at again.
    """
    left, later, begin = list(group), list[ServerMutant](), 0
    while left and (place := _first_different(left, every, begin)) is not None:
        begin, look = place, every[place]
        one = left.pop(first_guilty(left, functools.partial(differs, look)))
        if differs(look, [one]):
            yield one, look
        else:
            later.append(one)
        left, impossible = _possible(left)
        later += impossible
    for again in together(later):
        yield from seen(again, every)


def _first_different(mutants: Sequence[ServerMutant], every: Sequence[Look], begin: int) -> int | None:
    """The place of the first look, from one on, to which a server with all these mutants in it answers otherwise."""
    for look in every[begin:]:
        _true(look)
    with altered_server(altering(mutants)):
        return next((place for place in range(begin, len(every)) if every[place].taken() != _true(every[place])), None)


def _seen(group: list[ServerMutant]) -> list[tuple[ServerMutant, Finding]]:
    """What is found of those of a group that are seen."""
    logging.disable(logging.CRITICAL)
    found = []
    for mutant, look in seen(group, list(looks(sorted(playables())))):
        finding = find(mutant, [look.stem])
        found.append((mutant, finding if finding.stem else Finding(look.name)))
    return found


def main() -> int:
    """Put all mutants that are not seen to everything, and write down which are seen."""
    known = read()
    unseen = [one for one, finding in known.items() if not finding.stem and finding.is_loadable]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as workers:
        for part in workers.map(_seen, together(unseen)):
            known.update(part)
            write(known)
    left = sum(not one.stem and one.is_loadable for one in known.values())
    sys.stdout.write(
        f"{left} of {len(unseen)} mutants answer all {len(playables())} cases, and {SEEDS} random sequence made of"
        " each, as the server does.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
