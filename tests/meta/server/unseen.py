"""Mutants that no case comes upon, put to the whole corpus and to random command sequences, many in one server.

``python -m tests.meta.server.unseen`` does it for those of ``mutants.json``, which takes hours, and writes down which
are seen after all.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.meta.playing import playables
from tests.meta.server.commands import answers
from tests.meta.server.loading import altered_server
from tests.meta.server.playing import played, truth
from tests.meta.server.search import Finding, find, read, write
from tests.meta.server.tables import ServerMutant, altering

SEEDS = 1  # random sequences made of one case
ENOUGH = 2  # differing cases and sequences that are looked for


@functools.cache
def _random(stem: str, seed: int) -> Any:
    return answers(stem, seed)


def loads(mutants: Sequence[ServerMutant]) -> bool:
    """Whether a server with all of these in it can be loaded."""
    try:
        with altered_server(altering(mutants)):
            return True
    except Exception:  # noqa: BLE001  whatever a module is made to raise
        return False


def together(mutants: Sequence[ServerMutant]) -> Iterator[list[ServerMutant]]:
    """Groups of mutants that can be in one server: of no row two, and none that makes another impossible."""
    left = list(mutants)
    while left:
        rows = {(one.table, one.row): one for one in reversed(left)}
        group = _loading(list(rows.values()))
        yield group
        left = [one for one in left if one not in group]


def _loading(mutants: list[ServerMutant]) -> list[ServerMutant]:
    """As many of some mutants as load in one server, found by halves."""
    if len(mutants) == 1 or loads(mutants):
        return mutants
    half = len(mutants) // 2
    return _grown(_loading(mutants[:half]), _loading(mutants[half:]))


def _grown(group: list[ServerMutant], more: list[ServerMutant]) -> list[ServerMutant]:
    """A group with as many more as still load with it."""
    if loads([*group, *more]):
        return [*group, *more]
    if len(more) == 1:
        return group
    half = len(more) // 2
    return _grown(_grown(group, more[:half]), more[half:])


def culprits(group: Sequence[ServerMutant], differs: Callable[[Sequence[ServerMutant]], bool]) -> list[ServerMutant]:
    """Those of a group that make the difference by themselves, found by halves."""
    if not group or not differs(group):
        return []
    if len(group) == 1:
        return list(group)
    half = len(group) // 2
    return culprits(group[:half], differs) + culprits(group[half:], differs)


def seen(work: tuple[list[ServerMutant], list[str]]) -> list[tuple[ServerMutant, str]]:
    """Those of a group that answer some cases, or random sequences made of them, otherwise; with those cases."""
    logging.disable(logging.CRITICAL)
    group, stems = work
    looks = [each for stem in stems for each in _looks(stem)]
    with altered_server(altering(group)):
        others = [each for each in looks if each.is_other()]
    found: list[tuple[ServerMutant, str]] = []
    for each in others:
        left = [one for one in group if sum(one is another for another, _ in found) < ENOUGH]
        found += [(one, each.name) for one in culprits(left, each.differs)]
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """A case, or a random sequence made of it: what to call it, how to look, and what is seen of the true server."""

    name: str
    see: Callable[[], Any]
    expected: Any

    def is_other(self) -> bool:
        """Whether the server that is loaded now is seen to be another."""
        try:
            return bool(self.see() != self.expected)
        except Exception:  # noqa: BLE001  a server that cannot be made
            return True

    def differs(self, mutants: Sequence[ServerMutant]) -> bool:
        """Whether a server with these mutants is."""
        with altered_server(altering(mutants)):
            return self.is_other()


def _looks(stem: str) -> Iterator[_Look]:
    yield _Look(stem, lambda: played(stem).said, truth(stem).said)
    for seed in range(SEEDS):
        yield _Look(f"{stem} at random", functools.partial(answers, stem, seed), _random(stem, seed))


def _judged(mutant: ServerMutant, names: Sequence[str]) -> Finding:
    """What is found of a mutant by the cases that it answers otherwise."""
    finding = find(mutant, [name for name in names if " " not in name])
    return finding if finding.stem else Finding(names[0])


def main() -> int:
    """Put all mutants that are not seen to everything, and write down which are seen."""
    known = read()
    unseen = [one for one, finding in known.items() if not finding.stem and finding.is_loadable]
    stems, workers = sorted(playables()), os.cpu_count() or 1
    with ProcessPoolExecutor() as pool:
        work = [(group, stems[start::workers]) for group in together(unseen) for start in range(workers)]
        for part in pool.map(seen, work):
            for mutant in dict.fromkeys(one for one, _ in part):
                if not known[mutant].is_found:
                    known[mutant] = _judged(mutant, [name for one, name in part if one == mutant])
            write(known)
    left = sum(not one.stem and one.is_loadable for one in known.values())
    sys.stdout.write(f"{len(unseen) - left} of {len(unseen)} are seen after all.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
