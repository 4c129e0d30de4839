"""Calendar items held to the rules before they are kept, be it in a folder or on another item."""

from __future__ import annotations

from reference_impl.domain.eventrules import check_event
from reference_impl.domain.items import CalendarItem
from reference_impl.domain.series import exceptions_of, normalised
from reference_impl.service.world import World


def checked(world: World, event: CalendarItem) -> CalendarItem:
    """The event, valid; a series begins with its first occurrence.

    Raises the errors of ``check_event`` and ``normalised``.
    """
    check_event(
        event,
        end_may_equal_start=world.settings.end_may_equal_start,
        attendees_limit=world.settings.attendees,
    )
    return event if event.recurrence is None else normalised(event)


def checked_whole(world: World, event: CalendarItem) -> CalendarItem:
    """The event, valid with its changed occurrences if it is a series. Raises the errors of ``checked``."""
    event = checked(world, event)
    for changed in exceptions_of(event) if event.recurrence is not None else ():
        checked(world, changed)
    return event
