"""Calendars: list, make, read, change and delete."""

from __future__ import annotations

from typing import Any

from reference_impl.domain.acts import Disposal
from reference_impl.domain.calendars import CalendarColor
from reference_impl.domain.mailbox import Folder
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.calendar import CALENDAR, COLORS, Calendar
from reference_impl.graph.fields.folder import folder_id
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.values import read_word
from reference_impl.graph.resources.events import calendar_ref, group_key
from reference_impl.graph.resources.listed import listed
from reference_impl.service import calendars, folders
from reference_impl.service.calendars import CalendarChange
from reference_impl.service.online_meetings import allowed_providers


def listing(call: Call) -> Result:
    """GET of the collection: all calendars, or those of the group that the path names."""
    found = calendars.calendars_of(call.world, call.owner, call.by, group_key(call))
    return listed(call, call.user_context(_place(call)), CALENDAR, (_subject(call, each) for each in found))


def create(call: Call) -> Result:
    """POST: 201 and the calendar."""
    read_select(call.options, CALENDAR.selectable(call.version))
    group = group_key(call)
    sent = call.body("calendar.create")
    color = _color(sent) or CalendarColor.AUTO
    folder = calendars.create_calendar(call.world, call.owner, sent["name"], color, call.by, group or "")
    location = call.location(f"calendars('{folder_id(folder)}')")
    return call.made(_shown(call, folder, 201), location)


def get(call: Call) -> Result:
    """GET of the default calendar, or of the one that the path names."""
    return _shown(call, folders.get_folder(call.world, call.owner, calendar_ref(call), call.by))


def update(call: Call) -> Result:
    """PATCH: 200 and the calendar."""
    read_select(call.options, CALENDAR.selectable(call.version))
    ref = calendar_ref(call)
    sent = call.body("calendar.update")
    change = CalendarChange(name=sent.get("name"), color=_color(sent), is_default=sent.get("isDefaultCalendar"))
    return _shown(call, calendars.change_calendar(call.world, call.owner, ref, change, call.by))


def delete(call: Call) -> Result:
    """DELETE: to Deleted Items, with everything in it."""
    return _deleted(call, Disposal.TO_DELETED_ITEMS)


def delete_for_good(call: Call) -> Result:
    """POST permanentDelete."""
    return _deleted(call, Disposal.SOFT)


def _deleted(call: Call, disposal: Disposal) -> Result:
    calendars.delete_calendar(call.world, call.owner, calendar_ref(call), disposal, call.by)
    return Result(204)


def _color(sent: dict[str, Any]) -> CalendarColor | None:
    return read_word(COLORS, sent["color"]) if "color" in sent else None


def _subject(call: Call, folder: Folder) -> Calendar:
    reach = folders.reach(call.world, folder, call.by or call.owner)
    return Calendar(folder, call.owner, reach, allowed_providers(call.world.settings))


def _shown(call: Call, folder: Folder, status: int = 200) -> Result:
    selection = read_select(call.options, CALENDAR.selectable(call.version))
    members = CALENDAR.show(_subject(call, folder), call.view, selection)
    place = "calendar" if call.request.method != "POST" and "calendar" not in call.keys else _place(call)
    return call.entity(call.user_context(f"{place}{selection.suffix}/$entity"), members, status)


def _place(call: Call) -> str:
    """How the context names the collection."""
    return f"calendarGroups('{call.keys['group']}')/calendars" if "group" in call.keys else "calendars"
