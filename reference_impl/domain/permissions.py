"""Who may do what in a folder: rights, the levels that name usual sets of rights, and the entries of people.

Sources: [MS-OXCPERM] 2.2.7 and 3.2.5, [MS-OXWSFOLD] 2.2.4.7 and 2.2.5, [MS-OXWSMTGS] 2.2.5.4 and 2.2.5.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

DEFAULT: Final = "default"
"""The user of the entry for everybody who has no entry."""
ANONYMOUS: Final = "anonymous"
"""The user of the entry for those who do not say who they are; nobody asks like that here."""


class FreeBusyAccess(StrEnum):
    """How much somebody reads of what is in a folder, from least to most; the middle two are calendars' alone."""

    NONE = "none"
    TIME_ONLY = "time_only"
    TIME_SUBJECT_LOCATION = "time_subject_location"
    FULL = "full"


class Extent(StrEnum):
    """Which items of a folder a right covers, from least to most."""

    NONE = "none"
    OWNED = "owned"  # those that the user made
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What one user may do in one folder."""

    creates_items: bool = False
    creates_folders: bool = False
    is_owner: bool = False  # may change, move and delete the folder itself, its permissions included
    is_visible: bool = False
    is_contact: bool = False  # only ever shown
    edits: Extent = Extent.NONE
    deletes: Extent = Extent.NONE
    reads: FreeBusyAccess = FreeBusyAccess.NONE

    def covers(self, extent: Extent, *, is_own: bool) -> bool:
        """Whether a right of this extent covers an item, told whether the user made it."""
        return extent is Extent.ALL or (extent is Extent.OWNED and is_own)


class Level(StrEnum):
    """The names of usual sets of rights."""

    NONE = "none"
    TIME_ONLY = "time_only"
    TIME_SUBJECT_LOCATION = "time_subject_location"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    NONEDITING_AUTHOR = "nonediting_author"
    AUTHOR = "author"
    PUBLISHING_AUTHOR = "publishing_author"
    EDITOR = "editor"
    PUBLISHING_EDITOR = "publishing_editor"
    OWNER = "owner"
    CUSTOM = "custom"  # any other set


_REVIEWER: Final = Rights(is_visible=True, reads=FreeBusyAccess.FULL)
_NONEDITING_AUTHOR: Final = replace(_REVIEWER, creates_items=True, deletes=Extent.OWNED)
_AUTHOR: Final = replace(_NONEDITING_AUTHOR, edits=Extent.OWNED)
_EDITOR: Final = replace(_AUTHOR, edits=Extent.ALL, deletes=Extent.ALL)
_PUBLISHING_EDITOR: Final = replace(_EDITOR, creates_folders=True)

LEVELS: Final[Mapping[Level, Rights]] = {
    Level.NONE: Rights(),
    Level.TIME_ONLY: Rights(reads=FreeBusyAccess.TIME_ONLY),
    Level.TIME_SUBJECT_LOCATION: Rights(reads=FreeBusyAccess.TIME_SUBJECT_LOCATION),
    Level.CONTRIBUTOR: Rights(is_visible=True, creates_items=True),
    Level.REVIEWER: _REVIEWER,
    Level.NONEDITING_AUTHOR: _NONEDITING_AUTHOR,
    Level.AUTHOR: _AUTHOR,
    Level.PUBLISHING_AUTHOR: replace(_AUTHOR, creates_folders=True),
    Level.EDITOR: _EDITOR,
    Level.PUBLISHING_EDITOR: _PUBLISHING_EDITOR,
    Level.OWNER: replace(_PUBLISHING_EDITOR, is_owner=True, is_contact=True),
}
"""Every level but CUSTOM, from least to most."""

FULL: Final = LEVELS[Level.OWNER]
"""What everybody may do in the own mailbox."""

CALENDAR_ONLY: Final = frozenset({Level.TIME_ONLY, Level.TIME_SUBJECT_LOCATION})
"""The levels that only calendars have."""

_NAMES: Final = {rights: level for level, rights in LEVELS.items()}


def level_of(rights: Rights) -> Level:
    """The level that names exactly these rights."""
    return _NAMES.get(rights, Level.CUSTOM)


@dataclass(frozen=True, slots=True)
class Permission:
    """One entry of a folder; the user is the key of an address, DEFAULT or ANONYMOUS."""

    user: str
    rights: Rights


def merged(several: Iterable[Rights]) -> Rights:
    """What somebody may do to whom several entries apply: whatever any of them allows."""
    found = Rights()
    for rights in several:
        found = Rights(
            creates_items=found.creates_items or rights.creates_items,
            creates_folders=found.creates_folders or rights.creates_folders,
            is_owner=found.is_owner or rights.is_owner,
            is_visible=found.is_visible or rights.is_visible,
            is_contact=found.is_contact or rights.is_contact,
            edits=max(found.edits, rights.edits, key=_EXTENTS.index),
            deletes=max(found.deletes, rights.deletes, key=_EXTENTS.index),
            reads=max(found.reads, rights.reads, key=_READING.index),
        )
    return found


_EXTENTS: Final = tuple(Extent)
_READING: Final = tuple(FreeBusyAccess)


CLOSED: Final = (Permission(DEFAULT, Rights()), Permission(ANONYMOUS, Rights()))
"""The entries of a folder that is closed to everybody else."""


def completed(entries: Iterable[Permission], present: Iterable[Permission]) -> tuple[Permission, ...]:
    """Entries that take the place of the present ones: everybody's is kept unless it is among them.

    Default and Anonymous come first. Source: [MS-OXCPERM] 2.2.2.1, ReplaceRows.
    """
    given = {entry.user: entry.rights for entry in entries}
    before = {entry.user: entry.rights for entry in present}
    reserved = {
        DEFAULT: given.pop(DEFAULT, before.get(DEFAULT, Rights())),
        ANONYMOUS: given.pop(ANONYMOUS, Rights()),
    }
    return tuple(Permission(user, rights) for user, rights in (*reserved.items(), *given.items()))


def outside_calendars(permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    """The entries as they are in a folder that is no calendar: who reads times alone reads nothing there."""
    return tuple(
        permission
        if permission.rights.reads in {FreeBusyAccess.NONE, FreeBusyAccess.FULL}
        else replace(permission, rights=replace(permission.rights, reads=FreeBusyAccess.NONE))
        for permission in permissions
    )
