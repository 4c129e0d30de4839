"""New items from request bodies: an event of its own, and an item that is attached to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from reference_impl.domain.acts import EventDraft, MessageDraft, NewAttachment
from reference_impl.domain.copying import replace
from reference_impl.graph.extended import with_properties
from reference_impl.graph.extensions import read_extension
from reference_impl.graph.reading.attachment import read_attachment
from reference_impl.graph.reading.body import read_members
from reference_impl.graph.reading.event import draft_values
from reference_impl.graph.reading.message import draft_values as message_values
from reference_impl.graph.refusals import BodyInvalid, PropertyInvalid
from reference_impl.service.settings import Settings


def event_draft(settings: Settings, sent: Mapping[str, Any]) -> EventDraft:
    """The draft of an event from the members of ``event.create``.

    PropertyInvalid without a start or an end; the errors of ``with_properties`` and ``read_attachment``.
    """
    for edge in ("start", "end"):
        if edge not in sent:
            raise PropertyInvalid(reason=f"{edge}: an event needs a start and an end.")
    kept = tuple(read_extension(each) for each in sent.get("extensions") or ())
    draft = EventDraft(attachments=attached(settings, sent), open_extensions=kept, **draft_values(sent))
    return with_properties(draft, sent)


def message_draft(settings: Settings, sent: Mapping[str, Any], base: MessageDraft | None = None) -> MessageDraft:
    """The draft of a message from the members of ``message.create``; what they leave open is as in ``base``.

    The errors of ``with_properties`` and ``read_attachment``, and of the members.
    """
    made = replace(base or MessageDraft(), **message_values(sent))
    hung = attached(settings, sent)
    return with_properties(replace(made, attachments=(*made.attachments, *hung)) if hung else made, sent)


def attached(settings: Settings, sent: Mapping[str, Any]) -> tuple[NewAttachment, ...]:
    """What is to hang on an item. Raises BodyInvalid."""
    return tuple(read_attachment(each, partial(read_draft, settings)) for each in sent.get("attachments") or ())


def read_draft(settings: Settings, kind: str, sent: Mapping[str, Any]) -> EventDraft | MessageDraft:
    """The draft of an item that is to be attached. BodyInvalid for what is no item, or cannot be attached."""
    drafting = _DRAFTS.get(kind)
    if drafting is None:
        known = " or ".join(_DRAFTS)
        raise BodyInvalid(reason=f"item: expected an {known}, with its @odata.type, got {kind or 'no type'!r}.")
    members = {name: value for name, value in sent.items() if name.lower() != "@odata.type"}
    read = read_members(f"{kind}.create", members, undeclared_refused=settings.unknown_members_refused)
    return drafting(settings, read)


_DRAFTS: Final[Mapping[str, Callable[[Settings, Mapping[str, Any]], EventDraft | MessageDraft]]] = {
    "event": event_draft,
    "message": message_draft,
}
