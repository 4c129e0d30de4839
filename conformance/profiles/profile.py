"""Profiles read from TOML, and what a run says of one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from conformance.model.verdict import Verdict


class ProfileInvalid(ValueError):
    """A profile file breaks a rule; the message names the file and the key."""


class UnknownProfile(LookupError):
    """There is no profile of this name; the message lists those there are."""


class Played(NamedTuple):
    """A case in one pairing, and the scenario it belongs to."""

    case: str
    pairing: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Cases by scenario or by glob over their ids, in these pairings; no pairings means all."""

    scenarios: frozenset[str] = frozenset()
    cases: tuple[str, ...] = ()
    pairings: frozenset[str] = frozenset()

    def holds(self, played: Played) -> bool:
        """Whether a case in its pairing is selected."""
        if self.pairings and played.pairing not in self.pairings:
            return False
        return played.scenario in self.scenarios or any(fnmatchcase(played.case, glob) for glob in self.cases)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of cases."""

    name: str
    title: str
    core: Selection
    extended: Selection

    def holds(self, played: Played) -> bool:
        """Whether a case in its pairing belongs to the profile."""
        return self.core.holds(played) or self.extended.holds(played)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run says of a profile: its result in a word, and how many cases came to which verdict."""

    name: str
    title: str
    result: str
    core: Mapping[str, int]
    extended: Mapping[str, int]


NOT_RUN = "not run"

# The result of a profile is that of the first row one of whose verdicts occurs among the core cases.
_RESULTS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({Verdict.FAIL.word}), "not conformant"),
    (frozenset({Verdict.ERROR.word, Verdict.INCONCLUSIVE.word}), "undecided"),
    (frozenset({Verdict.SKIPPED.word, NOT_RUN}), "partial"),
    (frozenset({Verdict.PASS.word, Verdict.WARNING.word}), "conformant"),
)


def judge_profile(profile: Profile, known: Iterable[Played], verdicts: Mapping[tuple[str, str], Verdict]) -> Coverage:
    """What the verdicts of a run, by case and pairing, say of a profile; ``known`` are all cases there are."""
    core: dict[str, int] = {}
    extended: dict[str, int] = {}
    for played in known:
        counts = core if profile.core.holds(played) else extended if profile.extended.holds(played) else None
        if counts is not None:
            verdict = verdicts.get((played.case, played.pairing))
            word = NOT_RUN if verdict is None else verdict.word
            counts[word] = counts.get(word, 0) + 1
    result = next((result for words, result in _RESULTS if words & core.keys()), "not applicable")
    return Coverage(profile.name, profile.title, result, core, extended)


def standard_profiles() -> tuple[Profile, ...]:
    """The profiles of this package, by name."""
    return tuple(read_profile(path) for path in sorted(Path(__file__).parent.glob("*.toml")))


def find_profile(name: str, profiles: Sequence[Profile]) -> Profile:
    """The profile of a name; UnknownProfile when there is none."""
    for profile in profiles:
        if profile.name == name:
            return profile
    raise UnknownProfile(f"There is no profile {name!r}; there are: {', '.join(one.name for one in profiles)}.")


def read_profile(path: Path) -> Profile:
    """The profile in a TOML file, named by the file; ProfileInvalid when it breaks a rule."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise ProfileInvalid(f"{path.name}: is not TOML: {problem}.") from None
    for key in document.keys() - {"title", "core", "extended"}:
        raise ProfileInvalid(f"{path.name}: {key!r} is unknown; expected title, core or extended.")
    title = document.get("title")
    if not isinstance(title, str) or not title:
        raise ProfileInvalid(f"{path.name}: title must be a string, got {title!r}.")
    return Profile(
        path.stem, title, _selection(path.name, document, "core"), _selection(path.name, document, "extended")
    )


def _selection(file: str, document: Mapping[str, Any], name: str) -> Selection:
    table = document.get(name, {})
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in table.items():
        if key not in {"scenarios", "cases", "pairings"}:
            raise ProfileInvalid(f"{file}: {name}.{key} is unknown; expected scenarios, cases or pairings.")
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ProfileInvalid(f"{file}: {name}.{key} must be a list of strings, got {value!r}.")
        lists[key] = tuple(value)
    return Selection(
        frozenset(lists.get("scenarios", ())), lists.get("cases", ()), frozenset(lists.get("pairings", ()))
    )
