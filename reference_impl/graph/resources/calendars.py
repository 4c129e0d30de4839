"""Calendars: list and read."""

from __future__ import annotations

from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.folder import CALENDAR, Calendar
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.resources.events import calendar_ref
from reference_impl.service import folders


def listing(call: Call) -> Result:
    """GET of the collection."""
    selection = read_select(call.options, CALENDAR.selectable(call.version))
    found = [each for each in folders.list_folders(call.world, call.owner, call.by) if each.is_calendar]
    rows = [Calendar(each, call.owner) for each in found]
    return call.table_page(call.user_context("calendars"), CALENDAR, rows, selection)


def get(call: Call) -> Result:
    """GET of the default calendar, or of the one that the path names."""
    selection = read_select(call.options, CALENDAR.selectable(call.version))
    folder = folders.get_folder(call.world, call.owner, calendar_ref(call), call.by)
    members = CALENDAR.show(Calendar(folder, call.owner), call.view, selection)
    collection = "calendars" if "calendar" in call.keys else "calendar"
    return call.entity(call.user_context(f"{collection}{selection.suffix}/$entity"), members)
