"""Altered answers that turn a requirement red together with others, where nothing was found that turns it red alone.

``python -m tests.meta.together`` looks for them, for requirements that say the same as an id of Microsoft's list, and
writes ``together.json`` anew; what it has and still holds is kept. It looks at the exchanges that the case looks at.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from conformance.catalogue import standard_catalogue
from conformance.passive import passive_requirements
from tests.meta.mutants import Mutant, exchanged, mutants
from tests.meta.playing import checks, playables, tape
from tests.meta.tables import read_rows, write_rows

TABLE = Path(__file__).with_name("together.json")
ALONE = Path(__file__).with_name("mutations.json")
SEEN = Path(__file__).with_name("seen_mutations.json")
FAULTS = Path(__file__).with_name("named_faults.json")
_STEMS = 3  # tapes that are looked into for one requirement, the shortest first
_TRIES = 400  # alterations of one tape


def red_otherwise() -> frozenset[str]:
    """The requirements that an altered answer turns red alone, or a named fault of the server."""
    faults = json.loads(FAULTS.read_text(encoding="utf-8"))
    by_faults = {red for found in faults.values() for reds in found.values() for red in reds}
    return frozenset(read_rows(ALONE, Mutant).keys() | read_rows(SEEN, dict).keys() | by_faults)


def wanted() -> dict[str, list[str]]:
    """The requirements to look for, with the tapes of cases that verify them."""
    found: dict[str, list[str]] = {}
    other = red_otherwise() | passive_requirements()
    for stem, playable in playables().items():
        for identifier in playable.case.verifies:
            if standard_catalogue().requirement(identifier).microsoft and identifier not in other:
                found.setdefault(identifier, []).append(stem)
    return found


def find(requirement: str, stems: list[str]) -> Mutant | None:
    """The first alteration found that turns a requirement red."""
    for stem in sorted(stems, key=lambda one: len(tape(one).exchanges))[:_STEMS]:
        places = {one.exchange for one in checks(stem) if one.requirement == requirement}
        for tries, mutant in enumerate(_nearest(stem, places)):
            if tries == _TRIES:
                break
            if requirement in mutant.own_reds():
                return mutant
    return None


def main() -> int:
    """Look for every requirement that is wanted and not known, and write the table."""
    looked = wanted()
    known = {
        one: mutant for one, mutant in read_rows(TABLE, Mutant).items() if one in looked and mutant.stem in playables()
    }
    kept = {one: mutant for one, mutant in known.items() if _holds(one, mutant)}
    missing = [one for one in looked if one not in kept]
    with ProcessPoolExecutor() as workers:
        found = zip(missing, workers.map(find, missing, [looked[each] for each in missing]), strict=True)
        kept |= {one: mutant for one, mutant in found if mutant is not None}
    write_rows(TABLE, kept)
    sys.stdout.write(f"{len(kept)} of {len(looked)} are turned red; not {sorted(looked.keys() - kept.keys())}.\n")
    return 0


def _holds(requirement: str, mutant: Mutant) -> bool:
    try:
        return requirement in mutant.own_reds()
    except LookupError:
        return False


def _nearest(stem: str, numbers: set[int]) -> Iterator[Mutant]:
    """The alterations of the exchanges that are looked at, then answers for one another, then the other alterations."""
    found = list(mutants(stem))
    near = [one for one in found if one.exchange in numbers]
    yield from near[: _TRIES // 2]
    yield from exchanged(stem)
    yield from near[_TRIES // 2 :]
    yield from (one for one in reversed(found) if one.exchange not in numbers)


if __name__ == "__main__":
    sys.exit(main())
