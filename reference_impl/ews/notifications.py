"""Notifications and watermarks as EWS spells them ([MS-OXWSNTIF])."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from reference_impl.domain.errors import WatermarkInvalid
from reference_impl.domain.mailboxevents import MailboxEvent, MailboxEventKind, Watermark
from reference_impl.ews import ids, xml
from reference_impl.ews.seals import opened, sealed
from reference_impl.ews.times import format_time
from reference_impl.service.notifications import Telling, Told
from reference_impl.service.seals import SealBroken
from reference_impl.service.subscriptions import Subscription

NAMES: Final[Mapping[MailboxEventKind, str]] = {
    MailboxEventKind.COPIED: "CopiedEvent",
    MailboxEventKind.CREATED: "CreatedEvent",
    MailboxEventKind.DELETED: "DeletedEvent",
    MailboxEventKind.MODIFIED: "ModifiedEvent",
    MailboxEventKind.MOVED: "MovedEvent",
    MailboxEventKind.NEW_MAIL: "NewMailEvent",
    MailboxEventKind.FREE_BUSY_CHANGED: "FreeBusyChangedEvent",
}

KINDS: Final[Mapping[str, MailboxEventKind]] = {name: kind for kind, name in NAMES.items()}

_WATERMARK: Final = b"MPWM\x01"
_PLACE: Final = struct.Struct(">QB")


def write_watermark(watermark: Watermark, mailbox_id: str) -> str:
    """The text of a place among a mailbox's events."""
    return sealed(_WATERMARK, mailbox_id, _PLACE.pack(*watermark))


def read_watermark(text: str, mailbox_id: str) -> Watermark:
    """The place that a text spells. Raises WatermarkInvalid for any other text, and for another mailbox's."""
    try:
        return Watermark(*_PLACE.unpack(opened(_WATERMARK, mailbox_id, text)))
    except SealBroken:
        raise WatermarkInvalid from None


def write_queued(subscription: Subscription, telling: Telling, previous: Watermark) -> str:
    """The inside of a Notification that is fetched or pushed; where nothing happened it tells that in a StatusEvent."""
    mailbox_id = subscription.mailbox_id
    status = xml.node("StatusEvent", xml.leaf("Watermark", write_watermark(telling.end, mailbox_id)))
    return (
        xml.leaf("SubscriptionId", subscription.id)
        + xml.leaf("PreviousWatermark", write_watermark(previous, mailbox_id))
        + xml.leaf("MoreEvents", telling.has_more)
        + ("".join(_event(told, mailbox_id, is_queued=True) for told in telling.events) or status)
    )


def write_streamed(subscription: Subscription, telling: Telling) -> str:
    """The inside of a Notification in a stream, which has no watermarks: nobody can go back in it."""
    events = "".join(_event(told, subscription.mailbox_id, is_queued=False) for told in telling.events)
    return xml.leaf("SubscriptionId", subscription.id) + events


def _event(told: Told, mailbox_id: str, *, is_queued: bool) -> str:
    event, unread = told
    parts = [xml.leaf("Watermark", write_watermark(event.watermark, mailbox_id))] if is_queued else []
    parts += [
        xml.leaf("TimeStamp", format_time(event.time)),
        _subject(event, event.subject, mailbox_id, ""),
        _folder("ParentFolderId", mailbox_id, event.parent),
    ]
    if event.former:
        parts += [
            _subject(event, event.former, mailbox_id, "Old"),
            _folder("OldParentFolderId", mailbox_id, event.former_parent),
        ]
    if unread is not None:
        parts.append(xml.leaf("UnreadCount", unread))
    return xml.node(NAMES[event.kind], "".join(parts))


def _subject(event: MailboxEvent, token: str, mailbox_id: str, prefix: str) -> str:
    if event.is_folder:
        return _folder(f"{prefix}FolderId", mailbox_id, token)
    item_id, key = ids.item_id(mailbox_id, token), ids.change_key(event.watermark.version)
    return f'<t:{prefix}ItemId Id="{item_id}" ChangeKey="{key}"/>'


def _folder(element: str, mailbox_id: str, token: str) -> str:
    return f'<t:{element} Id="{ids.folder_id(mailbox_id, token)}"/>'
