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


class Kind(StrEnum):
    """Whether a requirement rests on the protocol, or on what a product does with the room that the protocol leaves."""

    PROTOCOL = "protocol"
    PRODUCT = "product"


class Role(StrEnum):
    """Whose request, message or mailbox a requirement speaks of; ``SERVER`` is the service itself, whoever asks."""

    ORGANIZER = "organizer"
    ATTENDEE = "attendee"
    DELEGATE = "delegate"
    RESOURCE = "resource"
    ANY = "any"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a requirement comes from; ``anchor`` is an address of its own, where the document's does not lead there."""

    document: str
    section: str = ""
    anchor: str = ""


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
    kind: Kind = Kind.PROTOCOL
    role: Role = Role.ANY
    needs: tuple[str, ...] = ()  # features without which a server is not held to it
    waiver: str = ""  # why no case and no check looks at it
