"""Calendar groups: list, make, read, rename and delete."""

from __future__ import annotations

from uuid import UUID

from reference_impl.domain.calendars import CalendarGroup
from reference_impl.domain.errors import AccessDenied
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.calendar import GROUP, Group, group_id
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.refusals import PropertyInvalid
from reference_impl.graph.resources.listed import listed
from reference_impl.service import calendars
from reference_impl.service.item_ids import IdKind

_PLACE = "calendarGroups"


def listing(call: Call) -> Result:
    """GET of the collection."""
    found = calendars.all_groups(call.world, call.owner)
    return listed(call, call.user_context(_PLACE), GROUP, (Group(each, call.owner) for each in found))


def create(call: Call) -> Result:
    """POST: 201 and the group; one without a class of its own is given one."""
    read_select(call.options, GROUP.selectable(call.version))
    _check_own(call)
    sent = call.body("calendarGroup.create")
    class_id = sent.get("classId") or str(UUID(bytes=call.world.ids.token(16), version=4))
    try:
        class_id = str(UUID(class_id))
    except ValueError:
        raise PropertyInvalid(reason=f"classId: expected a GUID, got {class_id!r}.") from None
    group = calendars.create_group(call.world, call.owner, sent["name"], class_id)
    return call.made(_shown(call, group, 201), call.location(f"{_PLACE}('{group_id(group, call.owner)}')"))


def get(call: Call) -> Result:
    """GET of one group."""
    return _shown(call, calendars.group(call.world, call.owner, _key(call)))


def update(call: Call) -> Result:
    """PATCH: 200 and the group."""
    read_select(call.options, GROUP.selectable(call.version))
    _check_own(call)
    key = _key(call)
    before = calendars.group(call.world, call.owner, key)
    name = call.body("calendarGroup.update").get("name", before.name)
    return _shown(call, calendars.rename_group(call.world, call.owner, key, name))


def delete(call: Call) -> Result:
    """DELETE of an empty group."""
    _check_own(call)
    calendars.delete_group(call.world, call.owner, _key(call))
    return Result(204)


def _check_own(call: Call) -> None:
    """Groups are arranged by their owner alone."""
    if call.is_others:
        raise AccessDenied


def _key(call: Call) -> str:
    return ids.read(call.keys["group"], call.owner, IdKind.FOLDER)


def _shown(call: Call, group: CalendarGroup, status: int = 200) -> Result:
    selection = read_select(call.options, GROUP.selectable(call.version))
    members = GROUP.show(Group(group, call.owner), call.view, selection)
    return call.entity(call.user_context(f"{_PLACE}{selection.suffix}/$entity"), members, status)
