"""The forms in which one thing can be addressed below a user, each named once (Graph: event and message resources)."""

from __future__ import annotations

from typing import Final


def below(paths: tuple[str, ...], tail: str) -> tuple[str, ...]:
    """The paths that go on from these."""
    return tuple(f"{path}/{tail}" for path in paths)


CALENDAR_GROUP: Final = ("/calendarGroups/{group}",)
CALENDARS: Final = ("/calendars", *below(CALENDAR_GROUP, "calendars"))
CALENDAR: Final = ("/calendar", *below(CALENDARS, "{calendar}"))
EVENTS: Final = ("/events", *below(CALENDAR, "events"))
EVENT: Final = below(EVENTS, "{event}")
VIEWS: Final = ("/calendarView", *below(CALENDAR, "calendarView"))

FOLDERS: Final = ("/mailFolders",)
_TOP_FOLDER: Final = below(FOLDERS, "{folder}")
CHILD_FOLDERS: Final = below(_TOP_FOLDER, "childFolders")
FOLDER: Final = (*_TOP_FOLDER, *below(CHILD_FOLDERS, "{child}"))
MESSAGES: Final = ("/messages", *below(FOLDER, "messages"))
MESSAGE: Final = below(MESSAGES, "{message}")
