"""How messages are shown: the type within which they are asked for, what is selected, and what $expand embeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import CalendarItem, Message
from reference_impl.graph.call import Call, Result
from reference_impl.graph.extended import MULTI, SINGLE, expanded
from reference_impl.graph.fields.attachment import ATTACHMENT
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.message import EVENT_MESSAGE, MESSAGE, REQUEST, RESPONSE, message_id, type_name
from reference_impl.graph.odata.expanding import Expansion, read_expand
from reference_impl.graph.odata.selecting import Selection, read_select
from reference_impl.graph.refusals import WrongKind
from reference_impl.graph.resources.attachments import hung_on
from reference_impl.graph.resources.mail_folders import folder_ref
from reference_impl.service import events, folders, items

CASTS: Final = (EVENT_MESSAGE, REQUEST, RESPONSE)


@dataclass(frozen=True, slots=True)
class Asked:
    """How messages are to be shown: members, and related things; ``within`` is the type of a cast in the path."""

    selection: Selection
    expansions: Mapping[str, Expansion]
    within: str | None = None

    def admits(self, message: Message) -> bool:
        """Whether a message is of the type asked for."""
        return self.within is None or type_name(message) in MESSAGE.casts[self.within]


def read_asked(call: Call, within: str | None = None) -> Asked:
    """What a request asks to see. Raises OptionInvalid."""
    expandable = EXPANDABLE if within is None else EXPANDABLE | {"event"}
    selection = read_select(call.options, MESSAGE.selectable(call.version, within))
    return Asked(selection, read_expand(call.options, expandable), within)


def read_message(call: Call) -> Message:
    """The message that the path names, in the folder that the path names, if it names one."""
    item = items.get_item(call.world, call.owner, call.item_key("message"), call.by)
    if not isinstance(item, Message):
        raise WrongKind(expected="message")
    if "folder" in call.keys:
        folder = folders.get_folder(call.world, call.owner, folder_ref(call), call.by)
        if item.folder_id != folder.id:
            raise ItemNotFound
    return item


def members(call: Call, message: Message, asked: Asked) -> Mapping[str, Any]:
    """The members of a message, and what is embedded in it."""
    shown = MESSAGE.show(message, call.view, asked.selection)
    for name, expansion in asked.expansions.items():
        part = _PARTS.get(name)
        if part is not None:
            context = call.user_context(f"messages('{message_id(message, call.view)}')/{name}")
            shown |= {f"{name}@odata.context": context, name: part(call, message, expansion)}
        elif message.meeting is not None:
            shown |= _event(call, message, expansion)
    return shown


def _event(call: Call, message: Message, expansion: Expansion) -> Mapping[str, Any]:
    found, selection = event_of(call, message), read_select(expansion.options, EVENT.selectable(call.version))
    return {
        "event@odata.context": call.user_context(f"{event_context(call, message)}{selection.suffix}/$entity"),
        "event": EVENT.show(found, call.view, selection) if found is not None else None,
    }


def _attachments(call: Call, message: Message, expansion: Expansion) -> list[dict[str, Any]]:
    selection = read_select(expansion.options, ATTACHMENT.selectable(call.version))
    return [ATTACHMENT.show(hung, call.view, selection) for hung in hung_on(call, message)]


_PARTS: Final[Mapping[str, Callable[[Call, Message, Expansion], list[dict[str, Any]]]]] = {
    "attachments": _attachments,
    SINGLE: lambda _call, message, expansion: expanded(message, expansion),
    MULTI: lambda _call, message, expansion: expanded(message, expansion),
}
_EVENTS: Final = frozenset(f"microsoft.graph.{cast}/event" for cast in CASTS)

EXPANDABLE: Final = _EVENTS | _PARTS.keys()
"""What can be expanded; the event of a meeting message needs a cast."""


def shown(call: Call, message: Message, asked: Asked, status: int = 200) -> Result:
    """One message as a whole answer."""
    context = call.user_context(f"{place(call, asked)}{asked.selection.suffix}/$entity")
    return call.entity(context, members(call, message, asked), status)


def made(call: Call, message: Message, asked: Asked) -> Result:
    """201 and a message that has come to be, with its address."""
    return call.made(shown(call, message, asked, 201), call.location(f"messages('{message_id(message, call.view)}')"))


def event_of(call: Call, message: Message) -> CalendarItem | None:
    """The event in the same mailbox: a delegate's copy is about one in another, which has no address here."""
    return None if message.is_delegated else events.event_of_message(call.world, call.owner, message, call.by)


def event_context(call: Call, message: Message) -> str:
    """How a context names the event of a message."""
    return f"messages('{message_id(message, call.view)}')/microsoft.graph.eventMessage/event"


def place(call: Call, asked: Asked) -> str:
    """How a context names the collection."""
    cast = "" if asked.within is None else f"/microsoft.graph.{asked.within}"
    folder = call.keys.get("child") or call.keys.get("folder")
    return f"messages{cast}" if folder is None else f"mailFolders('{folder}')/messages{cast}"
