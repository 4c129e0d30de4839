"""EWS requests of those who follow what happens in folders: synchronisation and notifications."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.actor.ews_requests import folder_id, item_id, shape
from conformance.actor.views import MeetingRef
from conformance.actor.xml import NOTHING, Markup, m, t

MOST_CHANGES = 512
"""The most changes that one answer to SyncFolderItems may be asked for."""

EVENTS = ("CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent", "NewMailEvent")
"""The types of events that every version knows."""


def sync_items(
    folder: str | Markup,
    state: str = "",
    *,
    maximum: int = MOST_CHANGES,
    ignore: Sequence[MeetingRef] = (),
    fields: Sequence[str] = ("item:Subject", "item:ItemClass"),
    base: str = "IdOnly",
    extra: Sequence[Markup] = (),
) -> Markup:
    """SyncFolderItems of one folder: a distinguished name, or the id as markup."""
    named = folder if isinstance(folder, Markup) else folder_id(folder)
    return m(
        "SyncFolderItems",
        shape(base, fields, *extra),
        m("SyncFolderId", named),
        m("SyncState", state) if state else NOTHING,
        m("Ignore", *(item_id(one) for one in ignore)) if ignore else NOTHING,
        m("MaxChangesReturned", str(maximum)),
    )


def sync_hierarchy(root: str = "msgfolderroot", state: str = "") -> Markup:
    """SyncFolderHierarchy of the folders below a distinguished one."""
    return m(
        "SyncFolderHierarchy",
        m("FolderShape", t("BaseShape", "Default")),
        m("SyncFolderId", folder_id(root)),
        m("SyncState", state) if state else NOTHING,
    )


def _what(folders: Sequence[str | Markup], events: Sequence[str]) -> tuple[Markup, Markup]:
    named = (one if isinstance(one, Markup) else folder_id(one) for one in folders)
    return (
        t("FolderIds", *named) if folders else NOTHING,
        t("EventTypes", *(t("EventType", event) for event in events)),
    )


def subscribe_pull(
    *folders: str | Markup,
    events: Sequence[str] = EVENTS,
    minutes: int = 10,
    watermark: str = "",
    everything: bool = False,
) -> Markup:
    """Subscribe to events that are fetched; ``everything`` means all folders of the mailbox (Exchange2010)."""
    mark = t("Watermark", watermark) if watermark else NOTHING
    request = m(
        "PullSubscriptionRequest",
        *_what(folders, events),
        mark,
        t("Timeout", str(minutes)),
        SubscribeToAllFolders="true" if everything else None,
    )
    return m("Subscribe", request)


def subscribe_streaming(*folders: str | Markup, events: Sequence[str] = EVENTS) -> Markup:
    """Subscribe to events that are streamed (Exchange2010_SP1)."""
    return m("Subscribe", m("StreamingSubscriptionRequest", *_what(folders, events)))


def subscribe_push(*folders: str | Markup, url: str, events: Sequence[str] = EVENTS, minutes: int = 1) -> Markup:
    """Subscribe to events that are pushed to a listener, with a status every so many minutes without any."""
    return m(
        "Subscribe",
        m("PushSubscriptionRequest", *_what(folders, events), t("StatusFrequency", str(minutes)), t("URL", url)),
    )


def get_events(subscription: str, watermark: str) -> Markup:
    """GetEvents: what has happened since a watermark."""
    return m("GetEvents", m("SubscriptionId", subscription), m("Watermark", watermark))


def get_streaming_events(*subscriptions: str, minutes: int = 1) -> Markup:
    """GetStreamingEvents: what happens, for so many minutes."""
    named = (t("SubscriptionId", one) for one in subscriptions)
    return m("GetStreamingEvents", m("SubscriptionIds", *named), m("ConnectionTimeout", str(minutes)))


def unsubscribe(subscription: str) -> Markup:
    """Unsubscribe."""
    return m("Unsubscribe", m("SubscriptionId", subscription))
