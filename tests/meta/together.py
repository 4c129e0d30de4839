"""Altered answers that turn a requirement red together with others, where nothing was found that turns it red alone.

``python -m tests.meta.together`` looks for them, for requirements that say the same as an id of Microsoft's list, and
writes ``together.json`` anew; what it has and still holds is kept. It looks at the exchanges that the case looks at.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from conformance.catalogue import standard_catalogue
from conformance.client.playback import TapeTransport
from conformance.model.verdict import Verdict
from conformance.passive import passive_requirements
from conformance.suites.stage import Stage, target_of_head
from conformance.tape.cassette import Cassette
from tests.meta.mutants import Mutant, exchanged, mutants
from tests.meta.playing import altered, performed, playables, tape

TABLE = Path(__file__).with_name("together.json")
ALONE = Path(__file__).with_name("mutations.json")
SEEN = Path(__file__).with_name("seen_mutations.json")
FAULTS = Path(__file__).with_name("named_faults.json")
_STEMS = 3  # tapes that are looked into for one requirement, the shortest first
_TRIES = 400  # alterations of one tape


def known_rows(table: Path = TABLE) -> dict[str, Mutant]:
    """A table of alterations, by requirement."""
    rows = json.loads(table.read_text(encoding="utf-8"))
    return {row.pop("red"): Mutant(**row) for row in rows}


def red_otherwise() -> frozenset[str]:
    """The requirements that an altered answer turns red alone, or a named fault of the server."""
    faults = json.loads(FAULTS.read_text(encoding="utf-8"))
    by_faults = {red for found in faults.values() for reds in found.values() for red in reds}
    on_any_exchange = {row["red"] for row in json.loads(SEEN.read_text(encoding="utf-8"))}
    return frozenset(known_rows(ALONE).keys() | on_any_exchange | by_faults)


def wanted() -> dict[str, list[str]]:
    """The requirements to look for, with the tapes of cases that verify them."""
    found: dict[str, list[str]] = {}
    other = red_otherwise() | passive_requirements()
    for stem, playable in playables().items():
        for identifier in playable.case.verifies:
            if standard_catalogue().requirement(identifier).microsoft and identifier not in other:
                found.setdefault(identifier, []).append(stem)
    return found


def reds(mutant: Mutant) -> frozenset[str]:
    """What the case itself finds unmet on the altered tape."""
    return _played(mutant.stem, altered(tape(mutant.stem), mutant.exchange, mutant.applied))[0]


def find(requirement: str, stems: list[str]) -> Mutant | None:
    """The first alteration found that turns a requirement red."""
    for stem in sorted(stems, key=lambda one: len(tape(one).exchanges))[:_STEMS]:
        _, places = _played(stem, tape(stem))
        for tries, mutant in enumerate(_nearest(stem, places.get(requirement, set()))):
            if tries == _TRIES:
                break
            if requirement in reds(mutant):
                return mutant
    return None


def main() -> int:
    """Look for every requirement that is wanted and not known, and write the table."""
    looked = wanted()
    known = {one: mutant for one, mutant in known_rows().items() if one in looked and mutant.stem in playables()}
    kept = {one: mutant for one, mutant in known.items() if _holds(one, mutant)}
    missing = [one for one in looked if one not in kept]
    with ProcessPoolExecutor() as workers:
        found = zip(missing, workers.map(find, missing, [looked[each] for each in missing]), strict=True)
        kept |= {one: mutant for one, mutant in found if mutant is not None}
    rows = [{"red": one, **asdict(mutant)} for one, mutant in sorted(kept.items())]
    TABLE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} of {len(looked)} are turned red; not {sorted(looked.keys() - kept.keys())}.\n")
    return 0


def _holds(requirement: str, mutant: Mutant) -> bool:
    try:
        return requirement in reds(mutant)
    except LookupError:
        return False


def _played(stem: str, cassette: Cassette) -> tuple[frozenset[str], dict[str, set[int]]]:
    """The requirements that a case finds unmet on a tape, and at which exchanges it looks for each."""
    playable = playables()[stem]
    head = cassette.head
    target = target_of_head(head, Path(stem))
    scene, _ = performed(
        playable, Stage(TapeTransport(cassette), target, head["variables"], recorded=stem, replayed=True)
    )
    places: dict[str, set[int]] = {}
    for check in scene.ledger.checks:
        places.setdefault(check.requirement, set()).add(check.exchange)
    return frozenset(one.requirement for one in scene.ledger.checks if one.verdict is Verdict.FAIL), places


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
