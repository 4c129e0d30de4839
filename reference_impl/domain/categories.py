"""The categories an owner keeps a list of, each with a colour (Graph: outlookCategory)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

COLORS: Final = 25
"""How many colours there are, numbered from 0."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category of the list; the colour is None where it has none."""

    id: str  # a GUID
    name: str
    color: int | None = None

    @property
    def key(self) -> str:
        """The name as compared: case does not count."""
        return self.name.casefold()


_DEFAULTS: Final = (
    ("Red category", 0),
    ("Orange category", 1),
    ("Yellow category", 3),
    ("Green category", 4),
    ("Blue category", 7),
    ("Purple category", 8),
)


def default_categories(mailbox_id: str) -> tuple[Category, ...]:
    """The list a mailbox is born with; the ids follow from its own."""
    return tuple(Category(str(uuid5(UUID(mailbox_id), f"category {name}")), name, color) for name, color in _DEFAULTS)
