"""Look for a case that finds each mutant of the server, and write down which requirements it finds unmet.

``python -m tests.meta.server.search`` makes ``mutants.json`` anew; the tests beside it hold it. With PATTERN..., such
as ``domain.*``, only mutants of tables whose names match are played, and what is known of the others is kept.
``--open`` plays only those of which nothing is known, and those that a case comes upon and none finds.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.meta.playing import playables
from tests.meta.server.loading import altered_server
from tests.meta.server.playing import Played, played, truth, watched
from tests.meta.server.reach import Reads, reads, row_words, within_reach
from tests.meta.server.tables import ServerMutant, altering, is_listed, kinds, mutants
from tests.meta.tables import said

TABLE = Path(__file__).with_name("mutants.json")
_MOST = 30  # cases that are played for one mutant
_MORE = 3  # cases that are played for one that speaks of the row, after one that finds the mutant and does not
_LIKELY = 4  # cases that are played first: those that found other rows of the table
_WATCHED = 6  # cases that answer otherwise, and find nothing themselves, put to the checks of every exchange
_BEST = 5  # what a case shows of a mutant at the most: requirements unmet, in words that speak of the row
_ENDLESS = 2  # cases that are played of a server that goes round in circles


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a mutant: the case that finds it and the requirements that this finds unmet.

    ``undecided`` are those that it cannot decide, where it finds none unmet: the server refused what it did not use to.
    ``stem`` alone is a case that is answered otherwise. Without one, the likeliest cases, at most ``_MOST``, are
    answered alike: that nobody can see the mutant is for ``unseen`` to show.
    """

    stem: str = ""
    reds: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    is_loadable: bool = True

    @property
    def is_found(self) -> bool:
        """Whether a case does not pass any more."""
        return bool(self.reds or self.undecided)


def find(mutant: ServerMutant, stems: Sequence[str]) -> Finding:
    """Play cases in their order until one finds the mutant and says of what row."""
    chosen = list(dict.fromkeys(stems))[:_MOST]
    expected = {stem: truth(stem) for stem in chosen}
    best, rank = Finding(), 0
    tries, endless = _MORE, 0
    others: list[str] = []
    try:
        with altered_server(altering([mutant])):
            for stem in chosen:
                now = played(stem)
                endless += not now.is_over
                one, value = _judged(mutant, stem, now, expected[stem])
                if value > rank:
                    best, rank = one, value
                if value == 1:
                    others.append(stem)
                tries -= rank > 1
                if rank == _BEST or tries == 0 or endless == _ENDLESS:
                    break
            for stem in others[:_WATCHED] if rank == 1 else ():
                if reds := watched(stem).reds:
                    return Finding(stem, tuple(sorted(reds)))
            return best
    except Exception:  # noqa: BLE001  the altered modules cannot be loaded
        return Finding(is_loadable=False)


def _judged(mutant: ServerMutant, stem: str, now: Played, true: Played) -> tuple[Finding, int]:
    """What one case shows of a mutant, and how much that says."""
    undecided = dict(now.undecided).keys() - dict(true.undecided).keys()
    if now.told:
        return Finding(stem, tuple(sorted(now.reds))), _BEST if speaks(mutant, now.told) else 3
    if undecided:
        return Finding(stem, (), tuple(sorted(undecided))), 4 if speaks(mutant, now.undecided) else 2
    return Finding(stem), int(now.said != true.said)


def speaks(mutant: ServerMutant, told: Iterable[tuple[str, str]]) -> bool:
    """Whether what a case tells speaks of the mutant's row: by one of its words, where it has any."""
    spoken = row_words(mutant)
    return not spoken or any(word in text for word in spoken for _, text in told)


_reads: dict[str, Mapping[str, AbstractSet[str]]] = {}  # in a worker, which cases read which rows


_before: dict[ServerMutant, Finding] = {}  # in a worker, what was known when it began


def _begin(known: Reads) -> None:
    logging.disable(logging.CRITICAL)
    _reads.update(known)
    _before.update(read())


_finders: dict[str, list[str]] = {}  # of each table's mutants, the cases that found them, the latest first


def _find(mutant: ServerMutant) -> Finding:
    stems, before = within_reach(mutant, _reads), _finders.setdefault(mutant.table, [])
    again = _before.get(mutant, Finding()).stem.partition(" ")[0]  # what a random sequence was made of, too
    likely = [stem for stem in before[:_LIKELY] if stem in set(stems)]
    finding = find(mutant, [*([again] if again in playables() else []), *likely, *stems])
    if finding.is_found:
        before[:] = [finding.stem, *(stem for stem in before if stem != finding.stem)]
    return finding


def read() -> dict[ServerMutant, Finding]:
    """What is known."""
    rows = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else []
    known = {}
    for row in rows:
        mutant = ServerMutant(row.pop("table"), row.pop("row"), row.pop("change"))
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        known[mutant] = Finding(**told)
    return known


def write(known: Mapping[ServerMutant, Finding]) -> None:
    """Write down what is known."""
    rows = [json.dumps(said(mutant) | said(finding)) for mutant, finding in sorted(known.items())]
    TABLE.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def _is_wanted(finding: Finding | None, arguments: Sequence[str]) -> bool:
    """Whether a mutant of which this is known is to be played."""
    is_open = finding is None or bool(finding.stem and not finding.is_found)
    return is_open or "--open" not in arguments


def main(arguments: list[str]) -> int:
    """Play all mutants, or those that were asked for, and write the table."""
    patterns = [one for one in arguments if not one.startswith("--")] or ["*"]
    known = read()
    every = [mutant for table in kinds() for mutant in mutants(table)]
    chosen = [one for one in every if is_listed(one.table, patterns) and _is_wanted(known.get(one), arguments)]
    findings = {one: known[one] for one in every if one in known}
    rows = reads() if chosen else {}
    with ProcessPoolExecutor(initializer=_begin, initargs=(rows,)) as workers:
        for number, (mutant, finding) in enumerate(zip(chosen, workers.map(_find, chosen, chunksize=4), strict=True)):
            findings[mutant] = finding
            if number % 50 == 0:
                write(findings)
    write(findings)
    killed = sum(one.is_found for one in findings.values())
    seen = sum(bool(one.stem) for one in findings.values())
    sys.stdout.write(f"{killed} of {seen} mutants that are seen in {len(playables())} cases are found.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
