"""How an owner arranges calendars: their colours, and the groups they are shown in (Graph: calendar, calendarGroup)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5


class CalendarColor(StrEnum):
    """The colour a calendar is shown in; AUTO as long as its owner has chosen none."""

    AUTO = "auto"
    LIGHT_BLUE = "light_blue"
    LIGHT_GREEN = "light_green"
    LIGHT_ORANGE = "light_orange"
    LIGHT_GRAY = "light_gray"
    LIGHT_YELLOW = "light_yellow"
    LIGHT_TEAL = "light_teal"
    LIGHT_PINK = "light_pink"
    LIGHT_BROWN = "light_brown"
    LIGHT_RED = "light_red"
    MAX_COLOR = "max_color"


HEX: Final[Mapping[CalendarColor, str]] = {
    CalendarColor.AUTO: "",
    CalendarColor.LIGHT_BLUE: "#a6d1f5",
    CalendarColor.LIGHT_GREEN: "#87d28e",
    CalendarColor.LIGHT_ORANGE: "#fcab73",
    CalendarColor.LIGHT_GRAY: "#c0c0c0",
    CalendarColor.LIGHT_YELLOW: "#f5f242",
    CalendarColor.LIGHT_TEAL: "#4adacc",
    CalendarColor.LIGHT_PINK: "#f08cc0",
    CalendarColor.LIGHT_BROWN: "#cba287",
    CalendarColor.LIGHT_RED: "#f88c9b",
    CalendarColor.MAX_COLOR: "",
}
"""The hexadecimal code of each colour; there is none for what is no colour of its own."""


@dataclass(frozen=True, slots=True)
class CalendarGroup:
    """A group of calendars; ``version`` counts its changes."""

    id: str  # hex digits
    name: str
    class_id: str  # a GUID
    version: int = 0


DEFAULTS: Final = (
    ("My Calendars", "0006f0b7-0000-0000-c000-000000000046"),
    ("Other Calendars", "0006f0b8-0000-0000-c000-000000000046"),
    ("People's Calendars", "0006f0b9-0000-0000-c000-000000000046"),
)
"""Name and class of the groups every mailbox is born with ([MS-OXOCFG] 2.2.9.13); calendars are in the first one."""

DEFAULT_CLASSES: Final = frozenset(class_id for _, class_id in DEFAULTS)


def default_groups(mailbox_id: str) -> tuple[CalendarGroup, ...]:
    """The groups a mailbox is born with; their ids follow from its own."""
    return tuple(
        CalendarGroup(uuid5(UUID(mailbox_id), f"calendar group {class_id}").hex, name, class_id)
        for name, class_id in DEFAULTS
    )
