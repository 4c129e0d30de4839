"""The values of RequestServerVersion from the oldest to the newest ([MS-OXWSCDATA] RequestServerVersion)."""

from __future__ import annotations

from typing import Final

import msgspec

NAMES: Final = (
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
    "V2016_01_06",
    "V2016_04_13",
    "V2016_07_13",
    "V2016_10_10",
    "V2017_01_07",
    "V2017_04_14",
    "V2017_07_11",
)

RANKS: Final = {name: rank for rank, name in enumerate(NAMES)}
UNVERSIONED: Final = "Exchange2007"
"""How a request without the header is treated (Versioning Requests, bb856547)."""


class Version(msgspec.Struct, frozen=True, order=True, gc=False):
    """A known version; later ones are greater."""

    rank: int
    name: str

    def has(self, since: str | None) -> bool:
        """Whether something that came with ``since`` exists in this version."""
        return since is None or RANKS[since] <= self.rank


def version(name: str) -> Version | None:
    """The version of that name, or None where no server knows it."""
    return _VERSIONS.get(name)


_VERSIONS: Final = {name: Version(rank, name) for name, rank in RANKS.items()}

OLDEST: Final = _VERSIONS[NAMES[0]]
NEWEST: Final = _VERSIONS[NAMES[-1]]


class Build(msgspec.Struct, frozen=True, gc=False):
    """What ServerVersionInfo tells of the server: its build and the newest schema it speaks."""

    major: int
    minor: int
    build: int
    revision: int
    newest: Version

    @property
    def schemas(self) -> tuple[str, ...]:
        """The versions that it speaks, from the oldest on."""
        return NAMES[: self.newest.rank + 1]


def build_of(number: str, newest: str) -> Build:
    """The build written as four numbers, speaking schemas up to ``newest``. Raises ValueError for an unknown one."""
    known = version(newest)
    if known is None:
        raise ValueError(f"no version of EWS is called {newest!r}; known: {', '.join(NAMES)}")
    major, minor, build, revision = map(int, number.split("."))
    return Build(major, minor, build, revision, known)
