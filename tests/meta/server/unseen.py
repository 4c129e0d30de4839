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
from typing import Any

from tests.meta.playing import playables
from tests.meta.server.commands import answers
from tests.meta.server.loading import altered_server
from tests.meta.server.playing import played, truth
from tests.meta.server.search import Finding, find, read, write
from tests.meta.server.tables import ServerMutant, altering

SEEDS = 1  # random sequences made of one case
ENOUGH = 2  # differing cases and sequences that are looked for

Look = Callable[[], Any]


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
        group: list[ServerMutant] = []
        later: list[ServerMutant] = []
        for one in left:
            row = (one.table, one.row)
            (later if row in {(each.table, each.row) for each in group} else group).append(one)
        group, impossible = _loadable(group)
        yield group
        left = [*later, *impossible]


def _loadable(group: list[ServerMutant]) -> tuple[list[ServerMutant], list[ServerMutant]]:
    """The largest part of a group, found by halves, that loads; and the rest."""
    if loads(group):
        return group, []
    if len(group) == 1:
        return group, []
    half = len(group) // 2
    first, rest = _loadable(group[:half])
    for one in group[half:]:
        if loads([*first, one]):
            first = [*first, one]
        else:
            rest = [*rest, one]
    return first, rest


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
    found: list[tuple[ServerMutant, str]] = []
    for stem in stems:
        for name, look, expected in _looks(stem):
            left = [one for one in group if sum(one is each for each, _ in found) < ENOUGH]
            found += [(one, name) for one in culprits(left, functools.partial(_differs, look, expected))]
    return found


def _looks(stem: str) -> Iterator[tuple[str, Look, Any]]:
    """A case and the random sequences made of it: what to call it, how to look, and what is seen of the true server."""
    yield stem, lambda: played(stem).said, truth(stem).said
    for seed in range(SEEDS):
        yield f"{stem} at random", functools.partial(answers, stem, seed), _random(stem, seed)


def _differs(look: Look, expected: Any, mutants: Sequence[ServerMutant]) -> bool:
    with altered_server(altering(mutants)):
        return bool(look() != expected)


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
