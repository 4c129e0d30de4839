"""The roles in which a calendar is shared: names for a level of rights together with being a delegate.

A role is read off the entry of the folder and the owner's delegates, so what one protocol sets the other tells. Source:
Graph calendarPermission, calendarRoleType.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reference_impl.domain.delegation import Delegate
from reference_impl.domain.permissions import LEVELS, Level, Rights, level_of


class Role(StrEnum):
    """What somebody may do with a calendar."""

    NONE = "none"
    FREE_BUSY = "free_busy"
    LIMITED = "limited"
    READ = "read"
    WRITE = "write"
    DELEGATE = "delegate"
    DELEGATE_SEEING_PRIVATE = "delegate_seeing_private"
    CUSTOM = "custom"  # rights that no role stands for


_LEVEL_OF: Final[Mapping[Role, Level]] = {
    Role.NONE: Level.NONE,
    Role.FREE_BUSY: Level.TIME_ONLY,
    Role.LIMITED: Level.TIME_SUBJECT_LOCATION,
    Role.READ: Level.REVIEWER,
    Role.WRITE: Level.EDITOR,
    Role.DELEGATE: Level.EDITOR,
    Role.DELEGATE_SEEING_PRIVATE: Level.EDITOR,
}
_ROLE_OF: Final[Mapping[Level, Role]] = {
    level: role for role, level in _LEVEL_OF.items() if role not in {Role.DELEGATE, Role.DELEGATE_SEEING_PRIVATE}
}

DELEGATING: Final = frozenset({Role.DELEGATE, Role.DELEGATE_SEEING_PRIVATE})
"""The roles of those who act in the owner's name."""

OUTSIDE: Final = (Role.FREE_BUSY, Role.LIMITED, Role.READ)
"""What people of elsewhere can be given."""
INSIDE: Final = (*OUTSIDE, Role.WRITE)
"""What people of the owner's organization can be given in a calendar that is not the default one, and lists in any."""
DELEGABLE: Final = (*INSIDE, Role.DELEGATE, Role.DELEGATE_SEEING_PRIVATE)
"""What they can be given in the default calendar."""
EVERYBODY: Final = (Role.NONE, *INSIDE)
"""What the whole organization can be given."""


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a calendar as a role; ``user`` is the key of an address or permissions.DEFAULT."""

    user: str
    role: Role
    allowed: tuple[Role, ...]
    is_inside: bool


def rights_of(role: Role) -> Rights:
    """The entry of a role, which is not CUSTOM."""
    return LEVELS[_LEVEL_OF[role]]


def role_of(rights: Rights, delegate: Delegate | None) -> Role:
    """The role that somebody with these rights has, who is a delegate of the owner or is not."""
    level = level_of(rights)
    if delegate is not None and level is Level.EDITOR:
        return Role.DELEGATE_SEEING_PRIVATE if delegate.views_private else Role.DELEGATE
    return _ROLE_OF.get(level, Role.CUSTOM)
