"""Events: create, read, change, delete."""

from __future__ import annotations

from reference_impl.domain.acts import CALENDAR, ConflictResolution, Disposal, FolderRef, Sending
from reference_impl.domain.acts import Audience as To
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import ItemNotFound, StaleVersion
from reference_impl.domain.items import CalendarItem
from reference_impl.domain.mailbox import FolderRole
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.extended import with_properties
from reference_impl.graph.fields.event import EVENT, event_id
from reference_impl.graph.odata.expanding import read_expand
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.drafts import event_draft
from reference_impl.graph.reading.event import changed_values, edited
from reference_impl.graph.refusals import WrongKind
from reference_impl.graph.resources.event_parts import EXPANDABLE, with_parts
from reference_impl.service import calendars, events, folders, items
from reference_impl.service.finding import stale_writer_wins
from reference_impl.service.item_ids import IdKind


def calendar_ref(call: Call) -> FolderRef:
    """The calendar that the path names, the default one where it names none; FolderNotFound if there is none."""
    if "calendar" not in call.keys:
        return CALENDAR
    ref = FolderRef(id=ids.read(call.keys["calendar"], call.owner, IdKind.FOLDER))
    calendars.get_calendar(call.world, call.owner, ref, call.by, group_key(call))
    return ref


def group_key(call: Call) -> str | None:
    """The stored id of the calendar group that the path names, if it names one."""
    key = call.keys.get("group")
    return None if key is None else ids.read(key, call.owner, IdKind.FOLDER)


def read_event(call: Call) -> CalendarItem:
    """The event that the path names, in the calendar that the path names, if it names one."""
    item = items.get_item(call.world, call.owner, call.item_key("event"), call.by)
    if not isinstance(item, CalendarItem):
        raise WrongKind(expected="event")
    if "calendar" in call.keys:
        folder = folders.get_folder(call.world, call.owner, calendar_ref(call), call.by)
        if item.folder_id != folder.id:
            raise ItemNotFound
    return item


def check_condition(call: Call, version: int) -> None:
    """If-Match holds, where it is sent; StaleVersion otherwise."""
    condition = call.request.headers.get("if-match")
    if condition is not None and not ids.matches(condition, version) and not stale_writer_wins(call.world):
        raise StaleVersion


def shown(call: Call, item: CalendarItem, status: int = 200, context: str = "events") -> Result:
    """One event as a whole answer."""
    selection = read_select(call.options, EVENT.selectable(call.version))
    expansions = read_expand(call.options, EXPANDABLE)
    members = with_parts(call, item, EVENT.show(item, call.view, selection), expansions)
    return call.entity(call.user_context(f"{context}{selection.suffix}/$entity"), members, status)


def create(call: Call) -> Result:
    """POST: 201 and the event; everybody invited is told. The same transaction id again gives the same event."""
    read_select(call.options, EVENT.selectable(call.version))
    folder = calendar_ref(call)
    sent = call.body("event.create")
    draft = event_draft(call.world.settings, sent)
    item = events.create_event(call.world, call.owner, draft, Sending(To.EVERYBODY), folder, call.by)
    result = shown(call, item, 201)
    return replace(result, headers=(("Location", call.location(f"events('{event_id(item, call.view)}')")),))


def get(call: Call) -> Result:
    """GET of one event."""
    return shown(call, read_event(call))


def update(call: Call) -> Result:
    """PATCH: 200 and the event; who is told follows from what changed (Update event, notifications)."""
    read_select(call.options, EVENT.selectable(call.version))
    item = read_event(call)
    sent = call.body("event.update")
    values = changed_values(sent)
    check_condition(call, item.version)
    if not sent:
        return shown(call, item)
    conditional = call.request.headers.get("if-match", "*").strip() != "*"
    updated = events.update_event(
        call.world,
        call.owner,
        item.id,
        lambda stored: with_properties(edited(stored, values), sent),
        Sending(To.AS_NEEDED),
        expected=item.version if conditional else None,
        resolution=ConflictResolution.NEVER_OVERWRITE if conditional else ConflictResolution.ALWAYS_OVERWRITE,
        by=call.by,
    )
    return shown(call, updated.event)


def delete(call: Call) -> Result:
    """DELETE: to Deleted Items, with cancellations of the organizer's meeting; there and by others it is gone."""
    item, is_deleted = _deleted(call)
    is_last = is_deleted or call.is_others
    return _disposed(call, item, Disposal.SOFT if is_last else Disposal.TO_DELETED_ITEMS, tells=not is_deleted)


def permanent_delete(call: Call) -> Result:
    """POST permanentDelete: gone for good, with cancellations of the organizer's meeting."""
    item, is_deleted = _deleted(call)
    return _disposed(call, item, Disposal.HARD, tells=not is_deleted)


def _deleted(call: Call) -> tuple[CalendarItem, bool]:
    """The event to be deleted, and whether it lies in Deleted Items already."""
    item = read_event(call)
    check_condition(call, item.version)
    folder = folders.get_folder(call.world, call.owner, FolderRef(id=item.folder_id), call.by)
    return item, folder.role is FolderRole.DELETED


def _disposed(call: Call, item: CalendarItem, disposal: Disposal, *, tells: bool) -> Result:
    sending = Sending(To.EVERYBODY) if tells and item.is_organizer else None
    items.delete_item(call.world, call.owner, item.id, disposal, sending, call.by)
    return Result(204)
