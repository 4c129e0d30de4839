"""New items from request bodies: an event of its own, and an item that is attached to another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.graph.extended import with_properties
from reference_impl.graph.reading.attachment import read_attachment
from reference_impl.graph.reading.body import read_members
from reference_impl.graph.reading.event import draft_values
from reference_impl.graph.refusals import BodyInvalid, PropertyInvalid
from reference_impl.service.settings import Settings


def event_draft(settings: Settings, sent: Mapping[str, Any]) -> EventDraft:
    """The draft of an event from the members of ``event.create``.

    PropertyInvalid without a start or an end; the errors of ``with_properties`` and ``read_attachment``.
    """
    for edge in ("start", "end"):
        if edge not in sent:
            raise PropertyInvalid(reason=f"{edge}: an event needs a start and an end.")
    attached = tuple(read_attachment(each, partial(read_draft, settings)) for each in sent.get("attachments") or ())
    return with_properties(EventDraft(attachments=attached, **draft_values(sent)), sent)


def read_draft(settings: Settings, kind: str, sent: Mapping[str, Any]) -> EventDraft | MessageDraft:
    """The draft of an item that is to be attached. BodyInvalid for what is no item, or cannot be attached."""
    if kind != "event":
        raise BodyInvalid(reason=f"item: expected an event, with its @odata.type, got {kind or 'no type'!r}.")
    members = {name: value for name, value in sent.items() if name.lower() != "@odata.type"}
    read = read_members("event.create", members, undeclared_refused=settings.unknown_members_refused)
    return event_draft(settings, read)
