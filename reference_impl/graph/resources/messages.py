"""Messages: list, read, mark, delete, and the event behind a meeting message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from reference_impl.domain.acts import Disposal, FolderRef
from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import CalendarItem, Message
from reference_impl.domain.mailbox import FolderRole
from reference_impl.domain.queries import Order, Query
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.message import MESSAGE, message_id
from reference_impl.graph.fields.values import IMPORTANCE
from reference_impl.graph.odata.filtering import compile_filter, paths
from reference_impl.graph.odata.selecting import Selection, leads, read_orderby, read_select
from reference_impl.graph.odata.syntax import parse_filter
from reference_impl.graph.reading.values import read_word
from reference_impl.graph.refusals import FilterInefficient, OptionInvalid, WrongKind
from reference_impl.graph.resources.events import check_condition
from reference_impl.graph.resources.mail_folders import folder_ref
from reference_impl.service import events, folders, items

_EVENT_EXPANSION: Final = re.compile(r"microsoft\.graph\.eventMessage(?:Request|Response)?/event", re.IGNORECASE)


def listing(call: Call) -> Result:
    """GET of a collection: the whole mailbox or one folder, newest first."""
    selection, with_event = _asked(call)
    keys = read_orderby(call.options, MESSAGE.sortable())
    restriction = call.options.system.get("$filter")
    keep = None
    if restriction is not None:
        tree = parse_filter(restriction)
        keep = compile_filter(tree, MESSAGE.filterable(call.version))
        if not leads([path for path, _, _ in keys], list(paths(tree))):
            raise FilterInefficient
    query = Query(
        folder=folder_ref(call) if "folder" in call.keys else None,
        calendar_items=False,
        keep=keep,
        order=tuple((order, descending) for _, order, descending in keys) or ((Order.RECEIVED, True),),
        offset=call.options.skip,
        limit=call.page_size,
    )
    page = items.find_items(call.world, call.owner, query, call.by)
    rows = [_members(call, item, selection, with_event) for item in page.items if isinstance(item, Message)]
    context = call.user_context(f"{_place(call)}{selection.suffix}")
    return call.collection(context, rows, total=page.total, skip=page.offset)


def get(call: Call) -> Result:
    """GET of one message."""
    message = _read(call)
    selection, with_event = _asked(call)
    members = _members(call, message, selection, with_event)
    return call.entity(call.user_context(f"{_place(call)}{selection.suffix}/$entity"), members)


def update(call: Call) -> Result:
    """PATCH: the reader's own marks; 200 and the message."""
    selection, with_event = _asked(call)
    message = _read(call)
    sent = call.body("message.update")
    check_condition(call, message.version)
    changes: dict[str, Any] = {}
    if "isRead" in sent:
        changes["is_read"] = sent["isRead"]
    if "importance" in sent:
        changes["importance"] = read_word(IMPORTANCE, sent["importance"])
    if "categories" in sent:
        changes["categories"] = tuple(sent["categories"] or ())
    if changes:
        edit = partial(replace, **changes)
        message = items.update_message(call.world, call.owner, message.id, edit, call.by)
    members = _members(call, message, selection, with_event)
    return call.entity(call.user_context(f"{_place(call)}{selection.suffix}/$entity"), members)


def delete(call: Call) -> Result:
    """DELETE: to Deleted Items; from there, and by others, it is gone."""
    message = _read(call)
    check_condition(call, message.version)
    folder = folders.get_folder(call.world, call.owner, FolderRef(id=message.folder_id), call.by)
    is_last = call.is_others or folder.role is FolderRole.DELETED
    disposal = Disposal.SOFT if is_last else Disposal.TO_DELETED_ITEMS
    items.delete_item(call.world, call.owner, message.id, disposal, None, call.by)
    return Result(204)


def event(call: Call) -> Result:
    """GET of the event that a meeting message is about, in this mailbox."""
    selection = read_select(call.options, EVENT.selectable(call.version))
    message = _read(call)
    found = _event_of(call, message)
    if found is None:
        raise ItemNotFound
    context = f"{_event_context(call, message)}{selection.suffix}/$entity"
    return call.entity(call.user_context(context), EVENT.show(found, call.view, selection))


def _read(call: Call) -> Message:
    item = items.get_item(call.world, call.owner, call.item_key("message"), call.by)
    if not isinstance(item, Message):
        raise WrongKind(expected="message")
    if "folder" in call.keys:
        folder = folders.get_folder(call.world, call.owner, folder_ref(call), call.by)
        if item.folder_id != folder.id:
            raise ItemNotFound
    return item


def _asked(call: Call) -> tuple[Selection, bool]:
    """The members selected, and whether the event is to be embedded: the one expansion there is."""
    expansion = call.options.system.get("$expand")
    if expansion is not None and not _EVENT_EXPANSION.fullmatch(expansion.strip()):
        raise OptionInvalid(reason=f"$expand takes microsoft.graph.eventMessage/event here, got {expansion!r}.")
    return read_select(call.options, MESSAGE.selectable(call.version)), expansion is not None


def _members(call: Call, message: Message, selection: Selection, with_event: bool) -> Mapping[str, Any]:
    members = MESSAGE.show(message, call.view, selection)
    if not with_event or message.meeting is None:
        return members
    found = _event_of(call, message)
    return {
        **members,
        "event@odata.context": call.user_context(f"{_event_context(call, message)}/$entity"),
        "event": EVENT.show(found, call.view, Selection()) if found is not None else None,
    }


def _event_of(call: Call, message: Message) -> CalendarItem | None:
    """The event in the same mailbox: a delegate's copy is about one in another, which has no address here."""
    return None if message.is_delegated else events.event_of_message(call.world, call.owner, message, call.by)


def _event_context(call: Call, message: Message) -> str:
    return f"messages('{message_id(message, call.view)}')/microsoft.graph.eventMessage/event"


def _place(call: Call) -> str:
    """How the context names the collection."""
    return f"mailFolders('{call.keys['folder']}')/messages" if "folder" in call.keys else "messages"
