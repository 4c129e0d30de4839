"""Messages: read, mark, move, copy, delete, their MIME content, and the event behind a meeting message."""

from __future__ import annotations

from collections.abc import Callable

from reference_impl.domain.acts import Disposal, FolderRef
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import Item, Message
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.graph.call import Call, Content, Result
from reference_impl.graph.extended import MULTI, SINGLE, with_properties
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.message import MIME_TYPE, changed_values
from reference_impl.graph.resources.events import check_condition
from reference_impl.graph.resources.mail_folders import named_folder
from reference_impl.graph.resources.message_parts import (
    Asked,
    event_context,
    event_of,
    made,
    read_asked,
    read_message,
    shown,
)
from reference_impl.mapi.contents import mime_of
from reference_impl.service import folders, items
from reference_impl.service.world import World


def get(call: Call, within: str | None = None) -> Result:
    """GET of one message; through a cast, of one that is of that type."""
    asked = read_asked(call, within)
    message = read_message(call)
    if not asked.admits(message):
        raise ItemNotFound
    return shown(call, message, asked)


def update(call: Call) -> Result:
    """PATCH: the reader's own marks, and all of a draft; 200 and the message."""
    asked = read_asked(call)
    message = read_message(call)
    sent = call.body("message.update")
    check_condition(call, message.version)
    changes = changed_values(sent, of_draft=message.is_draft)
    if changes or {SINGLE, MULTI} & sent.keys():
        message = items.update_message(
            call.world,
            call.owner,
            message.id,
            lambda stored: with_properties(replace(stored, **changes), sent),
            call.by,
        )
    return shown(call, message, asked)


def delete(call: Call) -> Result:
    """DELETE: to Deleted Items; from there, and by others, it is gone."""
    message = read_message(call)
    folder = folders.get_folder(call.world, call.owner, FolderRef(id=message.folder_id), call.by)
    is_last = call.is_others or folder.role is FolderRole.DELETED
    return _deleted(call, message, Disposal.SOFT if is_last else Disposal.TO_DELETED_ITEMS)


def delete_for_good(call: Call) -> Result:
    """POST permanentDelete: gone at once."""
    return _deleted(call, read_message(call), Disposal.HARD)


def _deleted(call: Call, message: Message, disposal: Disposal) -> Result:
    check_condition(call, message.version)
    items.delete_item(call.world, call.owner, message.id, disposal, None, call.by)
    return Result(204)


def move(call: Call) -> Result:
    """POST move: 201 and the message in its new folder, where it has another id."""
    return _put(call, items.move_item)


def copy(call: Call) -> Result:
    """POST copy: 201 and the copy."""
    return _put(call, items.copy_item)


def _put(call: Call, put: Callable[[World, Mailbox, str, FolderRef, Mailbox | None], Item]) -> Result:
    asked: Asked = read_asked(call)
    message = read_message(call)
    target = named_folder(call, call.body("message.move")["destinationId"])
    there = put(call.world, call.owner, message.id, target, call.by)
    assert isinstance(there, Message), "a message stays one"
    return made(call, there, asked)


def content(call: Call) -> Result:
    """GET of $value: the message in MIME format."""
    data = mime_of(call.world, read_message(call), call.owner.person)
    return Result(200, content=Content(MIME_TYPE, data))


def event(call: Call) -> Result:
    """GET of the event that a meeting message is about, in this mailbox."""
    selection = read_select(call.options, EVENT.selectable(call.version))
    message = read_message(call)
    found = event_of(call, message)
    if found is None:
        raise ItemNotFound
    context = f"{event_context(call, message)}{selection.suffix}/$entity"
    return call.entity(call.user_context(context), EVENT.show(found, call.view, selection))
