"""A requirement as the catalogue states it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Tier(StrEnum):
    """What a requirement rests on: a document, observed traffic, or a ruling of ours."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    RULED = "ruled"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a requirement comes from."""

    document: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence a server can meet or fail."""

    id: str
    sentence: str
    level: Level
    area: str
    tier: Tier
    sources: tuple[Source, ...]
    since: str = ""  # first schema version, EWS only
    until: str = ""  # last schema version, EWS only
    rulings: tuple[str, ...] = ()
    microsoft: tuple[str, ...] = ()  # Microsoft's own requirement ids
